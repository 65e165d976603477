"""Use case: the button "Use this one" marks one clip of an order as the one in use, in place of the one that was.

The card shows that clip large and first. The other clips stay where they are.
"""

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
        """Marks this clip as the one in use. Returns whether that changed anything, and the job as it is now.

        After a change the caller has the order's card show it. Raises `Gone` or `NotYours`.
        """
        job = await job_or_gone(self.jobs, job_id)
        check(May.OWNER_OR_MODERATOR, job, member_id, moderator=moderator)
        used = await self.transitions.use(job)
        return (True, used) if used is not None else (False, await job_or_gone(self.jobs, job_id))
