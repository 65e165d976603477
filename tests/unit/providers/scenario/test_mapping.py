"""What the vendor's statuses and bills mean, and which records of its listing are our own submits."""

import pytest

from bot.ports import Phase
from bot.providers.scenario import mapping, recognition
from bot.providers.scenario.wire import Job


@pytest.mark.parametrize(
    ("status", "phase"),
    [
        ("pending", Phase.WAITING),
        ("queued", Phase.WAITING),
        ("warming-up", Phase.WAITING),
        ("in-progress", Phase.RUNNING),
        ("finalizing", Phase.RUNNING),
        ("processing", Phase.RUNNING),
        ("teleporting", Phase.RUNNING),
        ("success", Phase.SUCCEEDED),
        ("failure", Phase.FAILED),
        ("failed", Phase.FAILED),
        ("canceled", Phase.CANCELLED),
        ("cancelled", Phase.CANCELLED),
    ],
)
def test_an_unknown_status_runs_on_unless_it_says_fail_or_cancel(status, phase):
    assert mapping.phase(status) is phase


def test_a_failure_without_refund_counts_as_billed():
    job = Job.model_validate({"jobId": "j", "status": "failure", "billing": {"cuCost": 1, "disableRefund": True}})
    assert mapping.run_status(job).billed is True
    assert mapping.run_status(Job.model_validate({"jobId": "j", "status": "failure"})).billed is False


@pytest.mark.parametrize(
    ("billing", "billed"),
    [
        ({"cuCost": 42, "disableRefund": True}, True),
        ({"cuCost": 42, "disableRefund": False}, False),
        ({"cuCost": 42, "cuDiscount": 42}, False),
        ({"cuCost": 0}, False),
        ({"cuCost": 0, "disableRefund": True}, False),
        ({"cuCost": 42, "cuDiscount": 0}, None),
        ({"cuCost": "free"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_cancelled_clip_is_billed_as_its_record_says(billing, billed):
    job = Job.model_validate({"jobId": "j", "status": "canceled", "billing": billing})
    assert mapping.run_status(job).billed is billed


@pytest.mark.parametrize(
    "echo",
    [
        {"seed": "7", "duration": "3"},
        {"seed": 7.0, "duration": 3.0},
        {"seed": 7},
        {"seed": 7, "resolution": "720p"},
        {"seed": 7, "duration": [3], "modelId": {"id": "model_x"}},
    ],
)
def test_an_echo_in_another_shape_is_still_ours(submission, echo):
    job = Job.model_validate({"jobId": "j", "status": "queued", "metadata": {"input": {"prompt": "a red kite, wind ", **echo}}})
    assert recognition.is_ours(job, submission())


@pytest.mark.parametrize(
    "echo", [{"seed": 8}, {"prompt": "b"}, {"duration": 5}, {"resolution": "1080P"}, {"modelId": "model_x"}]
)
def test_any_contradiction_is_not_ours(submission, echo):
    job = Job.model_validate(
        {"jobId": "j", "status": "queued", "metadata": {"input": {"prompt": "a red kite, wind", "seed": 7, **echo}}}
    )
    assert not recognition.is_ours(job, submission())
