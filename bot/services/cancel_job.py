"""Use case: a member or moderator does not want a clip any more. A clip that the provider has begun is paid for.

The buttons "Cancel", "All of them", "Let it finish" and "Throw it away" call it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.job import FREE_TO_CANCEL, WAITS_LONG, Job, State
from bot.domain.permissions import May, check
from bot.errors import ProviderError, StorageError
from bot.ports import Clock, Engine, JobReader, JobTransitions, VideoProvider
from bot.services.find_jobs import job_or_gone

_log: Final = logging.getLogger(__name__)
_RACES_MOST: Final = 5


class Outcome(StrEnum):
    """`FREED`: cancelled, nothing charged. `REQUESTED`: the provider will try to cancel; what it bills is not known yet.

    `COMMITTED`: the clip is paid for and will come; the owner may keep or discard it. `ENDED`: the job had ended already.
    """

    FREED = "freed"
    REQUESTED = "requested"
    COMMITTED = "committed"
    ENDED = "ended"


@dataclass(frozen=True)
class CancelJob:
    """`let_go` stops waiting for the provider on behalf of a job that has ended or whose clip is not wanted any more."""

    jobs: JobReader
    transitions: JobTransitions
    providers: Mapping[str, VideoProvider]
    engine: Engine
    clock: Clock
    let_go: Callable[[Job], None]

    async def cancel(self, job_id: int, member_id: int, *, moderator: bool) -> tuple[Outcome, Job]:
        """Cancels the job if that is still possible; the outcome says what happened. Raises `Gone` or `NotYours`."""
        job = await job_or_gone(self.jobs, job_id)
        check(May.OWNER_OR_MODERATOR, job, member_id, moderator=moderator)
        for _ in range(_RACES_MOST):
            if job.ended:
                return Outcome.ENDED, job
            if job.state not in FREE_TO_CANCEL:
                break
            try:
                ended = await self.transitions.end(job, State.CANCELLED, self.clock.now_ms(), charged=0)
            except StorageError:
                # The write may have worked though its answer was lost. Waking a job that still waits is harmless.
                self.engine.wake(job.id)
                raise
            if ended is not None:
                self._run_at_once(ended)
                return Outcome.FREED, ended
            # Somebody changed the job. A cancel does not depend on the fence, so it is tried again on what the job is now.
            job = await job_or_gone(self.jobs, job_id)
        return await self._ask_provider(job, member_id)

    async def cancel_all(self, job_id: int, member_id: int, *, moderator: bool) -> list[tuple[Outcome, Job]]:
        """Cancels every job of this one's order, each as `cancel` does, in their order. Jobs that ended otherwise than by a
        cancel are left out. Raises `Gone` or `NotYours`.
        """
        job = await job_or_gone(self.jobs, job_id)
        check(May.OWNER_OR_MODERATOR, job, member_id, moderator=moderator)
        return [
            await self.cancel(each.id, member_id, moderator=moderator)
            for each in await self.jobs.of_order(job.order_id)
            if not each.ended or each.state is State.CANCELLED
        ]

    async def _ask_provider(self, job: Job, member_id: int) -> tuple[Outcome, Job]:
        # A second cancel gets the answer of the first: a provider that was asked already often refuses to be asked again.
        otherwise = Outcome.REQUESTED if job.discard else Outcome.COMMITTED
        provider = self.providers.get(job.provider)
        if provider is None or job.provider_reference is None or job.state is not State.GENERATING:
            return otherwise, job
        try:
            accepted = await provider.cancel(job.provider_reference)
        except ProviderError as error:
            _log.warning("job %s: the provider did not take the cancel: %s", job.job_code, error)
            return otherwise, job
        if not accepted:
            return otherwise, job
        marked = await self.transitions.want_discard(job.id, True, self.clock.now_ms(), by=member_id)  # noqa: FBT003  the wish itself
        if marked is not None:
            return Outcome.REQUESTED, marked
        # The watcher saw the clip's end while the provider was asked.
        job = await job_or_gone(self.jobs, job.id)
        return (Outcome.ENDED if job.ended else Outcome.COMMITTED), job

    async def discard(self, job_id: int, member_id: int, *, moderator: bool, wanted: bool) -> Job:
        """Sets whether the paid clip is posted when it comes (`wanted`) or thrown away. Raises `Gone` or `NotYours`.

        The returned job's `discard` is what is true now: a clip that is being posted can't be stopped any more, and the owner
        can't bring back a clip that a moderator threw away, nor the other way round.
        """
        job = await job_or_gone(self.jobs, job_id)
        check(May.OWNER_OR_MODERATOR, job, member_id, moderator=moderator)
        if not wanted and job.state in FREE_TO_CANCEL:
            # The job went back into line meanwhile, so nothing is paid for.
            _, job = await self.cancel(job_id, member_id, moderator=moderator)
            return job
        marked = await self.transitions.want_discard(job_id, not wanted, self.clock.now_ms(), by=member_id)
        if marked is not None and marked.discard and marked.state in WAITS_LONG:
            # The job is back in line, waits to fetch its clip, or waits for a place to post: nothing else would run it soon.
            self._run_at_once(marked)
        return marked or await job_or_gone(self.jobs, job_id)

    def _run_at_once(self, job: Job) -> None:
        """Has the job run now, so that it acts on its new state."""
        self.let_go(job)
        self.engine.wake(job.id)
