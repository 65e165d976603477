"""How long to wait before the next try, and when to stop trying. Pure arithmetic; the caller passes the dice in."""

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


SUBMIT: Final = Backoff(first=2, longest=60, tries=10)
"""A submit that provably started nothing: about five minutes in all."""
FETCH: Final = Backoff(first=2, longest=600, tries=40)
"""A paid clip that does not come through: about six hours in all, so that no outage of an afternoon loses it."""
JUDGED: Final = Backoff(first=30, longest=120, tries=3)
"""A file that came whole and does not play, or that its provider does not hand out: three fetches within minutes tell."""
FIT: Final = Backoff(first=2, longest=600, tries=40)
"""A paid clip that our own tools or disk can't work on for now: as long as `FETCH`, since that passes as well."""
DELIVER: Final = Backoff(first=2, longest=600, tries=40)
"""A paid clip that Discord does not take for now: about six hours in all, longer than Discord's longest known trouble."""
ENDLESS: Final = Backoff(first=2, longest=60, tries=maxsize)
"""What must be done in the end, and soon at first: an end that no message shows, a row that can't be written."""
UNEXPECTED: Final = Backoff(first=1, longest=30, tries=4)
"""Our own fault: a few tries, then the member is told."""
