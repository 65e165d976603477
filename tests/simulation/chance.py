"""The random numbers of one seed. Each place draws from a stream of its own, named by a noun such as "gateway", so that one
more draw in one place changes no other place.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final


class Chance:
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._streams: dict[str, random.Random] = {}

    def of(self, noun: str) -> random.Random:
        """The noun's stream, made at the first call."""
        if noun not in self._streams:
            self._streams[noun] = random.Random(f"{self._seed}/{noun}")
        return self._streams[noun]


TRAVEL_SECONDS: Final = (0.01, 0.4)
"""Usual time of a request each way; some take `SLOW_SECONDS`."""
SLOW_SECONDS: Final = (1.0, 8.0)
_SLOW_SHARE: Final = 0.08


def travel(dice: random.Random) -> float:
    """Seconds that one way over the network takes."""
    return dice.uniform(*(SLOW_SECONDS if dice.random() < _SLOW_SHARE else TRAVEL_SECONDS))


def http_date(at_ms: float) -> str:
    """A time as HTTP headers write it."""
    return format_datetime(datetime.fromtimestamp(at_ms / 1000, UTC), usegmt=True)
