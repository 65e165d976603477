"""Ids as Discord makes them (snowflakes): the upper bits are milliseconds since 2015, the lower 22 bits tell apart what is made
in the same one. Orders and jobs have ids of our own of the same kind.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

_EPOCH_MS: Final = 1_420_070_400_000
_BITS: Final = 22
LARGEST: Final = (1 << 63) - 1
"""The largest id. Ids have 64 bits with the top one never set; this is also the largest integer of the database."""
RANDOM_END: Final = 1 << _BITS
"""Random numbers for the lower bits are below this."""
_OLDER_MS: Final = 20 * 60 * 1000
"""A message of an order may be older than the order by so much: the answer to its interaction, which can be used for 15 minutes
(while the pictures are read), and our clock may be ahead of Discord's by the rest."""


def new_ids(now_ms: int, drawn: Collection[int]) -> tuple[int, ...]:
    """Ids for what is made now, in ascending order: one for each random number in `drawn` (0 to `RANDOM_END` - 1, all
    different).
    """
    return tuple(_id_at(now_ms) | number for number in sorted(drawn))


def id_before_messages_of(created_at_ms: int) -> int:
    """An id that is lower than those of all messages of an order that was made then, by our clock."""
    return _id_at(created_at_ms - _OLDER_MS)


def _id_at(ms: int) -> int:
    return max(ms - _EPOCH_MS, 0) << _BITS


def time_ms(snowflake: int) -> int:
    """The time in an id, in epoch milliseconds."""
    return (snowflake >> _BITS) + _EPOCH_MS
