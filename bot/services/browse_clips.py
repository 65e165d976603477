"""Use case: members browse their finished clips, page by page, and mark those that they want to find again. `/clips`
and its buttons call it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.clip import Kind
from bot.domain.clip_search import ClipSearch
from bot.domain.job import Job
from bot.errors import Gone
from bot.ports import Clock, Drafts, FinishedClips, KeptClips, OutputKind

CLIPS_SHOWN: Final = 6
"""Clips on one page: each has a picture beside its text, and a message takes only so many parts."""
_SEARCH: Final = {"type": "search", "version": 1}
"""Tells the draft of a search from others, and from a search that another version of the bot wrote."""
_POSTER_BYTES: Final = 1_000_000
"""A larger poster is none of ours: they are pictures of 1280 pixels at most."""
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class BrowseClips:
    clips: FinishedClips
    drafts: Drafts
    kept_clips: KeptClips
    clock: Clock

    async def page(self, member_id: int, search: ClipSearch, page: int = 1) -> list[Job]:
        """The clips of a page (from 1), the latest first, and one more, which tells the page that there are more."""
        return await self.clips.found(member_id, search, CLIPS_SHOWN + 1, (page - 1) * CLIPS_SHOWN)

    async def keep(self, search_id: int, member_id: int, search: ClipSearch) -> None:
        """Keeps a search for a day, so that its pages can be turned after a restart too."""
        kind = None if search.kind is None else search.kind.value
        values: dict[str, Any] = {**_SEARCH, "words": list(search.words), "kind": kind}
        values |= {"since_ms": search.since_ms, "favourites": search.favourites}
        await self.drafts.save(search_id, member_id, values, self.clock.now_ms())

    async def search(self, search_id: int, member_id: int) -> ClipSearch:
        """The search of this id. Raises `Gone` after a day, or if it is someone else's."""
        values: Mapping[str, Any] = await self.drafts.load(search_id, member_id) or {}
        if values.items() >= _SEARCH.items():
            return ClipSearch(
                words=tuple(map(str, values["words"])),
                kind=None if values["kind"] is None else Kind(values["kind"]),
                since_ms=values["since_ms"],
                favourites=bool(values["favourites"]),
            )
        msg = f"no search {search_id}"
        raise Gone(msg)

    async def posters(self, jobs: Sequence[Job]) -> dict[int, bytes]:
        """The posters (JPEG) that the bot has kept of these clips, by job id."""
        return {job.id: poster for job in jobs if (poster := await self.poster(job)) is not None}

    async def poster(self, job: Job) -> bytes | None:
        """The clip's poster (a JPEG), None where the bot has not kept it. Raises `StorageError`."""
        file = await self.kept_clips.output(job.id, OutputKind.POSTER)
        if file is None or file.size > _POSTER_BYTES:
            return None
        try:
            return await asyncio.to_thread(file.path.read_bytes)
        except OSError as error:
            # It had to make room meanwhile.
            _log.info("job %s: its poster can't be read: %s", job.job_code, error)
            return None

    async def mark(self, job: Job, *, favourite: bool) -> Job:
        """The job with its mark; as it was if it is not done."""
        return await self.clips.mark(job.id, favourite=favourite) or job
