"""Pictures go to the provider while their job waits, before it stands in line: no slot and no turn is held by an upload.

Remembers nothing of a job; what was handed over is in the store, by content.
"""

from __future__ import annotations

import asyncio
from typing import Final
from weakref import WeakValueDictionary

from bot.domain.clip import Reference
from bot.domain.job import Job
from bot.errors import ProviderUnavailable
from bot.ports import BlobStore, Clock, VideoProvider

_AT_ONCE: Final = 16
"""Members whose pictures are under way at once. Generous: one hand-over is mostly seconds, and its bytes are in memory."""
_SECONDS_MOST: Final = 600.0
"""For all pictures of one job, 9 of 10 MB at most. What takes longer goes on later with those that are left."""


class Pictures:
    def __init__(self, provider: VideoProvider, blobs: BlobStore, clock: Clock) -> None:
        self._provider = provider
        self._blobs = blobs
        self._clock = clock
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._members: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def known(self, job: Job) -> tuple[str, ...] | None:
        """The provider's references of the job's pictures, in their order; None unless all were handed over."""
        found = [await self._blobs.uploaded(job.provider, reference.sha256) for reference in job.request.references]
        return None if None in found else tuple(each for each in found if each is not None)

    async def hand_over(self, job: Job) -> None:
        """Uploads what the provider does not have yet. May be repeated; what was uploaded before a failure stays.

        Raises the `ProviderError` of the first picture that it does not take, `LookupError` for one that the store lost.
        """
        turn = self._turn_of(job.member_id)
        async with turn, self._gate:
            try:
                async with asyncio.timeout(_SECONDS_MOST):
                    for reference in job.request.references:
                        await self._upload(job, reference)
            except TimeoutError as error:
                msg = f"the pictures were not taken within {_SECONDS_MOST:.0f} s"
                raise ProviderUnavailable(msg) from error

    async def forget(self, job: Job) -> None:
        """The provider seems not to know them any more."""
        for reference in job.request.references:
            await self._blobs.forget_upload(job.provider, reference.sha256)

    async def _upload(self, job: Job, reference: Reference) -> None:
        if await self._blobs.uploaded(job.provider, reference.sha256) is not None:
            return
        blob = await self._blobs.get(reference.sha256)
        if blob is None:
            msg = f"image {reference.sha256} of job {job.id} is not in the store"
            raise LookupError(msg)
        data, media_type = blob
        uploaded = await self._provider.upload(reference.sha256, media_type, data)
        await self._blobs.remember_upload(job.provider, reference.sha256, uploaded, self._clock.now_ms())

    def _turn_of(self, member_id: int) -> asyncio.Lock:
        """One hand-over at a time for each member: slow pictures of one keep only their own others waiting.

        Lives as long as somebody holds it or waits for it.
        """
        lock = self._members.get(member_id)
        if lock is None:
            lock = self._members[member_id] = asyncio.Lock()
        return lock
