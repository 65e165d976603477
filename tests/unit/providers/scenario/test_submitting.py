"""Submitting: at most once, and the error says what is known afterwards."""

from io import BytesIO

import pytest
from aiohttp import web
from PIL import Image

from bot.domain.clip import Kind
from bot.errors import (
    ModerationRefused,
    ProviderBusy,
    ProviderMisconfigured,
    ProviderRejected,
    ProviderUnavailable,
    SubmitOutcomeUnknown,
)
from bot.providers.scenario import Account, Pace, ScenarioProvider

SUBMIT = {"method": "POST", "path": "/generate/custom/*"}


def png(side):
    file = BytesIO()
    Image.new("RGB", (side, side)).save(file, "PNG")
    return file.getvalue()


def submits(served):
    return [r for r in served.records.since(0) if r["path"].startswith("/generate/") and "dryRun" not in str(r["request"])]


async def test_a_submit_sends_the_settings_once_and_tells_the_price(served, provider, submission):
    accepted = await provider.submit(submission())
    assert accepted.units == 42
    (sent,) = submits(served)
    assert sent["request"]["query"] == {"projectId": "proj_1"}
    assert sent["request"]["json"] == {
        "prompt": "a red kite, wind",
        "duration": 3,
        "resolution": "720P",
        "aspectRatio": "16:9",
        "seed": 7,
    }


async def test_one_character_is_still_sent_as_an_array(served, provider, submission):
    image = served.scenario.assets.add_image("a.png", png(512), 0).id
    await provider.submit(submission(kind=Kind.CHARACTERS, images=(image,)))
    assert submits(served)[0]["request"]["json"]["referenceImages"] == [image]


async def test_characters_are_sent_in_the_order_of_their_numbers(served, provider, submission):
    added = [served.scenario.assets.add_image(f"{side}.png", png(side), 0).id for side in (512, 513, 514)]
    b, a, c = added  # in another order than uploaded, and not sorted
    await provider.submit(submission(kind=Kind.CHARACTERS, images=(a, b, c)))
    assert submits(served)[0]["request"]["json"]["referenceImages"] == [a, b, c]


@pytest.mark.parametrize(
    "fault",
    [{"what": "reset"}, {"what": "reset_after"}, *({"what": "status", "status": status} for status in (408, 425, 500, 504))],
)
async def test_a_lost_answer_is_unknown_and_never_sent_again(served, provider, submission, fault):
    served.faults.add([{**SUBMIT, **fault}])
    with pytest.raises(SubmitOutcomeUnknown):
        await provider.submit(submission())
    assert len(submits(served)) == 1


async def test_a_submit_whose_answer_takes_too_long_is_unknown(served, clock, account, submission):
    served.faults.add([{**SUBMIT, "what": "hold", "name": "slow"}])
    async with ScenarioProvider(account, clock, pace=Pace(submit=0.05)) as impatient:
        with pytest.raises(SubmitOutcomeUnknown):
            await impatient.submit(submission())
    assert len(served.scenario.jobs()) == 0


async def test_a_submit_that_never_got_a_connection_is_tried_again_and_then_surely_did_not_start(
    clock, submission, unused_tcp_port
):
    account = Account("k", "s", base_url=f"http://127.0.0.1:{unused_tcp_port}/v1")
    async with ScenarioProvider(account, clock) as provider:
        with pytest.raises(ProviderUnavailable):
            await provider.submit(submission())
    assert len(clock.slept) == Pace().tries - 1


async def test_past_the_ceiling_it_is_busy_with_the_ceiling_named_and_remembered(served, provider, submission):
    served.scenario.settings({"parallel": 2})
    for seed in (1, 2):
        await provider.submit(submission(seed=seed))
    with pytest.raises(ProviderBusy) as caught:
        await provider.submit(submission(seed=3))
    assert caught.value.ceiling == 2
    assert len(submits(served)) == 3, "an immediate retry would only repeat it"
    served.scenario.settings({"parallel": 9})
    assert await provider.availability.capacity() == 2


async def test_a_rate_limit_carries_its_wait(served, provider, submission):
    served.faults.add([{**SUBMIT, "what": "rate_limit", "seconds": 12}])
    with pytest.raises(ProviderBusy) as caught:
        await provider.submit(submission())
    assert (caught.value.retry_after, caught.value.ceiling) == (12, None)


