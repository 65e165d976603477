"""Uploads a job's pictures to the provider before the job stands in line, so that an upload holds no slot and no turn.

`Submitting` calls it. What was uploaded is in the store, by SHA-256. Memory holds only the uploads under way and the dropped
ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final
from weakref import WeakValueDictionary

from bot.detail import Detail, DetailCode
from bot.domain.job import Job
from bot.errors import ProviderUnavailable
from bot.ports import Clock, KeptPictures, VideoProvider

_AT_ONCE: Final = 16
"""Members whose pictures are uploaded at once. One job's uploads mostly take seconds; their bytes are in memory meanwhile."""
_SECONDS_MOST: Final = 600.0
"""For all pictures of one job (at most 9 of 10 MB). After that the job waits, and the next try uploads those that are left."""


class Pictures:
    def __init__(self, provider: VideoProvider, kept_pictures: KeptPictures, clock: Clock) -> None:
        self._provider = provider
        self._kept_pictures = kept_pictures
        self._clock = clock
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._members: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._under_way: dict[int, asyncio.Timeout] = {}
        # Jobs that were dropped before their upload began (while their card was posted, say).
        self._dropped: set[int] = set()

    async def known(self, job: Job) -> tuple[str, ...] | None:
        """The provider's references of the job's pictures, in prompt order; None unless all were uploaded."""
        found = [await self._kept_pictures.uploaded(job.provider, image.sha256) for image in job.request.references]
        return None if None in found else tuple(each for each in found if each is not None)

    async def missing(self, job: Job) -> list[str]:
        """Which of the job's pictures (their SHA-256) the provider does not have yet, each once."""
        hashes = dict.fromkeys(image.sha256 for image in job.request.references)
        return [sha256 for sha256 in hashes if await self._is_missing(job, sha256)]

    async def hand_over(self, job: Job, missing: Sequence[str]) -> bool:
        """Uploads these (their SHA-256). May be repeated; pictures that were uploaded before a failure stay uploaded.

        False where the job was dropped meanwhile. Raises the `ProviderError` of the first picture that the provider does not
        take, `ProviderUnavailable` after ten minutes, and `LookupError` for a picture that the store does not have.
        """
        if job.id in self._dropped:
            self._dropped.discard(job.id)
            return False
        try:
            async with asyncio.timeout(None) as self._under_way[job.id]:
                await self._upload_missing(job, missing)
        except TimeoutError:
            return False
        finally:
            del self._under_way[job.id]
        return True

    def drop(self, job_id: int) -> None:
        """The job has ended or is not wanted any more: stops its upload, or keeps its next one from beginning."""
        under_way = self._under_way.get(job_id)
        if under_way is None:
            self._dropped.add(job_id)
        elif not under_way.expired():
            under_way.reschedule(0.0)

    def tidy(self, job: Job) -> None:
        """Forgets a job that is over."""
        self._dropped.discard(job.id)

    async def forget(self, job: Job) -> None:
        """Marks the job's pictures as not uploaded: the provider seems not to know them any more."""
        for image in job.request.references:
            await self._kept_pictures.forget_upload(job.provider, image.sha256)

    async def _upload_missing(self, job: Job, missing: Sequence[str]) -> None:
        lock = self._lock_of(job.member_id)
        # If it has to wait, another job may upload the same pictures meanwhile.
        waits = lock.locked() or self._gate.locked()
        async with lock, self._gate:
            try:
                async with asyncio.timeout(_SECONDS_MOST):
                    for sha256 in missing:
                        if not waits or await self._is_missing(job, sha256):
                            await self._upload(job, sha256)
            except TimeoutError as error:
                raise ProviderUnavailable(Detail(DetailCode.PICTURES_SLOW, (_SECONDS_MOST,))) from error

    async def _is_missing(self, job: Job, sha256: str) -> bool:
        return await self._kept_pictures.uploaded(job.provider, sha256) is None

    async def _upload(self, job: Job, sha256: str) -> None:
        picture = await self._kept_pictures.get(sha256)
        if picture is None:
            msg = f"image {sha256} of job {job.id} is not in the store"
            raise LookupError(msg)
        data, media_type = picture
        uploaded = await self._provider.upload(sha256, media_type, data)
        await self._kept_pictures.remember_upload(job.provider, sha256, uploaded, self._clock.now_ms())

    def _lock_of(self, member_id: int) -> asyncio.Lock:
        """One upload at a time for each member, so that slow pictures delay only their own member's other jobs.

        The lock is dropped when nobody holds it or waits for it.
        """
        lock = self._members.get(member_id)
        if lock is None:
            lock = self._members[member_id] = asyncio.Lock()
        return lock
