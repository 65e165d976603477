"""The sandbox's time: real time plus what a test has advanced, so that minutes of expiry pass in an instant.

Jobs, signed URLs, interaction tokens and nonces all age by this clock.
"""

import asyncio
import time

MOST_AHEAD_SECONDS = 50 * 366 * 24 * 3600.0
"""From 2084 on, ids that hold the time would not fit a signed 64-bit number."""


class Clock:
    """Milliseconds since 1970 that never run backwards, also when the machine's own clock is set."""

    def __init__(self) -> None:
        self._origin_ms = time.time() * 1000 - time.monotonic() * 1000
        self._advanced_ms = 0.0
        self._sleepers: set[asyncio.Future[None]] = set()

    def now_ms(self) -> int:
        return int(self._origin_ms + time.monotonic() * 1000 + self._advanced_ms)

    def advance(self, seconds: float) -> None:
        """Move time forward; a sleep that is over by the new time ends. ValueError below zero seconds or past fifty years."""
        if not seconds >= 0:  # so that "not a number" is caught too
            raise ValueError("time only moves forward: advance by zero or more seconds")
        if self._advanced_ms + seconds * 1000 > MOST_AHEAD_SECONDS * 1000:
            raise ValueError("this clock runs at most fifty years ahead; start a new sandbox")
        self._advanced_ms += seconds * 1000
        for sleeper in self._sleepers:
            if not sleeper.done():
                sleeper.set_result(None)

    async def sleep(self, seconds: float) -> None:
        """Sleep this clock's seconds: an advance counts as time slept."""
        until = self.now_ms() + seconds * 1000
        while (left := until - self.now_ms()) > 0:
            sleeper = asyncio.get_running_loop().create_future()
            self._sleepers.add(sleeper)
            try:
                await asyncio.wait_for(sleeper, left / 1000)
            except TimeoutError:
                continue
            finally:
                self._sleepers.discard(sleeper)
