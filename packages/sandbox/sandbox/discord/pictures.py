"""Reads the size of a picture or a video from its first bytes, as Discord shows it beside an attachment.

A file that cannot be read simply has no size; nothing is decoded. `files.py` calls it.
"""

import struct
from pathlib import Path

Size = tuple[int, int]


def size_of(path: Path) -> Size | None:
    """Return (width, height) of a PNG, GIF, JPEG, WebP or MP4; None for anything else or anything broken."""
    try:
        with path.open("rb") as file:
            head = file.read(1024 * 1024)
        return _size(head)
    except (struct.error, IndexError, OSError):
        return None


def _size(head: bytes) -> Size | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return struct.unpack(">II", head[16:24])
    if head[:6] in {b"GIF87a", b"GIF89a"}:
        return struct.unpack("<HH", head[6:10])
    if head.startswith(b"\xff\xd8"):
        return _jpeg(head)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _webp(head)
    if head[4:8] == b"ftyp":
        return _mp4(head)
    return None


def _jpeg(head: bytes) -> Size | None:
    at = 2
    while at + 9 < len(head):
        marker, length = head[at + 1], struct.unpack(">H", head[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def _webp(head: bytes) -> Size | None:
    if head[12:16] == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", head[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _mp4(head: bytes) -> Size | None:
    """The largest track's size: 16.16 fixed point at the end of each track header box."""
    found: list[Size] = []
    at = head.find(b"tkhd")
    while at > 0:
        length = struct.unpack(">I", head[at - 4 : at])[0]
        width, height = struct.unpack(">II", head[at - 4 + length - 8 : at - 4 + length])
        found.append((width >> 16, height >> 16))
        at = head.find(b"tkhd", at + 4)
    return max(found, default=None, key=lambda size: size[0] * size[1]) if any(w for w, _ in found) else None
