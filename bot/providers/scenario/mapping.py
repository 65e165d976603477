"""Translates between our values and the vendor's: model ids, inputs, statuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.detail import Detail, DetailCode, said
from bot.domain.clip import Kind
from bot.domain.job import Failure
from bot.ports import Phase, RunStatus, Submission
from bot.providers.scenario import errors
from bot.providers.scenario.wire import Billing, Job

TEXT_AND_IMAGE: Final = "model_alibaba-happy-horse-1.1"
REFERENCES: Final = "model_alibaba-happy-horse-reference-to-video-1.1"
MODELS: Final = (TEXT_AND_IMAGE, REFERENCES)
JOB_TYPE: Final = "custom"
"""The vendor's job type for all jobs of these models."""

_INPUTS: Final = {
    "prompt": "prompt",
    "duration": "duration",
    "resolution": "resolution",
    "aspect": "aspectRatio",
    "seed": "seed",
}
"""Our fields of a request to the models' names for them."""
_IMAGES: Final = frozenset({"image", "referenceImages"})
_WAITING: Final = frozenset({"pending", "queued", "warming-up"})


def model_of(kind: Kind) -> str:
    return REFERENCES if kind is Kind.CHARACTERS else TEXT_AND_IMAGE


def kinds_like(kind: Kind) -> frozenset[Kind]:
    """The kinds of clips that are made by the same model."""
    return frozenset(each for each in Kind if model_of(each) == model_of(kind))


def model_inputs(model: str) -> tuple[str, ...]:
    """Names of the inputs that we send to this model."""
    images = "referenceImages" if model == REFERENCES else "image"
    prompt, *others = _INPUTS.values()
    return (prompt, images, *others)


def inputs(submission: Submission) -> dict[str, Any]:
    """The body of a submit. An array input is always sent as an array: the vendor silently drops a single value."""
    values = {**submission.request.model_dump(mode="json"), "seed": submission.seed}
    body: dict[str, Any] = {theirs: values[ours] for ours, theirs in _INPUTS.items() if values[ours] is not None}
    if submission.request.kind is Kind.IMAGE:
        body["image"] = submission.images[0]
        # The clip gets the aspect ratio of the still, so none is sent.
        del body["aspectRatio"]
    elif submission.request.kind is Kind.CHARACTERS:
        body["referenceImages"] = list(submission.images)
    return body


def phase(status: str | None) -> Phase:
    """The phase of a status. An unknown one, or none, counts as running, unless it contains "fail" or "cancel"."""
    word = (status or "").lower()
    if word == "success":
        return Phase.SUCCEEDED
    if "fail" in word:
        return Phase.FAILED
    if "cancel" in word:
        return Phase.CANCELLED
    return Phase.WAITING if word in _WAITING else Phase.RUNNING


def run_status(job: Job) -> RunStatus:
    now = phase(job.status)
    fraction = None if job.progress is None else min(max(job.progress, 0.0), 1.0)
    if now is Phase.CANCELLED:
        return RunStatus(job.job_id, now, fraction, billed=_made_nothing_but_billed(job.billing))
    words = words_of(job)
    detail = said(words) if words else Detail(DetailCode.NO_REASON)
    if now is Phase.SUCCEEDED and refused_in_the_end(job):
        billed = _made_nothing_but_billed(job.billing)
        return RunStatus(job.job_id, Phase.FAILED, fraction, failure=Failure.MODERATION, detail=detail, billed=billed)
    if now is not Phase.FAILED:
        return RunStatus(job.job_id, now, fraction)
    return RunStatus(
        job.job_id,
        now,
        fraction,
        failure=Failure.MODERATION if errors.is_moderation(words) else Failure.PROVIDER,
        detail=detail,
        # Failed jobs are reimbursed, unless the record says that the model does not refund.
        billed=job.billing is not None and bool(job.billing.disable_refund),
    )


def words_of(job: Job) -> str:
    """The vendor's error text; "" where there is none."""
    return " ".join(part for part in (job.about.error, job.about.hint) if part)


def refused_in_the_end(job: Job) -> bool:
    """Whether a job that calls itself a success has no clip and says that the safety check took it."""
    return not job.about.asset_ids and errors.is_moderation(words_of(job))


def _made_nothing_but_billed(billing: Billing | None) -> bool | None:
    """Whether a job without a clip was billed; None where the record does not say."""
    if billing is None:
        return None
    if billing.cu_cost is not None and billing.cu_cost <= (billing.cu_discount or 0):
        return False
    return billing.disable_refund


def is_ours(job: Job, submission: Submission) -> bool:
    """Whether this job was made by this submission: same prompt and seed, and no different model, length or resolution.

    A value that the vendor does not echo counts as equal, except prompt and seed.
    """
    echoed = job.about.input or {}
    same = all(_told(echoed, name) == value for name, value in _identity(submission).items())
    return same and not _speaks_against(echoed, submission)


def is_doubtful(job: Job, submission: Submission) -> bool:
    """Whether this job may be of this submission, but its record is incomplete: its inputs are missing, or one of prompt and
    seed is, and the other one is equal.
    """
    if job.job_type not in {None, JOB_TYPE}:
        return False
    echoed = job.about.input
    if echoed is None:
        return True
    told = {name: _told(echoed, name) for name in _identity(submission)}
    same = {told[name] == value for name, value in _identity(submission).items() if told[name] is not None}
    return same == {True} and None in told.values() and not _speaks_against(echoed, submission)


def may_be_ours(job: Job, submission: Submission) -> bool:
    """Whether the record has inputs and they fit this submission."""
    return is_ours(job, submission) or (job.about.input is not None and is_doubtful(job, submission))


def _speaks_against(echoed: Mapping[str, Any], submission: Submission) -> bool:
    expected = {
        "modelId": model_of(submission.request.kind),
        "duration": _text(submission.request.duration),
        "resolution": submission.request.resolution.value,
    }
    told = {name: _told(echoed, name) for name in expected}
    return any(said is not None and said.lower() != expected[name].lower() for name, said in told.items())


def _told(echoed: Mapping[str, Any], name: str) -> str | None:
    """An echoed input as text; None where it is missing or is no text or number."""
    value = echoed.get(name)
    return _text(value) if isinstance(value, (str, int, float)) else None


def has_its_images(job: Job, submission: Submission) -> bool:
    """Whether this job echoes exactly the images of this submission.

    If so, the two belong together, even where prompt and seed are equal to others. If not, that proves nothing: an image that
    was uploaded twice has two ids, and only the later one is remembered.
    """
    echoed = job.about.input or {}
    sent = {name: value for name, value in inputs(submission).items() if name in _IMAGES} if submission.images else {}
    return bool(sent) and all(echoed.get(name) == value for name, value in sent.items())


def _identity(submission: Submission) -> dict[str, str]:
    return {"prompt": _text(submission.request.prompt), "seed": _text(submission.seed)}


def _text(value: str | float) -> str:
    """A value as text, whole numbers without a fraction: the vendor may echo 5 as 5.0 or "5"."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()
