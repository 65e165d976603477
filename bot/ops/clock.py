"""Implements `Clock`: a clock that never jumps and shows Discord's time, even where the machine's clock is wrong."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Final

from bot.errors import StorageError
from bot.ports import KeyValues

_log: Final = logging.getLogger(__name__)
KEY: Final = "clock.discord"
"""Key in the key-value store; the value is how many milliseconds this clock is ahead of the machine's."""
_SANE_MS: Final = 100 * 366 * 86_400_000
"""A century. A larger difference is not believed, and such dates could not be shown."""
_CHECK_SECONDS: Final = 60.0
"""Between two checks whether the difference has changed."""
_KEPT_ANEW_MS: Final = 1000
"""A change by more than this is written down."""


def machine_ms() -> int:
    """The machine's own clock, in milliseconds since the epoch. It may be wrong, and it may jump."""
    return time.time_ns() // 1_000_000


def elapsed_ms() -> int:
    """Milliseconds since some moment in the past. On Linux it also counts the time while the machine is suspended."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    return time.monotonic_ns() // 1_000_000


class SystemClock:
    """Reads the machine's clock once, when it is made, and counts elapsed time from then on.

    `ahead_ms` is how far it shall be ahead of the machine's clock, as an earlier process learned from Discord.
    """

    def __init__(self, ahead_ms: int = 0) -> None:
        self._zero_ms = machine_ms() + ahead_ms - elapsed_ms()

    def now_ms(self) -> int:
        return self._zero_ms + elapsed_ms()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def set_to(self, now_ms: int) -> None:
        self._zero_ms = now_ms - elapsed_ms()

    def forward_to(self, now_ms: int) -> None:
        self._zero_ms = max(self._zero_ms, now_ms - elapsed_ms())

    def ahead_ms(self) -> int:
        """How far it is ahead of the machine's clock now, which may have been set since."""
        return self.now_ms() - machine_ms()


async def known_ahead_ms(key_values: KeyValues) -> int:
    """How far Discord's clock was last known to be ahead of the machine's, in milliseconds; 0 where it is not known."""
    text = await key_values.read(KEY)
    try:
        ahead_ms = int(text or 0)
    except ValueError:
        return 0
    return ahead_ms if abs(ahead_ms) < _SANE_MS else 0


class AheadKept:
    """Keeps on disk how far the clock is ahead of the machine's, for the next process and for shell commands."""

    def __init__(self, clock: SystemClock, key_values: KeyValues) -> None:
        self._clock = clock
        self._key_values = key_values
        self._kept_ms: int | None = None

    async def run(self) -> None:
        """Calls `keep` every minute until cancelled, since the machine's clock may be set at any time."""
        while True:
            await self.keep()
            await self._clock.sleep(_CHECK_SECONDS)

    async def keep(self) -> None:
        ahead_ms = self._clock.ahead_ms()
        if self._kept_ms is not None and abs(ahead_ms - self._kept_ms) <= _KEPT_ANEW_MS:
            return
        try:
            await self._key_values.write(KEY, str(ahead_ms), self._clock.now_ms())
        except StorageError as error:
            _log.warning("how far the machine's clock is off can't be written down for now: %s", error)
        else:
            self._kept_ms = ahead_ms
