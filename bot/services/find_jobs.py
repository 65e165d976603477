"""Use case: finds jobs: one by its id, those of an order, or a member's orders with their progress; and the file or link of a
clip.

`/jobs` and most buttons call it. Other use cases call `job_or_gone`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.job import Job, State
from bot.domain.order import ahead, running
from bot.errors import Gone, ProviderError
from bot.ports import THE_CLIP, ClipLink, JobReader, KeptClips, KeptFile, OutputKind, Progress, ProgressReader, VideoProvider

ORDERS_SHOWN: Final = 5
"""Orders on one page. Each has a picture and buttons, and a message takes only so many parts."""


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """The jobs of an order, in their order. `progress` is by job id, of running jobs only."""

    jobs: Sequence[Job]
    progress: Mapping[int, Progress]


async def job_or_gone(jobs: JobReader, job_id: int) -> Job:
    """The job with this id. Raises `Gone` where there is none."""
    job = await jobs.get(job_id)
    if job is None:
        msg = f"no job {job_id}"
        raise Gone(msg)
    return job


@dataclass(frozen=True)
class FindJobs:
    jobs: JobReader
    progress_reader: ProgressReader
    providers: Mapping[str, VideoProvider]
    kept_clips: KeptClips

    async def job(self, job_id: int) -> Job:
        """Raises `Gone`."""
        return await job_or_gone(self.jobs, job_id)

    async def of_order(self, job: Job) -> list[Job]:
        """All jobs of the order of this one, in their order."""
        return await self.jobs.of_order(job.order_id)

    async def of_member(self, member_id: int, page: int = 1) -> list[ListedOrder]:
        """The orders of a page (from 1) in the store's order, and one more, which tells the page that there are more. Of each
        order's jobs only the one that is `ahead` has its progress.
        """
        orders = await self.jobs.of_member(member_id, ORDERS_SHOWN + 1, (page - 1) * ORDERS_SHOWN)
        return [ListedOrder(jobs, await self._progress([ahead(jobs)])) for jobs in orders]

    async def order(self, job: Job) -> ListedOrder:
        """The order of this job, with the progress of all its running jobs."""
        jobs = await self.of_order(job)
        return ListedOrder(jobs, await self._progress(running(jobs)))

    async def _progress(self, jobs: Sequence[Job | None]) -> dict[int, Progress]:
        read = [(each.id, await self.progress_reader.progress_of(each.id)) for each in jobs if each is not None]
        return {job_id: progress for job_id, progress in read if progress is not None}

    async def kept(self, job: Job) -> KeptFile | None:
        """The file of a clip that was posted, where the bot has kept it. It is better than a link: it does not expire."""
        if job.state is not State.DONE:
            return None
        return await self.kept_clips.output(job.id, OutputKind.CLIP)

    async def link(self, job_id: int) -> ClipLink | None:
        """A fresh link to a finished clip at its provider; None if there is none. Raises `Gone`.

        Only a clip that was posted, and so was charged, has a link: otherwise one that can't be posted would be free.
        """
        job = await self.job(job_id)
        if job.state is not State.DONE:
            return None
        provider = self.providers.get(job.provider)
        if provider is None or job.provider_reference is None:
            return None
        try:
            return await provider.link(job.provider_reference, THE_CLIP)
        except ProviderError:
            return None
