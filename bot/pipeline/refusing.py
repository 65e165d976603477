"""What a refusal of the provider means for a job: it waits in line, it waits alone, or it ends without a charge.

Nothing was started in any of these. Trouble that others have as well is the line's, see `holds`; trouble that a job has
while others get through is its own: it waits outside the line, on disk, and holds nobody up.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from typing import Final

from bot.domain.clip import Kind
from bot.domain.fair_queue import RETRY_AFTER_MOST
from bot.domain.job import Failure, Job, State
from bot.errors import (
    ModerationRefused,
    ProviderBusy,
    ProviderError,
    ProviderMisconfigured,
    ProviderRejected,
    ProviderUnavailable,
)
from bot.pipeline.holds import Holds
from bot.pipeline.pictures import Pictures
from bot.pipeline.stage_result import End, Later, StageResult, advanced
from bot.pipeline.waits import DAY_MS, UPLOAD
from bot.ports import Clock, JobStore

_log: Final = logging.getLogger(__name__)


class Refusing:
    """One provider's."""

    def __init__(self, jobs: JobStore, pictures: Pictures, holds: Holds, clock: Clock) -> None:
        self._jobs = jobs
        self._pictures = pictures
        self._holds = holds
        self._clock = clock
        self._accepted: Counter[Kind] = Counter()
        # How many clips had been accepted when a job was first refused, and when its member was since one of theirs was taken;
        # of one kind for a model that is closed, else (None) of all. In memory, since it only saves others time.
        self._refused_at: dict[tuple[str, int, Kind | None], int] = {}
        self._uploads_refused = False
        self._rejection_told = False
        self._uploaded_again: set[int] = set()

    def accepted(self, job: Job, refusals_before: int) -> None:
        """The provider took it; `refusals_before` as for `Holds.accepted`."""
        self._accepted[job.request.kind] += 1
        self._rejection_told = False
        self._forget_refusals(_job(job), _member(job))
        self._holds.accepted(job.request.kind, refusals_before)

    def still_waits(self, job: Job) -> Later | None:
        """Until its own trouble is over; None where it has none, or has waited long enough."""
        if job.not_before_ms is None:
            return None
        left = (job.not_before_ms - self._clock.now_ms()) / 1000
        # More than was ever written: the clock was set back since, and the wait would be as much too long.
        return Later(left) if 0 < left <= UPLOAD.longest_pause else None

    def uploaded(self) -> None:
        """Pictures were taken: the key is good enough for that."""
        self._uploads_refused = False

    async def upload(self, job: Job, error: ProviderError) -> StageResult:
        """Its pictures were not taken."""
        match error:
            case ProviderMisconfigured():
                # Once: a key that is refused is found out by the line's own tries then. A key that may not upload leaves
                # everybody's words alone. So does a job that is refused again, whoever's pictures were taken in between.
                if not self._uploads_refused and job.troubled_since_ms is None:
                    self._uploads_refused = True
                    self._holds.refused(error)
                return await self._wait_alone(job, error)
            case ProviderBusy() | ProviderUnavailable():
                return await self._wait_alone(job, error)
            case _:
                return self._over(job, error)

    async def submit(self, job: Job, error: ProviderError) -> StageResult:
        """Its submit was not taken."""
        match error:
            case ProviderBusy() | ProviderMisconfigured() if _names_no_limit(error) and self.is_its_own(job, error):
                return await self._wait_alone(job, error)
            case ProviderBusy():
                self._holds.busy(error)
            case ProviderMisconfigured():
                self._holds.refused(error)
            case ProviderUnavailable():
                self._holds.unreachable(error)
            case ProviderRejected() if job.request.references and job.id not in self._uploaded_again:
                # The likeliest reason is a reference that the provider has forgotten; upload the images once more.
                self._uploaded_again.add(job.id)
                await self._pictures.forget(job)
                _log.warning("job %s was rejected, uploading its images again: %s", job.job_code, error)
                return await self._back_into_line(job, tries=job.tries)
            case _:
                return self._over(job, error)
        # None of it is the job's doing: it must not use up its tries.
        back = await self._back_into_line(job, tries=max(job.tries - 1, 0))
        self._holds.wake_overdue(job.request.kind)
        return back

    def tidy(self, job: Job) -> None:
        """Forgets a job that is over."""
        self._forget_refusals(_job(job))
        self._uploaded_again.discard(job.id)

    def is_its_own(self, job: Job, error: ProviderError) -> bool:
        """Whether others got through since it or its member was refused the first time, and is refused again.

        That stays so until one of theirs is taken: later refusals say nothing new about the provider.
        """
        kind = job.request.kind if isinstance(error, ProviderMisconfigured) and error.kinds is not None else None
        accepted = self._accepted.total() if kind is None else self._accepted[kind]
        first = [self._refused_at.setdefault((*each, kind), accepted) for each in (_job(job), _member(job))]
        return accepted > min(first)

    def _forget_refusals(self, *whose: tuple[str, int]) -> None:
        for each in whose:
            for kind in (None, *Kind):
                self._refused_at.pop((*each, kind), None)

    async def _wait_alone(self, job: Job, error: ProviderError) -> StageResult:
        now = self._clock.now_ms()
        since = now if job.troubled_since_ms is None else job.troubled_since_ms
        if now - since >= DAY_MS:
            failure = Failure.OPERATOR if isinstance(error, ProviderMisconfigured) else Failure.PROVIDER
            return End(job, State.FAILED, failure=failure, detail=f"for a day: {error}")
        wait = UPLOAD.pause(now - since, random.random())  # noqa: S311  spreads tries, guards nothing
        if isinstance(error, ProviderBusy) and error.retry_after is not None:
            wait = max(wait, min(error.retry_after, RETRY_AFTER_MOST))
        _log.warning("job %s waits outside the line, next try in %.0f s: %s", job.job_code, wait, error)
        until = now + int(wait * 1000)
        tries = max(job.tries - (job.state is State.SUBMITTING), 0)
        return advanced(
            await self._jobs.advance(
                job,
                State.QUEUED,
                now,
                tries=tries,
                submitted_at_ms=None,
                not_before_ms=until,
                troubled_since_ms=since,
            )
        )

    async def _back_into_line(self, job: Job, *, tries: int) -> StageResult:
        now = self._clock.now_ms()
        return advanced(await self._jobs.advance(job, State.QUEUED, now, tries=tries, submitted_at_ms=None))

    def _over(self, job: Job, error: ProviderError) -> End:
        if isinstance(error, ModerationRefused):
            return End(job, State.FAILED, failure=Failure.MODERATION, detail=str(error))
        _log.error("job %s was rejected by %s: %s", job.job_code, job.provider, error)
        told = None
        if not self._rejection_told:
            # Once: where its API changed, every clip is rejected.
            self._rejection_told = True
            told = (
                f"Job {job.job_code}: {job.provider} rejected it ({error}). Nothing was started, nobody was charged."
                " Until a clip is taken this is not told again; where all are rejected, `happyhorse doctor` may say why."
            )
        return End(job, State.FAILED, failure=Failure.OURS, detail=str(error), told=told)


def _names_no_limit(error: ProviderBusy | ProviderMisconfigured) -> bool:
    """A named limit of clips in flight is everybody's: who is refused by it has only come too late."""
    return not (isinstance(error, ProviderBusy) and error.ceiling is not None)


def _job(job: Job) -> tuple[str, int]:
    return "job", job.id


def _member(job: Job) -> tuple[str, int]:
    return "member", job.member_id
