"""Keeps made clips that could not be posted: each waits three days for its owner, who may have it posted elsewhere.

`Finishing` calls it. The clip is charged when it is posted, and nobody gets it before. After three days the job ends uncharged.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Collection
from typing import Final

from bot.domain.job import Failure, Job, State
from bot.domain.post import Purpose
from bot.errors import DeliveryError
from bot.notice import NeverPosted
from bot.pipeline.stage_result import End, Later, done
from bot.pipeline.waits import ENDLESS
from bot.ports import Clock, Notifier, Posted

_log: Final = logging.getLogger(__name__)
_CHECK_SECONDS: Final = 3600.0
"""Between two looks at one of them, not the full three days at once: the wall clock may be set meanwhile."""


def time_is_over(job: Job, now_ms: int) -> End | None:
    """The end of a job whose owner did not have it posted in three days; None before that."""
    if now_ms < job.unposted_until_ms:
        return None
    told = NeverPosted(job.job_code, job.provider, job.provider_reference, said=job.failure_detail, billed=not job.preview)
    return End(job, State.FAILED, failure=job.failure or Failure.UNDELIVERABLE, detail=job.failure_detail, told=told)


class Unposted:
    """The unposted clips of one provider. Remembers in memory for which of them the job's messages say that it waits. Where
    Discord refuses the edit that says so, it is tried again at each look; after a restart all messages are edited anew.
    """

    def __init__(self, notifier: Notifier, clock: Clock) -> None:
        self._notifier = notifier
        self._clock = clock
        self._offered: set[int] = set()
        self._searched: set[int] = set()
        self._tried: Counter[int] = Counter()

    def forget(self, job_id: int) -> None:
        self._offered.discard(job_id)
        self._searched.discard(job_id)
        self._tried.pop(job_id, None)

    async def wait(self, job: Job) -> Later | End:
        """Shows on the job's messages that it waits, and returns the time until the next look, or the end when its time is
        over.
        """
        search = job.may_be_posted and job.id not in self._searched
        if search and (posted := await self._posted_after_all(job)) is not None:
            return done(job, posted)
        over = time_is_over(job, self._clock.now_ms())
        if over is not None:
            return over
        offered = await self._offer(job)
        return Later(min(offered, max(job.unposted_until_ms - self._clock.now_ms(), 0) / 1000))

    async def _offer(self, job: Job) -> float:
        """Seconds until the next look at the job."""
        if job.id in self._offered:
            return _CHECK_SECONDS
        refused: Collection[Purpose] = ()
        try:
            refused = await self._notifier.unposted(job)
        except DeliveryError as error:
            self._tried[job.id] += 1
            _log.warning("job %s: no message says yet that it waits for a place: %s", job.job_code, error)
            pause = ENDLESS.pause(self._tried[job.id], random.random())  # noqa: S311  spreads tries, guards nothing
            return max(pause, error.retry_after or 0.0)
        except Exception:  # noqa: BLE001  logged with the reference; the clip is worth more than its card
            _log.exception("job %s: no message says that it waits for a place", job.job_code)
        if not refused:
            self._offered.add(job.id)
        return _CHECK_SECONDS

    async def _posted_after_all(self, job: Job) -> Posted | None:
        """The clip's message, if it was posted although Discord's answer was lost: then it is charged and not posted again."""
        try:
            posted = await self._notifier.find_post(job)
        except DeliveryError as error:
            _log.warning("job %s: could not look for an earlier post of it: %s", job.job_code, error)
            return None
        if job.failure is not Failure.DOUBTFUL:
            # Nothing is posted while it waits, so one successful search is enough.
            self._searched.add(job.id)
        return posted
