"""Which jobs this process holds. Where several processes run on one store, each leaves the jobs of the others alone.

A job is held by the process that booked it, until another takes it over. `JobRunner` asks before it does anything for a job,
and `HeldProgress` before a message shows its progress.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.job import FENCE_WHEN_BOOKED, Job
from bot.ports import Engine, Progress, ProgressReader


class HeldJobs:
    """`booking_fence` is the fence of the jobs that this process books. Each process draws its own, so that a job tells by
    itself who booked it, also where the answer to the booking was lost.
    """

    def __init__(self, booking_fence: int = FENCE_WHEN_BOOKED) -> None:
        self.booking_fence = booking_fence
        self._taken_over: dict[int, int] = {}
        """The fences of the jobs that were taken over from others, by job id."""

    def took_over(self, fences: Mapping[int, int]) -> None:
        """Called with the jobs that this process has taken over from others: the fence of each since then, by job id."""
        self._taken_over.update(fences)

    def holds(self, job: Job) -> bool:
        """Whether `job`, as it was just read, is this process's. After `forget` one that was taken over counts as another's."""
        return job.fence == self._taken_over.get(job.id, self.booking_fence)

    def forget(self, job_id: int) -> None:
        """Drops what is known of a job that is over, or lost to another process."""
        self._taken_over.pop(job_id, None)


class HeldProgress:
    """Implements `ProgressReader` for the messages that this process edits: none of a job that another process holds.

    Where another process holds the job, or has ended one of ours, the engine runs the job here once more. That run gives back
    the slot and the place in line that this process has for it, or shows its end.
    """

    def __init__(self, progress_reader: ProgressReader, held: HeldJobs, engine: Engine) -> None:
        self._progress_reader = progress_reader
        self._held = held
        self._engine = engine

    async def progress_of(self, job_id: int) -> Progress | None:
        progress = await self._progress_reader.progress_of(job_id)
        if progress is None or not self._held.holds(progress.job):
            self._engine.wake(job_id, again=False)
            return None
        return progress
