"""The clock as an interface, so that tests can control time. `bot.ops.clock` implements it."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Discord's time, as well as it is known. Within a process it never goes back, even if the machine's clock is set."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch, UTC."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class SettableClock(Clock, Protocol):
    """A clock that can be corrected, with Discord's time."""

    def set_to(self, now_ms: int) -> None:
        """Sets the time, forward or back. Only allowed before this process has written anything."""
        ...

    def forward_to(self, now_ms: int) -> None:
        """Sets the time forward; an earlier time than now changes nothing."""
        ...
