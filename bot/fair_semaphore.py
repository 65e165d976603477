"""A semaphore with a share for each owner, so that nobody waits behind one owner's many requests. What has a limit for
all members uses it: pictures, downloads, the encoder, cards, threads, posts.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager


class FairSemaphore:
    """Lets at most `each` run at a time for one owner (a member, a channel) and, if set, at most `at_once` for all owners.

    An owner's further requests first wait for that owner's earlier ones. So of the requests that wait for the limit
    `at_once`, at most `each` belong to one owner.
    """

    def __init__(self, each: int, at_once: int | None = None) -> None:
        self._each = each
        self._all = None if at_once is None else asyncio.Semaphore(at_once)
        self._shares: dict[int, _Share] = {}

    @asynccontextmanager
    async def of(self, owner_id: int) -> AsyncGenerator[None]:
        """Waits until this owner may run, and counts as running during the block."""
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
    """One owner's limit. Dropped once nothing of the owner waits or runs."""

    __slots__ = ("asked", "semaphore")

    def __init__(self, each: int) -> None:
        self.semaphore = asyncio.Semaphore(each)
        self.asked = 0
