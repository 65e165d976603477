"""How long to wait before the next try: every formula of it, and how much of a Retry-After is obeyed.

Pure arithmetic in seconds; the caller passes a random number, 0 to 1, as `dice`. What each kind of trouble waits stands with
whoever meets it (`pipeline/waits.py` for jobs).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from sys import maxsize
from typing import Final

RETRY_AFTER_MOST: Final = 300.0
"""Seconds for which a provider's Retry-After is obeyed. Past that one clip or question tries again, whatever it asked for:
some vendors ask for a month, and nobody should wait that long for one answer's word."""
_DOUBLINGS_MOST: Final = 30
"""Past so many every wait is the longest, and the figure would outgrow a float."""


def obeyed(retry_after: float) -> float:
    """How much of a provider's Retry-After is waited."""
    return min(max(retry_after, 0.0), RETRY_AFTER_MOST)


@dataclass(frozen=True, slots=True)
class Doubling:
    """Waits of `first`, twice that, four times that, at most `longest`: for one who tries alone."""

    first: float
    longest: float

    def pause(self, tried: int) -> float:
        """Seconds until the next try after `tried` failed ones (1 and up)."""
        return min(self.first * 2 ** min(tried - 1, _DOUBLINGS_MOST), self.longest)

    def after(self, pause: float) -> float:
        """Seconds of the pause that follows one of `pause`, which may have been longer than ours."""
        return min(pause * 2, self.longest)


class Spread(Enum):
    """Which part of a wait is random, so that many who failed at the same time do not come back together: least and range."""

    QUARTER = (0.75, 0.5)
    """By up to a quarter more or less."""
    HALF = (0.5, 0.5)
    """Half of it at least."""
    ALL = (0.0, 1.0)
    """Anything up to it."""

    def of(self, seconds: float, dice: float) -> float:
        least, range_ = self.value
        return seconds * (least + range_ * dice)


@dataclass(frozen=True, slots=True)
class Backoff:
    """Doubling waits of one of many, spread; `tries` in all."""

    first: float
    longest: float
    tries: int = maxsize
    spread: Spread = Spread.QUARTER

    def wait(self, tried: int, dice: float) -> float | None:
        """Seconds until the next try after `tried` failed ones (1 and up); None when it is enough."""
        return None if tried >= self.tries else self.pause(tried, dice)

    def pause(self, tried: int, dice: float) -> float:
        """The same without an end."""
        return self.spread.of(Doubling(self.first, self.longest).pause(tried), dice)


@dataclass(frozen=True, slots=True)
class Lasting:
    """Waits of half as long as the trouble has lasted, from `first` to `longest`, spread by up to a quarter.

    They grow like a backoff and need no count: since when it lasts is all that a restart has to find on disk.
    """

    first: float
    longest: float

    def pause(self, lasted_ms: int, dice: float) -> float:
        """Seconds until the next try."""
        return Spread.QUARTER.of(min(max(lasted_ms / 2000, self.first), self.longest), dice)

    @property
    def longest_pause(self) -> float:
        return Spread.QUARTER.of(self.longest, 1.0)
