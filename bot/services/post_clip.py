"""Use case: the owner of a made clip that could not be posted has it posted where they are now. The button
"Post it here" calls it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain.job import Address, Job, State
from bot.domain.permissions import May, check
from bot.errors import StorageError
from bot.ports import Clock, Engine, JobReader, JobTransitions, Posted
from bot.services.find_jobs import job_or_gone


@dataclass(frozen=True)
class PostClip:
    jobs: JobReader
    transitions: JobTransitions
    engine: Engine
    clock: Clock

    async def waiting(self, job_id: int, member_id: int) -> Job | None:
        """The job if its clip still waits for a place, else None. Raises `Gone` or `NotYours`.

        Only the owner may have it posted, since that charges them.
        """
        job = await job_or_gone(self.jobs, job_id)
        check(May.OWNER, job, member_id)
        return job if job.state is State.UNPOSTED and not job.discard else None

    async def here(self, job: Job, address: Address) -> Job | None:
        """Stores that the clip is to be posted at `address`; the caller then calls `wake`.

        None if another press was faster or the job ended. The clip is charged once it is posted. If it can't be posted there
        either, it waits again, until the same time as before.
        """
        try:
            return await self.transitions.post_here(job, replace(address, in_place=True), self.clock.now_ms())
        except StorageError:
            # The write may have worked though its answer was lost. Waking a job that still waits is harmless.
            self.wake(job)
            raise

    async def found(self, job: Job, posted: Posted) -> None:
        """Ends the job as posted, since an earlier post of the clip was found. It is charged as usual and not posted again."""
        now = self.clock.now_ms()
        try:
            await self.transitions.end(job, State.DONE, now, charged=job.due, posted=posted)
        finally:
            # Also after a storage error, since the write may have worked. Waking a job that has nothing to do is harmless.
            self.wake(job)

    def wake(self, job: Job) -> None:
        """Has the engine run the job, which posts the clip or shows the job's end."""
        self.engine.wake(job.id)
