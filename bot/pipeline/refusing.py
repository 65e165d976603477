"""Decides what a provider's refusal means for a job: it waits in line, it waits alone, or it ends uncharged. `Submitting` calls
it. The provider has started nothing in any of these cases.

A refusal that other jobs meet as well stops the line, see `holds`. A job that is refused while others are taken waits outside
the line, with its time on disk, and delays nobody.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from typing import Final

from bot.detail import Detail, DetailCode
from bot.domain.backoff import obeyed
from bot.domain.clip import Kind
from bot.domain.job import Failure, Job, State
from bot.errors import (
    ModerationRefused,
    ProviderBusy,
    ProviderError,
    ProviderMisconfigured,
    ProviderRejected,
    ProviderUnavailable,
)
from bot.notice import Rejected
from bot.pipeline.holds import Holds
from bot.pipeline.pictures import Pictures
from bot.pipeline.stage_result import End, Later, StageResult, advanced
from bot.pipeline.waits import DAY_MS, UPLOAD
from bot.ports import Clock, JobTransitions

_log: Final = logging.getLogger(__name__)


class Refusing:
    """The refusals of one provider."""

    def __init__(self, transitions: JobTransitions, pictures: Pictures, holds: Holds, clock: Clock) -> None:
        self._transitions = transitions
        self._pictures = pictures
        self._holds = holds
        self._clock = clock
        self._accepted: Counter[Kind] = Counter()
        # How many clips had been accepted when a job, or a member, was first refused. An entry is dropped once a clip of that
        # job or member is accepted. If only one model was refused, the kind is set and only clips of that kind are counted;
        # None: all clips. In memory: after a restart it is learned again, at the cost of some waiting.
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
        """How long the job still waits alone; None where it does not, or has waited long enough."""
        if job.not_before_ms is None:
            return None
        left = (job.not_before_ms - self._clock.now_ms()) / 1000
        # Longer than any wait that is written: the clock was set back since then, so do not wait.
        return Later(left) if 0 < left <= UPLOAD.longest_pause else None

    def uploaded(self) -> None:
        """The provider took pictures, so our key may upload."""
        self._uploads_refused = False

    async def upload(self, job: Job, error: ProviderError) -> StageResult:
        """The result of a job whose pictures the provider did not take."""
        match error:
            case ProviderMisconfigured():
                # The line is stopped once. If the key is refused altogether, the next submit finds that out; if it only may not
                # upload, jobs without pictures go on. A job that was refused before does not stop the line again.
                if not self._uploads_refused and job.troubled_since_ms is None:
                    self._uploads_refused = True
                    self._holds.refused(error)
                return await self._wait_alone(job, error)
            case ProviderBusy() | ProviderUnavailable():
                return await self._wait_alone(job, error)
            case _:
                return self._over(job, error)

    async def submit(self, job: Job, error: ProviderError) -> StageResult:
        """The result of a job whose submit the provider did not take."""
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
                # Most likely the provider has forgotten an uploaded picture: upload all of them once more.
                self._uploaded_again.add(job.id)
                await self._pictures.forget(job)
                _log.warning("job %s was rejected, uploading its images again: %s", job.job_code, error)
                return await self._back_into_line(job, tries=job.tries)
            case _:
                return self._over(job, error)
        # The job is not the reason, so this try is not counted.
        # How long the line rests is written first, so that no process sends the next clip too early.
        await self._holds.write()
        back = await self._back_into_line(job, tries=max(job.tries - 1, 0))
        self._holds.wake_overdue(job.request.kind)
        return back

    def tidy(self, job: Job) -> None:
        """Forgets a job that is over."""
        self._forget_refusals(_job(job))
        self._uploaded_again.discard(job.id)

    def is_its_own(self, job: Job, error: ProviderError) -> bool:
        """Whether clips were accepted since this job, or its member, was first refused: then the reason is not the provider.

        It stays true until one of the member's clips is accepted. Counts this refusal as the first where there was none.
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
            return End(job, State.FAILED, failure=failure, detail=Detail(DetailCode.REFUSED_FOR_A_DAY, causes=(error.reason,)))
        wait = UPLOAD.pause(now - since, random.random())  # noqa: S311  spreads tries, guards nothing
        if isinstance(error, ProviderBusy) and error.retry_after is not None:
            wait = max(wait, obeyed(error.retry_after))
        _log.warning("job %s waits outside the line, next try in %.0f s: %s", job.job_code, wait, error)
        until = now + int(wait * 1000)
        tries = max(job.tries - (job.state is State.SUBMITTING), 0)
        return advanced(
            await self._transitions.advance(
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
        return advanced(await self._transitions.advance(job, State.QUEUED, now, tries=tries, submitted_at_ms=None))

    def _over(self, job: Job, error: ProviderError) -> End:
        if isinstance(error, ModerationRefused):
            return End(job, State.FAILED, failure=Failure.MODERATION, detail=error.reason)
        _log.error("job %s was rejected by %s: %s", job.job_code, job.provider, error)
        told = None
        if not self._rejection_told:
            # Told once until a clip is accepted: where the provider's API has changed, every clip is rejected.
            self._rejection_told = True
            told = Rejected(job.job_code, job.provider, error.reason)
        return End(job, State.FAILED, failure=Failure.OURS, detail=error.reason, told=told)


def _names_no_limit(error: ProviderBusy | ProviderMisconfigured) -> bool:
    """False for a busy answer that names how many clips may run at once: that limit is the same for all, so the job waits in
    line.
    """
    return not (isinstance(error, ProviderBusy) and error.ceiling is not None)


def _job(job: Job) -> tuple[str, int]:
    return "job", job.id


def _member(job: Job) -> tuple[str, int]:
    return "member", job.member_id
