"""How large a posted clip may be, from the known limits of its places and from what they refused. `Finishing` calls it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

LIMIT_LEAST: Final = 2 * 1024 * 1024
"""In bytes. Every place in Discord takes so much; a clip made smaller would look worse than it is worth: a link is better."""


def limit_of(tried: int | None, limits: Sequence[int]) -> int:
    """The bytes that a clip must fit into: the first limit, or `tried` where that is less (set after a refusal).

    `limits` are bytes, in falling order.
    """
    return limits[0] if tried is None else min(tried, limits[0])


def smaller(size: int, known: int | None, limits: Sequence[int]) -> int | None:
    """The next limit in bytes after a file of `size` bytes was refused; None where no smaller file is worth posting.

    `known` is the limit that the place named, None if it named none. If `known` is below `size`, it is the next limit, however
    small. Otherwise the next limit is the largest of `limits` below `size`, or three quarters of `size` where there is none; if
    that is below `LIMIT_LEAST`, the answer is None.
    """
    if known is not None and known < size:
        return known
    limit = next((each for each in limits if each < size), size * 3 // 4)
    return None if limit < LIMIT_LEAST else limit
