"""Time, as a port, so that tests can let it pass."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Discord's time as well as it is known. Inside a process it never goes backwards, whatever is done to the machine's."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch, UTC."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class SettableClock(Clock, Protocol):
    """For whoever knows better what time it is."""

    def set_to(self, now_ms: int) -> None:
        """Sets it, to either side: only before anything of this process is written."""
        ...

    def forward_to(self, now_ms: int) -> None:
        """Sets it forward; a moment that is past changes nothing."""
        ...
