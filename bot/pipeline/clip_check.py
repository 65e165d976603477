"""Compares a fetched clip with its request: is it a clip at all, and what does its member pay. `Finishing.fetch` calls it."""

from __future__ import annotations

from bot.detail import Detail, DetailCode
from bot.domain.clip_match import LEAST_SECONDS, compare
from bot.domain.job import Job
from bot.errors import NotAClip
from bot.notice import CameOtherwise
from bot.pipeline.loop_backoff import ToldOfJobs
from bot.ports import ClipFacts


async def compared(told: ToldOfJobs, job: Job, facts: ClipFacts, *, lacking_is_free: bool) -> int | None:
    """The credits that the clip costs, where that is less than what was booked; else None.

    A clip that is shorter or smaller than asked for, or silent, is reported to the operator once, however often it is fetched.
    With `lacking_is_free` it costs 0. Raises `NotAClip` for one shorter than `LEAST_SECONDS`.
    """
    if facts.duration < LEAST_SECONDS:
        raise NotAClip(Detail(DetailCode.CLIP_TOO_SHORT, (facts.duration,)))
    found = compare(job.request, facts.came)
    if not found.lacking:
        return None
    notice = CameOtherwise(
        job.job_code,
        job.provider,
        job.provider_reference,
        facts.duration if found.shorter else None,
        job.request.duration,
        (facts.width, facts.height) if found.smaller else None,
        job.request.resolution.value,
        silent=found.silent,
        free=lacking_is_free,
    )
    # One of these is set where the clip was fetched before, by an earlier process maybe: then the operator knows already.
    if job.reduced_to is None and job.unposted_at_ms is None:
        await told.tell(job.id, notice)
    return 0 if lacking_is_free else None
