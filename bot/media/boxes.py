"""Reads the layout of an MP4 from its bytes: whether it is one, whether its index comes first, whether it is fragmented.
`probe` calls it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

_BOXES_MOST: Final = 200
"""Boxes that are read at most. An MP4 has about five before its first pictures."""
_QUICKTIME: Final = b"qt  "


@dataclass(frozen=True, slots=True)
class Layout:
    """`mp4`: the file says that it is one, and not QuickTime. `fast_start`: its index comes before its pictures."""

    mp4: bool
    fast_start: bool
    fragmented: bool

    @property
    def plain(self) -> bool:
        """Whether every player can read this container."""
        return self.mp4 and self.fast_start and not self.fragmented


def read_layout(path: Path) -> Layout:
    """Reads a few bytes of the file. For anything but an MP4 `mp4` is False. Raises `OSError`."""
    brand, seen = b"", list[bytes]()
    with path.open("rb") as file:
        end = file.seek(0, 2)
        at = 0
        while at + 8 <= end and len(seen) < _BOXES_MOST and b"moof" not in seen:
            size, kind, content = _head(file, at, end)
            if kind == b"ftyp" and not seen:
                brand = content
            seen.append(kind)
            if size < 8:
                break
            at += size
    order = [kind for kind in seen if kind in {b"moov", b"mdat"}]
    return Layout(
        mp4=brand not in {b"", _QUICKTIME},
        fast_start=order[:1] == [b"moov"],
        fragmented=b"moof" in seen,
    )


def _head(file: BinaryIO, at: int, end: int) -> tuple[int, bytes, bytes]:
    """Size in bytes, name and first four bytes of the box at `at`. A stored size of 0 means: up to the end of the file."""
    file.seek(at)
    head = file.read(16)
    size, kind = int.from_bytes(head[:4]), head[4:8]
    if size == 1:
        size = int.from_bytes(head[8:16])
    return (size or end - at), kind, head[8:12]
