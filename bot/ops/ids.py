"""Draws the ids of new orders and jobs. Called before the booking's transaction, so that a repeated one books the same ids."""

from __future__ import annotations

from random import SystemRandom
from typing import Final

from bot.domain.snowflake import RANDOM_END, new_ids

_random: Final = SystemRandom()


def draw_ids(now_ms: int, count: int) -> tuple[int, ...]:
    """So many ids, in ascending order. `now_ms` is the present."""
    return new_ids(now_ms, _random.sample(range(RANDOM_END), count))
