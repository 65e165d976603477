"""A clip, as the provider serves it and as Discord gets it: some bytes that say what they are, their size in life too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.ports import Remedy

MIB: Final = 1 << 20
CODINGS: Final = {"plain": Remedy.NONE, "packed": Remedy.REPACK, "coded": Remedy.CONVERT}
"""What plays everywhere, what is only packed otherwise (Matroska, the index last), what is coded otherwise (HEVC, AV1)."""
_SIZES_MIB: Final = (1, 3, 8, 8, 20, 45, 90)
_PLAIN: Final = "plain"
_WHOLE: Final = re.compile(rb"CLIP ([\w-]+) (\d+) (\w+) (\w*)\.+ END")
_FILLED: Final = b"." * 40


@dataclass(frozen=True)
class Clip:
    """`size` is what its file would have, in bytes. `coding` is one of `CODINGS`. It `lacks` length or sound, or nothing."""

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
"""A whole file all the same."""


def read_clip(data: bytes) -> Clip | None:
    """None for what is none, or half of one."""
    found = _WHOLE.fullmatch(data)
    if found is None:
        return None
    reference, size, coding, lacks = (each.decode() for each in found.groups())
    return Clip(reference, int(size), coding, lacks)


def drawn_size(dice) -> int:
    """Bytes, from less than a boost is needed for to more than the first two tiers take."""
    return int(dice.choice(_SIZES_MIB) * MIB * dice.uniform(0.8, 1.2))
