"""Every formula for the wait before the next try, and how much of a Retry-After is obeyed.

Waits are seconds. The caller passes a random number, 0 to 1, as `dice`. The numbers stand beside the code that waits (for jobs
in `pipeline/waits.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from sys import maxsize
from typing import Final

RETRY_AFTER_MOST: Final = 300.0
"""The most seconds of a provider's Retry-After that are obeyed; then one clip or query tries again. Some vendors ask for a
month.
"""
_DOUBLINGS_MOST: Final = 30
"""After so many doublings every wait is the longest; more would overflow a float."""


def obeyed(retry_after: float) -> float:
    """The seconds to wait for a provider's Retry-After: 0 to `RETRY_AFTER_MOST`."""
    return min(max(retry_after, 0.0), RETRY_AFTER_MOST)


@dataclass(frozen=True, slots=True)
class Doubling:
    """Waits of `first`, twice that, four times that, and so on, at most `longest`. Not random, for a caller
    that tries alone.
    """

    first: float
    longest: float

    def pause(self, tried: int) -> float:
        """Seconds until the next try after `tried` failed ones (1 and up)."""
        return min(self.first * 2 ** min(tried - 1, _DOUBLINGS_MOST), self.longest)

    def after(self, pause: float) -> float:
        """Seconds of the wait that follows one of `pause` seconds."""
        return min(pause * 2, self.longest)


class Spread(Enum):
    """How much of a wait is random, so that callers that failed at the same time do not try again together. The values are the
    least share, and the range above it.
    """

    QUARTER = (0.75, 0.5)
    """Up to a quarter more or less than the wait."""
    HALF = (0.5, 0.5)
    """From half of the wait to all of it."""
    ALL = (0.0, 1.0)
    """From 0 to the whole wait."""

    def of(self, seconds: float, dice: float) -> float:
        least, range_ = self.value
        return seconds * (least + range_ * dice)


@dataclass(frozen=True, slots=True)
class Backoff:
    """Doubling waits with a random part; `tries` in all."""

    first: float
    longest: float
    tries: int = maxsize
    spread: Spread = Spread.QUARTER

    def wait(self, tried: int, dice: float) -> float | None:
        """Seconds until the next try after `tried` failed ones (1 and up); None to give up."""
        return None if tried >= self.tries else self.pause(tried, dice)

    def pause(self, tried: int, dice: float) -> float:
        """The same, but never None."""
        return self.spread.of(Doubling(self.first, self.longest).pause(tried), dice)


@dataclass(frozen=True, slots=True)
class Lasting:
    """Waits of half the time that the trouble has lasted, from `first` to `longest`, with a random part of up to a quarter.

    They grow like a backoff but need no count of tries: for a restart only the time at which the trouble began must be on disk.
    """

    first: float
    longest: float

    def pause(self, lasted_ms: int, dice: float) -> float:
        """Seconds until the next try."""
        return Spread.QUARTER.of(min(max(lasted_ms / 2000, self.first), self.longest), dice)

    @property
    def longest_pause(self) -> float:
        return Spread.QUARTER.of(self.longest, 1.0)
