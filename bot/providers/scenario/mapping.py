"""Translates between our values and the vendor's: model ids, inputs, statuses. The modules of this folder that submit, watch,
search, download or check call it.
"""

from __future__ import annotations

from typing import Any, Final

from bot.detail import Detail, DetailCode, said
from bot.domain.clip import Kind
from bot.domain.job import Failure
from bot.domain.request import Request
from bot.ports import Phase, Recognition, RunStatus, Submission
from bot.providers.scenario import errors
from bot.providers.scenario.wire import Billing, Job

TEXT_AND_IMAGE: Final = "model_alibaba-happy-horse-1.1"
REFERENCES: Final = "model_alibaba-happy-horse-reference-to-video-1.1"
RECOGNITION: Final = {TEXT_AND_IMAGE: Recognition(seed=True), REFERENCES: Recognition(seed=True)}
"""By what a job of each model is recognised in the listing. With `seed` the model takes one, and its jobs echo it."""
MODELS: Final = tuple(RECOGNITION)
TYPES: Final = frozenset({"clip"})
"""The types of requests that these models make."""
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
_WAITING: Final = frozenset({"pending", "queued", "warming-up"})


def model_of(kind: Kind) -> str:
    return REFERENCES if kind is Kind.CHARACTERS else TEXT_AND_IMAGE


def kinds_like(kind: Kind) -> frozenset[Kind]:
    """The kinds of clips that are made by the same model."""
    return frozenset(each for each in Kind if model_of(each) == model_of(kind))


def recognition(request: Request) -> Recognition:
    return RECOGNITION[model_of(request.kind)]


def model_inputs(model: str) -> tuple[str, ...]:
    """Names of the inputs that we send to this model."""
    images = "referenceImages" if model == REFERENCES else "image"
    prompt, *others = _INPUTS.values()
    if not RECOGNITION[model].seed:
        others.remove(_INPUTS["seed"])
    return (prompt, images, *others)


def inputs(submission: Submission) -> dict[str, Any]:
    """The body of a submit. An array input is always sent as an array: the vendor silently drops a single value."""
    seed = submission.seed if recognition(submission.request).seed else None
    values = {**submission.request.model_dump(mode="json"), "seed": seed}
    body: dict[str, Any] = {theirs: values[ours] for ours, theirs in _INPUTS.items() if values.get(ours) is not None}
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
