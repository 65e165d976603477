"""Discord's ids (snowflakes): the upper bits are milliseconds since 2015, the lower 22 bits are Discord's own."""

from __future__ import annotations

from typing import Final

_EPOCH_MS: Final = 1_420_070_400_000
_BITS: Final = 22
LARGEST: Final = (1 << 63) - 1
"""The largest id. Ids have 64 bits with the top one never set; this is also the largest integer of the database."""
RANDOM_END: Final = 1 << _BITS
"""Random numbers for the lower bits are below this."""
_PAST_MS: Final = 10 * 60 * 1000
"""An interaction must be answered within 3 seconds, so none with a time ten minutes ago can still arrive. This also allows for
a clock up to ten minutes ahead of Discord's."""


def id_of_the_past(now_ms: int, drawn: int) -> int:
    """An id for a job without an interaction; no later interaction can have it. `drawn` is random, 0 to `RANDOM_END` - 1."""
    return (now_ms - _PAST_MS - _EPOCH_MS << _BITS) | drawn
