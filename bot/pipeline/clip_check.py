"""Holds a fetched clip against what was asked for: whether it is one at all, and what its member pays for it."""

from __future__ import annotations

from typing import Final

from bot.domain.clip_match import LEAST_SECONDS, compare
from bot.domain.job import Job
from bot.errors import NotAClip
from bot.pipeline.loop_backoff import ToldOfJobs
from bot.ports import ClipFacts

_PAYS: Final = {True: "does not pay for it", False: "pays for it"}


async def compared(told: ToldOfJobs, job: Job, facts: ClipFacts, *, lacking_is_free: bool) -> int | None:
    """The credits that the clip costs where that is less than was booked, else None. The stage after the download asks.

    The operator hears once of a clip that is shorter or smaller than asked for, or silent, however often it is fetched. Raises
    `NotAClip` for one that is over at once.
    """
    if facts.duration < LEAST_SECONDS:
        msg = f"it is over after {facts.duration:.2f} s"
        raise NotAClip(msg)
    found = compare(job.request, facts.came)
    if not found.lacking:
        return None
    lacks = [f"{facts.duration:.1f} s long instead of {job.request.duration} s"] if found.shorter else []
    if found.smaller:
        lacks.append(f"{facts.width} x {facts.height} instead of {job.request.resolution.value}")
    lacks += ["without sound"] if found.silent else []
    text = (
        f"Job {job.job_code}: the clip came {' and '.join(lacks)} from {job.provider} ({job.provider_reference})."
        f" It is posted all the same, and its member {_PAYS[lacking_is_free]} (quota.not_as_asked)."
    )
    # Fetched and compared before, in another process too: then it was told.
    if job.reduced_to is None and job.unposted_at_ms is None:
        await told.tell(job.id, text)
    return 0 if lacking_is_free else None
