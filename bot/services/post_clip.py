"""Use case: the owner of a made clip that could not be posted names the place where they are now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain.job import Address, Job, State
from bot.domain.permissions import May, check
from bot.errors import StorageError
from bot.ports import AddressChanges, Clock, Engine, JobStore, Posted
from bot.services.find_jobs import job_or_gone


@dataclass(frozen=True)
class PostClip:
    jobs: JobStore
    engine: Engine
    clock: Clock

    async def waiting(self, job_id: int, member_id: int) -> Job | None:
        """The job, where its clip waits for a place; None where it does not (any more). Raises `Gone`, `NotYours`.

        It is its owner's alone: posting it charges them.
        """
        job = await job_or_gone(self.jobs, job_id)
        check(May.OWNER, job, member_id)
        return job if job.state is State.UNPOSTED and not job.discard else None

    async def here(self, job: Job, address: Address) -> Job | None:
        """The clip is to be posted where `address` is; `wake` sets it going. None when another press was faster, or it is over.

        It is charged once it is posted, and waits again, for no longer than before, where that does not work either.
        """
        try:
            return await self.jobs.post_here(job, replace(address, in_place=True), self.clock.now_ms())
        except StorageError:
            # The database may have taken it though its answer was lost. A job that still waits only looks at itself.
            self.wake(job)
            raise

    async def found(self, job: Job, posted: Posted) -> None:
        """An earlier post of the clip is there after all: it is charged as any other, and nothing is posted again."""
        now = self.clock.now_ms()
        where = AddressChanges(result_id=posted.message_id, result_url=posted.url)
        try:
            await self.jobs.end(job, State.DONE, now, charged=job.due, **where)
        finally:
            # Also where the answer of the database was lost, or the job had ended: it only looks at itself.
            self.wake(job)

    def wake(self, job: Job) -> None:
        """The job has something to do: to be posted, or to show its end."""
        self.engine.wake(job.id)
