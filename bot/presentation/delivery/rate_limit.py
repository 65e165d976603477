"""Limits the requests per second: a token bucket in which urgent requests go first. `DiscordRequests` uses it for Discord's
bot routes, `ProgressUpdater` for progress edits.

Requests with an interaction's token do not count towards Discord's limit, so they are not limited here.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

REQUESTS_PER_SECOND: Final = 45.0
"""Discord allows 50 a second over all bot routes; the rest is for requests that discord.py makes by itself."""
BURST: Final = 5.0
"""Requests at once after a quiet time. This number and the requests of one second must together stay within Discord's 50."""
PROGRESS_PER_SECOND: Final = 10.0
"""Progress edits may use about a fifth of `REQUESTS_PER_SECOND`, so that no clip waits behind progress bars."""


class RateLimit:
    """Allows `rate` requests per second on average, and `burst` at once after a quiet time. For one event loop."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._seen: float | None = None
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    async def take(self, *, urgent: bool = True) -> None:
        """Waits until one request may be made. Urgent ones go before the others."""
        loop = asyncio.get_running_loop()
        self._refill(loop.time())
        if not self._urgent and not (self._others and not urgent) and self._left >= 1:
            self._left -= 1
            return
        waiter: asyncio.Future[None] = loop.create_future()
        (self._urgent if urgent else self._others).append(waiter)
        self._schedule(loop)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._left += 1
            raise

    def _refill(self, now: float) -> None:
        if self._seen is not None:
            self._left = min(self._burst, self._left + max(now - self._seen, 0.0) * self._rate)
        self._seen = now

    def _schedule(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._timer is None:
            self._timer = loop.call_later(max(1 - self._left, 0) / self._rate + 0.001, self._serve, loop)

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        self._refill(loop.time())
        while self._left >= 1 and (self._urgent or self._others):
            waiter = (self._urgent or self._others).popleft()
            if not waiter.done():
                self._left -= 1
                waiter.set_result(None)
        if self._urgent or self._others:
            self._schedule(loop)
