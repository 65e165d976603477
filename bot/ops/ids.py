"""Draws the ids of new orders and jobs, before the booking's transaction, so that a repeated one books the same ids; and once
for each process the fence of the jobs that it books.
"""

from __future__ import annotations

from random import SystemRandom
from typing import Final

from bot.domain.snowflake import RANDOM_END, new_ids

_random: Final = SystemRandom()
_FENCE_LEAST: Final = 1 << 20
"""Above the fences of jobs that were booked before processes drew their own: those began at 0."""
_FENCE_END: Final = 1 << 48
"""The column takes 63 bits. Take-overs add to a fence, but never so often that it comes near another process's."""


def draw_ids(now_ms: int, count: int) -> tuple[int, ...]:
    """So many ids, in ascending order. `now_ms` is the present."""
    return new_ids(now_ms, _random.sample(range(RANDOM_END), count))


def draw_fence() -> int:
    """A number at random, among so many that no other process draws the same or one near it."""
    return _random.randrange(_FENCE_LEAST, _FENCE_END)