@pytest.mark.parametrize(("headers", "wait"), [({"Retry-After": "120"}, 120.0), ({}, None)])
async def test_a_submit_that_is_answered_with_a_server_error_may_have_arrived_and_says_when_to_come_again(
    vendor, strange, submission, headers, wait
):
    vendor.answering = lambda _: web.json_response({"error": "maintenance"}, status=503, headers=headers)
    with pytest.raises(SubmitOutcomeUnknown) as caught:
        await strange.submit(submission())
    assert (caught.value.code, caught.value.retry_after) == ("503", wait)
    assert len(vendor.asked) == 1


@pytest.mark.parametrize(
    ("setting", "error", "word"),
    [({"plan": "free"}, ProviderMisconfigured, "plan"), ({"credits": 1}, ProviderMisconfigured, "creative units")],
)
async def test_a_missing_plan_or_credit_is_the_operators_to_mend(served, provider, submission, setting, error, word):
    served.scenario.settings(setting)
    with pytest.raises(error, match=word):
        await provider.submit(submission())


@pytest.mark.parametrize(
    ("kind", "closed"),
    [(Kind.TEXT, {Kind.TEXT, Kind.IMAGE}), (Kind.IMAGE, {Kind.TEXT, Kind.IMAGE}), (Kind.CHARACTERS, {Kind.CHARACTERS})],
)
async def test_a_plan_without_the_model_closes_the_kinds_of_clips_that_it_makes(served, provider, submission, kind, closed):
    served.scenario.settings({"plan": "free"})
    image = served.scenario.assets.add_image("a.png", png(512), 0).id
    with pytest.raises(ProviderMisconfigured) as caught:
        await provider.submit(submission(kind=kind, images=() if kind is Kind.TEXT else (image,)))
    assert caught.value.kinds == closed
    served.scenario.settings({"plan": "cu-creator", "credits": 1})
    with pytest.raises(ProviderMisconfigured) as caught:
        await provider.submit(submission())
    assert caught.value.kinds is None


async def test_a_limit_of_requests_teaches_nothing_about_clips(served, provider, submission):
    body = {"error": "Too Many Requests", "details": {"actionName": "apiRequestsPerSecond", "actionLimit": 1}}
    served.faults.add([{**SUBMIT, "what": "status", "status": 429, "body": body, "times": 1}])
    with pytest.raises(ProviderBusy) as caught:
        await provider.submit(submission())
    assert caught.value.ceiling is None
    assert await provider.availability.capacity() == 4


async def test_a_wrong_key_is_the_operators_to_mend_and_stays_secret(served, clock, submission):
    account = Account("bad-key", "bad-secret", base_url=served.url)
    async with ScenarioProvider(account, clock) as provider:
        with pytest.raises(ProviderMisconfigured) as caught:
            await provider.submit(submission())
        with pytest.raises(ProviderMisconfigured):
            await provider.availability.ping()
    assert caught.value.code == "401"
    assert "bad-" not in repr(caught.value) + repr(account)


async def test_a_secret_that_the_vendor_echoes_is_taken_out(served, provider, submission):
    body = {"reason": "key sandbox-key:sandbox-secret is odd, see https://cdn.example/a?Signature=abc"}
    served.faults.add([{**SUBMIT, "what": "status", "status": 400, "body": body}])
    with pytest.raises(ProviderRejected) as caught:
        await provider.submit(submission())
    for secret in ("sandbox-key", "sandbox-secret", "Signature"):
        assert secret not in str(caught.value)


async def test_a_moderated_prompt_is_told_apart_from_a_bad_request(served, provider, submission):
    body = {"reason": "The prompt was flagged by our content policy"}
    served.faults.add([{**SUBMIT, "what": "status", "status": 400, "body": body, "times": 1}])
    with pytest.raises(ModerationRefused):
        await provider.submit(submission())
    with pytest.raises(ProviderRejected):
        await provider.submit(submission(prompt="x" * 2501))


async def test_an_image_that_the_vendor_forgot_has_a_code_of_its_own(provider, submission):
    with pytest.raises(ProviderRejected) as caught:
        await provider.submit(submission(kind=Kind.IMAGE, images=("asset_gone",)))
    assert caught.value.code == "reference_unknown"


@pytest.mark.parametrize(
    ("body", "headers"),
    [(b"<html>", {}), (b"not gzip", {"Content-Encoding": "gzip"}), (b'{"job": {}}', {})],
    ids=["no JSON", "a broken encoding", "no job id"],
)
async def test_an_acceptance_that_cannot_be_read_is_unknown(vendor, strange, submission, body, headers):
    vendor.answering = lambda _: web.Response(body=body, headers=headers)
    with pytest.raises(SubmitOutcomeUnknown):
        await strange.submit(submission())
    assert len(vendor.asked) == 1
