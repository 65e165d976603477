"""How large a posted clip may be, from what its places are known to take and what they have refused. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

LIMIT_LEAST: Final = 2 * 1024 * 1024
"""In bytes. Every place takes so much; below it a clip is worth less than a link to it."""


def limit_of(tried: int | None, limits: Sequence[int]) -> int:
    """Bytes to fit a clip into: what its first place takes, or less where `tried` was refused before. `limits` fall."""
    return limits[0] if tried is None else min(tried, limits[0])


def smaller(size: int, known: int | None, limits: Sequence[int]) -> int | None:
    """The next limit after a file of `size` bytes was too large; None where it gets too small to be worth it.

    `known` is what that place takes, where that is known. Else the next of the `limits` is tried that the file was not
    refused under already, and past the last of them three quarters of its size.
    """
    if known is not None and known < size:
        return known
    limit = next((each for each in limits if each < size), size * 3 // 4)
    return None if limit < LIMIT_LEAST else limit
