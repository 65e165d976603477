"""Compares a record of the vendor's listing with a lost submit, by what the model's `Recognition` says. `search` calls it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from bot.ports import Submission
from bot.providers.scenario import mapping
from bot.providers.scenario.wire import Job

_IMAGES: Final = ("image", "referenceImages")
"""The inputs for pictures, of all models. A job has one of them at most."""


def is_ours(job: Job, submission: Submission) -> bool:
    """Whether this job was made by this submission. Every mark by which jobs of its model are recognised (see `_marks`) must be
    in the record and equal, and the record must not name another model, length or resolution.
    """
    echoed = job.about.input or {}
    same = all(_marks(echoed, submission))
    return same and not _speaks_against(echoed, submission)


def is_doubtful(job: Job, submission: Submission) -> bool:
    """Whether this job may be of this submission, but that can't be told.

    Either the record has no inputs at all. Or at least one mark is equal, none differs, at least one can't be compared (the
    record lacks it, or we forgot what we sent), and the record names no other model, length or resolution.
    """
    if job.job_type not in {None, mapping.JOB_TYPE}:
        return False
    echoed = job.about.input
    if echoed is None:
        return True
    marks = set(_marks(echoed, submission))
    return marks == {True, None} and not _speaks_against(echoed, submission)


def may_be_ours(job: Job, submission: Submission) -> bool:
    """Whether the record has inputs and they fit this submission."""
    return is_ours(job, submission) or (job.about.input is not None and is_doubtful(job, submission))


def has_its_images(job: Job, submission: Submission) -> bool:
    """Whether this job echoes exactly the images of this submission.

    If so, the two belong together, even where others have the same prompt and seed. If not, that proves nothing where there is
    a seed: an image that was uploaded twice has two ids, and only the later one is remembered.
    """
    return bool(submission.images) and _told_images(job.about.input or {}) == submission.images


def _marks(echoed: Mapping[str, Any], submission: Submission) -> list[bool | None]:
    """For each thing by which jobs of this model are recognised whether the record tells the same; None where that can't be
    told.
    """
    request = submission.request
    marks = [_same(_told(echoed, "prompt"), request.prompt)]
    if mapping.recognition(request).seed:
        marks.append(_same(_told(echoed, "seed"), submission.seed))
    elif request.references or _told_images(echoed) != ():
        marks.append(_same_images(echoed, submission))
    return marks


def _same(told: str | None, sent: str | int) -> bool | None:
    return None if told is None else told == _text(sent)


def _same_images(echoed: Mapping[str, Any], submission: Submission) -> bool | None:
    told = _told_images(echoed)
    forgotten = bool(submission.request.references) and not submission.images
    if told is None or forgotten or (submission.images and not told):
        return None
    return told == submission.images


def _speaks_against(echoed: Mapping[str, Any], submission: Submission) -> bool:
    expected = {
        "modelId": mapping.model_of(submission.request.kind),
        "duration": _text(submission.request.duration),
        "resolution": submission.request.resolution.value,
    }
    told = {name: _told(echoed, name) for name in expected}
    return any(said is not None and said.lower() != expected[name].lower() for name, said in told.items())


def _told(echoed: Mapping[str, Any], name: str) -> str | None:
    """An echoed input as text; None where it is missing or is no text or number."""
    value = echoed.get(name)
    return _text(value) if isinstance(value, (str, int, float)) else None


def _told_images(echoed: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The ids of the pictures that it was made with; None where they are no texts."""
    for name in _IMAGES:
        value: object = echoed.get(name)
        if isinstance(value, str):
            return (value,)
        if value is not None:
            ids = cast("list[object]", value) if isinstance(value, list) else [None]
            texts = tuple(each for each in ids if isinstance(each, str))
            return texts if len(texts) == len(ids) else None
    return ()


def _text(value: str | float) -> str:
    """A value as text, whole numbers without a fraction: the vendor may echo 5 as 5.0 or "5"."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()
