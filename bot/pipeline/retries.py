"""Counts how often in a row each job has failed, and says when it is tried again or that it ends. `JobRunner` calls it."""

from __future__ import annotations

import logging
import random
from collections import Counter
from dataclasses import dataclass
from typing import Final

from bot.detail import Detail, DetailCode
from bot.domain.job import FREE_TO_CANCEL, Failure, Job, State
from bot.errors import DeliveryError, Interrupted, StorageError
from bot.notice import Broke
from bot.pipeline.stage_result import End, Later
from bot.pipeline.waits import ENDLESS, FETCH, UNEXPECTED

_log: Final = logging.getLogger(__name__)


@dataclass(slots=True)
class _Failed:
    state: State
    times: int = 0


class Retries:
    """The counts are in memory: after a restart they begin at 0."""

    def __init__(self) -> None:
        self._failed: dict[int, _Failed] = {}
        self._unshown: Counter[int] = Counter()

    def unwritten(self, job: Job, error: StorageError) -> Later:
        """The store could not be written (a full or locked disk). That is temporary: try again, however often it fails."""
        wait = ENDLESS.pause(self._count(job), _dice())
        _log.error("job %s could not be written in %s, next try in %.0f s: %s", job.job_code, job.state, wait, error)
        return Later(wait)

    def unexpected(self, job: Job, error: Exception) -> Later | End:
        """A stage raised what it should not: a few more tries, then the job ends as our fault. Call it while the error is
        handled.
        """
        times = self._count(job)
        _log.error("job %s stumbled in %s, try %d", job.job_code, job.state, times, exc_info=error)
        # Work that was cancelled from inside is retried for hours, as in an outage. A fault of ours mostly stays: few tries.
        wait = (FETCH if isinstance(error, Interrupted) else UNEXPECTED).wait(times, _dice())
        if wait is not None:
            return Later(wait)
        told = None
        if job.state not in FREE_TO_CANCEL:
            known_as = None if job.preview else job.known_as
            told = Broke(job.job_code, job.provider, job.state.value, type(error).__name__, known_as)
        detail = Detail(DetailCode.BROKE, (type(error).__name__, job.state.value))
        return End(job, State.FAILED, failure=Failure.OURS, detail=detail, told=told)

    def unshown(self, job: Job, error: Exception) -> float:
        """The job's end could not be shown. Seconds until that is tried again."""
        self._unshown[job.id] += 1
        rest = error.retry_after if isinstance(error, DeliveryError) else None
        return max(ENDLESS.pause(self._unshown[job.id], _dice()), rest or 0.0)

    def over(self, job_id: int) -> None:
        """The job has moved on, or has ended: its next failure is the first."""
        self._failed.pop(job_id, None)

    def shown(self, job_id: int) -> None:
        """The job's end is shown, or another process will show it."""
        self._unshown.pop(job_id, None)

    def _count(self, job: Job) -> int:
        """Counts one more failure. How often in a row this job has failed in the state that it is in."""
        failed = self._failed.setdefault(job.id, _Failed(job.state))
        failed.times = failed.times + 1 if failed.state is job.state else 1
        failed.state = job.state
        return failed.times


def _dice() -> float:
    return random.random()  # noqa: S311  spreads tries, guards nothing
