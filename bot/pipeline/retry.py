"""How long to wait before the next try, and when to stop trying. Pure arithmetic; the caller passes the dice in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits of `first * 2**n` seconds, at most `longest`, spread by up to a quarter so that jobs do not march in step."""

    first: float
    longest: float
    tries: int

    def wait(self, tried: int, dice: float) -> float | None:
        """Seconds until the next try after `tried` failed ones (1 and up); None when it is enough. `dice` is 0..1."""
        if tried >= self.tries:
            return None
        return min(self.first * 2 ** (tried - 1), self.longest) * (0.75 + 0.5 * dice)


SUBMIT: Final = Backoff(first=2, longest=60, tries=10)
"""A submit that provably started nothing: about five minutes in all."""
FETCH: Final = Backoff(first=2, longest=600, tries=40)
"""A paid clip that does not come through: about six hours in all, so that no outage of an afternoon loses it."""
DELIVER: Final = Backoff(first=2, longest=600, tries=40)
"""A paid clip that Discord does not take for now: about six hours in all, longer than Discord's longest known trouble."""
STORE: Final = Backoff(first=1, longest=60, tries=10_000)
"""The database can't be written: as long as it takes, a week and more."""
UNEXPECTED: Final = Backoff(first=1, longest=30, tries=4)
"""Our own fault: a few tries, then the member is told."""
