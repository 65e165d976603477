"""Use case: of the clips of one order, the one that counts. It may be changed, and the others stay."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.job import Job
from bot.domain.permissions import May, check
from bot.ports import JobReader, JobTransitions
from bot.services.find_jobs import job_or_gone


@dataclass(frozen=True)
class UseClip:
    jobs: JobReader
    transitions: JobTransitions

    async def use(self, job_id: int, member_id: int, *, moderator: bool) -> tuple[bool, Job]:
        """Whether this clip counts from now on, and the job as it is now; False where nothing changed.

        The caller then has the card show it. Raises `Gone` or `NotYours`.
        """
        job = await job_or_gone(self.jobs, job_id)
        check(May.OWNER_OR_MODERATOR, job, member_id, moderator=moderator)
        used = await self.transitions.use(job)
        return (True, used) if used is not None else (False, await job_or_gone(self.jobs, job_id))
