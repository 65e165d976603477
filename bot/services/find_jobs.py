"""Use case: what a member has running and made lately, each with its place in line and what to expect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.domain.job import Job, State
from bot.errors import Gone, ProviderError
from bot.ports import ClipLink, JobStore, Progress, ProgressReader, VideoProvider

JOBS_SHOWN: Final = 5
"""On a page: with a picture and a button for each, more would be too many parts for one message."""


@dataclass(frozen=True, slots=True)
class Listed:
    """`progress` is None for a job that has ended."""

    job: Job
    progress: Progress | None


async def job_or_gone(jobs: JobStore, job_id: int) -> Job:
    """The job with this id. Raises `Gone` where there is none."""
    job = await jobs.get(job_id)
    if job is None:
        msg = f"no job {job_id}"
        raise Gone(msg)
    return job


@dataclass(frozen=True)
class FindJobs:
    jobs: JobStore
    progress_reader: ProgressReader
    providers: Mapping[str, VideoProvider]

    async def job(self, job_id: int) -> Job:
        """Raises `Gone`."""
        return await job_or_gone(self.jobs, job_id)

    async def of_member(self, member_id: int, page: int = 1) -> list[Listed]:
        """As the store orders them, and one more than a page shows: so it can say that there are more. Pages count from 1."""
        jobs = await self.jobs.of_member(member_id, JOBS_SHOWN + 1, (page - 1) * JOBS_SHOWN)
        return [Listed(job, None if job.ended else await self.progress_reader.progress_of(job.id)) for job in jobs]

    async def link(self, job_id: int) -> ClipLink | None:
        """A fresh link to a finished clip at its provider; None where there is none to give. Raises `Gone`.

        Only what was posted, and so charged, has a link: otherwise a clip that can't be posted would be had for nothing.
        """
        job = await self.job(job_id)
        if job.state is not State.DONE:
            return None
        provider = self.providers.get(job.provider)
        if provider is None or job.provider_reference is None:
            return None
        try:
            return await provider.link(job.provider_reference)
        except ProviderError:
            return None
