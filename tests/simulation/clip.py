"""A simulated clip. Its file is a few bytes that name the clip and the size that a real file would have. The provider serves
them, and Discord gets them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.ports import Remedy

MIB: Final = 1 << 20
CODINGS: Final = {"plain": Remedy.NONE, "packed": Remedy.REPACK, "coded": Remedy.CONVERT}
"""A clip that plays everywhere, one in another container (Matroska, index last), one with another coding (HEVC, AV1)."""
_SIZES_MIB: Final = (1, 3, 8, 8, 20, 45, 90)
_PLAIN: Final = "plain"
_WHOLE: Final = re.compile(rb"CLIP ([\w-]+) (\d+) (\w+) (\w*)\.+ END")
_FILLED: Final = b"." * 40


@dataclass(frozen=True)
class Clip:
    """`size` is the bytes that a real file would have. `coding` is one of `CODINGS`. `lacks`: length, sound, or nothing."""

    reference: str
    size: int
    coding: str = _PLAIN
    lacks: str = ""

    @property
    def remedy(self) -> Remedy:
        return CODINGS[self.coding]

    @property
    def data(self) -> bytes:
        return f"CLIP {self.reference} {self.size} {self.coding} {self.lacks}".encode() + _FILLED + b" END"


NO_VIDEO: Final = b"<html>" + b"." * 60 + b"</html>"
"""A complete file that is no video."""


def read_clip(data: bytes) -> Clip | None:
    """The clip in these bytes; None where there is none, or only half of one."""
    found = _WHOLE.fullmatch(data)
    if found is None:
        return None
    reference, size, coding, lacks = (each.decode() for each in found.groups())
    return Clip(reference, int(size), coding, lacks)


def drawn_size(dice) -> int:
    """A size in bytes, from below the lowest upload limit to above the first two boost tiers."""
    return int(dice.choice(_SIZES_MIB) * MIB * dice.uniform(0.8, 1.2))
