"""Discord's ids: the milliseconds since 2015 in the upper bits, 22 bits of its own below."""

from __future__ import annotations

from typing import Final

_EPOCH_MS: Final = 1_420_070_400_000
_BITS: Final = 22
LARGEST: Final = (1 << 63) - 1
"""Discord's ids have 64 bits of which the top one is never set, and a database's integers no more."""
RANDOM_END: Final = 1 << _BITS
"""What is drawn for the lower bits lies below this."""
_PAST_MS: Final = 10 * 60 * 1000
"""An interaction is answered within 3 seconds or lost, so none of ten minutes ago can still come; and a clock that runs ahead
of Discord's by less than this makes no id of a moment that is yet to come there."""


def id_of_the_past(now_ms: int, drawn: int) -> int:
    """An id for a job that no interaction asks for, which no interaction to come can have. `drawn` is 0 to `RANDOM_END`."""
    return (now_ms - _PAST_MS - _EPOCH_MS << _BITS) | drawn
