"""Looks at a fetched clip: is it a clip, what does its member pay, what came, and a picture of it. `Finishing` calls it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from bot.detail import Detail, DetailCode
from bot.domain.clip_match import LEAST_SECONDS, Came, compare
from bot.domain.job import Job
from bot.errors import MediaError, NotAClip
from bot.notice import CameOtherwise
from bot.pipeline.loop_backoff import ToldOfJobs
from bot.ports import ClipFacts, Media

_log: Final = logging.getLogger(__name__)


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


async def came_of(media: Media, job: Job, clip: Path) -> Came | None:
    """What a member sees and hears of the clip; None where it can't be told now."""
    try:
        return (await media.probe(clip)).came
    except (MediaError, OSError) as error:
        _log.warning("job %s: what came can't be told: %s", job.job_code, error)
        return None


async def poster_of(media: Media, job: Job, clip: Path) -> bytes | None:
    """A picture of the clip for the job's card; None where none can be made now: then the clip is posted without it."""
    try:
        return await media.poster(clip)
    except (MediaError, OSError) as error:
        _log.warning("job %s has no poster: %s", job.job_code, error)
        return None
