"""Reads format and size of a picture from its first bytes, without Pillow, so that bad files are refused before any decoder
reads them. `images` calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Header:
    """`format` is the name that members use. Width and height in pixels as stored; None where the header does not say."""

    format: str
    width: int | None = None
    height: int | None = None


_MAGIC: Final = (
    (b"BM", "BMP"),
    (b"II*\x00\x10\x00\x00\x00CR", "RAW"),
    (b"IIRO", "RAW"),
    (b"IIRS", "RAW"),
    (b"MMOR", "RAW"),
    (b"IIU\x00", "RAW"),
    (b"FUJIFILMCCD-RAW", "RAW"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"%PDF", "PDF"),
    (b"8BPS", "Photoshop file"),
    (b"PK\x03\x04", "ZIP file"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\x1aE\xdf\xa3", "video"),
)
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_RAW_BRAND: Final = b"crx "
"""Canon's CR3. Raw files of other cameras begin as TIFF does, or with the entries RAW in `_MAGIC`."""
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
_EITHER_BRANDS: Final = frozenset({b"mif1", b"msf1", b"miaf"})
_FRAME_MARKERS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE_MARKERS: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_TEXT_BYTES: Final = 512


def read_header(data: bytes) -> Header:
    """Format and size by content; the file's name does not count. The format is "unknown file" where nothing matches."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _sized("PNG", data, _png)
    if data.startswith(b"\xff\xd8\xff"):
        return _sized("JPEG", data, _jpeg)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _sized("WEBP", data, _webp)
    if data[4:8] == b"ftyp":
        return Header(_brand(data))
    if data.startswith((b"GIF87a", b"GIF89a")):
        return _sized("GIF", data, _gif)
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return Header(name)
    return Header(_texture(data))


def _brand(data: bytes) -> str:
    """The format by the main brand; where that one is general ("mif1"), by the compatible brands."""
    size = min(int.from_bytes(data[:4], "big"), _TEXT_BYTES)
    main, others = data[8:12], {data[at : at + 4] for at in range(16, size - 3, 4)}
    if main == _RAW_BRAND:
        return "RAW"
    if main in _AVIF_BRANDS or (main in _EITHER_BRANDS and others & _AVIF_BRANDS and not others & _HEIC_BRANDS):
        return "AVIF"
    return "HEIC" if main in _HEIC_BRANDS | _EITHER_BRANDS else "video"


def _gif(data: bytes) -> tuple[int, int] | None:
    return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")


def _sized(name: str, data: bytes, measure: Callable[[bytes], tuple[int, int] | None]) -> Header:
    size = measure(data)
    return Header(name) if size is None else Header(name, *size)


def _png(data: bytes) -> tuple[int, int] | None:
    if len(data) < 24 or data[12:16] != b"IHDR":
        return None
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _BARE_MARKERS:
            at += 2
        elif marker in _FRAME_MARKERS:
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        else:
            at += 2 + max(int.from_bytes(data[at + 2 : at + 4], "big"), 2)
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    if len(data) < 30:
        return None
    match data[12:16]:
        case b"VP8X":
            return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
        case _:
            return None


def _texture(data: bytes) -> str:
    start = data[:_TEXT_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start:
        return "SVG"
    if start.startswith((b"<!doctype html", b"<html")):
        return "web page"
    if start and all(byte >= 0x20 or byte in b"\t\r\n\x1b" for byte in start):
        return "text file"
    return "unknown file"
