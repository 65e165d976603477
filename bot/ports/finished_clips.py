"""The interface to members' finished clips, which they browse. `bot.storage.finished_clips` implements it."""

from __future__ import annotations

from typing import Protocol

from bot.domain.clip_search import ClipSearch
from bot.domain.job import Job


class FinishedClips(Protocol):
    """Jobs that are done and whose clips were posted and not deleted since. Every method may raise `StorageError`."""

    async def found(self, member_id: int, search: ClipSearch, limit: int, skip: int = 0) -> list[Job]:
        """The member's clips that the search finds, the latest first: at most `limit`, after the first `skip`.

        Words are looked for in the latest 2,000 (the store's `SEARCHED_MOST`) of the clips that meet the rest of the search.
        """
        ...

    async def mark(self, job_id: int, *, favourite: bool) -> Job | None:
        """Marks a done clip as a favourite of its owner, or takes the mark away. Safe to repeat. None where there is none."""
        ...
