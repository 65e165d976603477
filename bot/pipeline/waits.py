"""How long to wait before the next try, and when to stop trying. Pure arithmetic; the caller passes a random number in."""

from __future__ import annotations

from dataclasses import dataclass
from sys import maxsize
from typing import Final


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits of `first * 2**n` seconds, at most `longest`, spread by up to a quarter so that jobs do not march in step."""

    first: float
    longest: float
    tries: int

    def wait(self, tried: int, dice: float) -> float | None:
        """Seconds until the next try after `tried` failed ones (1 and up); None when it is enough. `dice` is 0..1."""
        return None if tried >= self.tries else self.pause(tried, dice)

    def pause(self, tried: int, dice: float) -> float:
        """The same without an end."""
        # Past 30 doublings every wait is the longest, and the figure would outgrow a float.
        return min(self.first * 2 ** min(tried - 1, 30), self.longest) * (0.75 + 0.5 * dice)


@dataclass(frozen=True, slots=True)
class Lasting:
    """Waits of half as long as the trouble has lasted, from `first` to `longest`, spread by up to a quarter.

    They grow like a backoff and need no count: since when it lasts is all that a restart has to find on disk.
    """

    first: float
    longest: float

    def pause(self, lasted_ms: int, dice: float) -> float:
        """Seconds until the next try. `dice` is 0..1."""
        return min(max(lasted_ms / 2000, self.first), self.longest) * (0.75 + 0.5 * dice)

    @property
    def longest_pause(self) -> float:
        return self.longest * 1.25


DAY_MS: Final = 24 * 60 * 60 * 1000
"""Nobody waits longer than this for trouble to pass: the job ends, free of charge."""
UPLOAD: Final = Lasting(first=5, longest=600)
"""A job's own trouble with handing over its pictures."""
REFUSED: Final = Lasting(first=60, longest=300)
"""A key, plan or balance that people have to mend: one clip tries each minute, after ten of them every five."""
UNREACHABLE: Final = Lasting(first=2, longest=60)
"""A provider to which no connection can be made."""
FETCH: Final = Backoff(first=2, longest=600, tries=40)
"""A paid clip that does not come through: about six hours in all, so that no outage of an afternoon loses it."""
JUDGED: Final = Backoff(first=30, longest=120, tries=3)
"""A file that came whole and does not play, or that its provider does not hand out: three fetches within minutes tell."""
MISSING: Final = Backoff(first=15, longest=120, tries=7)
"""A clip that its provider calls done and does not show: its index may be late by minutes, eight of them are waited."""
FIT: Final = Backoff(first=2, longest=600, tries=40)
"""A paid clip that our own tools or disk can't work on for now: as long as `FETCH`, since that passes as well."""
DELIVER: Final = Backoff(first=2, longest=600, tries=40)
"""A paid clip that Discord does not take for now: about six hours in all, longer than Discord's longest known trouble."""
ENDLESS: Final = Backoff(first=2, longest=60, tries=maxsize)
"""What must be done in the end, and soon at first: an end that no message shows, a row that can't be written."""
UNEXPECTED: Final = Backoff(first=1, longest=30, tries=4)
"""Our own fault: a few tries, then the member is told."""
