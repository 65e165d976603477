"""Turns at what many want at the same time: each has a share, so that nobody waits behind another's pile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager


class FairSemaphore:
    """At most `each` turns at a time for one owner, a member or a channel, and `at_once` for all, where that is set.

    Who has as many as they may waits behind their own alone: of all that wait for a place among `at_once`, at most `each`
    are one owner's.
    """

    def __init__(self, each: int, at_once: int | None = None) -> None:
        self._each = each
        self._all = None if at_once is None else asyncio.Semaphore(at_once)
        self._shares: dict[int, _Share] = {}

    @asynccontextmanager
    async def of(self, owner_id: int) -> AsyncGenerator[None]:
        """A turn of this owner's, for as long as the block takes."""
        share = self._shares.setdefault(owner_id, _Share(self._each))
        share.asked += 1
        try:
            async with AsyncExitStack() as held:
                await held.enter_async_context(share.semaphore)
                if self._all is not None:
                    await held.enter_async_context(self._all)
                yield
        finally:
            share.asked -= 1
            if not share.asked:
                del self._shares[owner_id]


class _Share:
    """One owner's turns; forgotten once nothing of theirs waits or runs."""

    __slots__ = ("asked", "semaphore")

    def __init__(self, each: int) -> None:
        self.semaphore = asyncio.Semaphore(each)
        self.asked = 0
