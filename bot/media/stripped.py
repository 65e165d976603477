"""Removes metadata from PNG and JPEG files before a decoder reads them, and keeps the few values that change how pixels look.

Good pictures often make decoders fail by their metadata: checksums, texts, profiles. So the files are parsed here, as leniently
as a browser does it. For other formats Pillow's reader is used. `images` calls it in the decoder's child process.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.media.profiles import from_chromaticities, from_code_points

PROFILE_BYTES_MAX: Final = 16_000_000
"""Profiles for print have some megabytes; a larger one is dropped."""


@dataclass(frozen=True, slots=True)
class Stripped:
    """`data` is the file without metadata. `profiles` are ICC profiles; the first usable one counts, without one it is sRGB.

    `key` is the sample value that is transparent (grey, or red, green and blue), in the file's `depth` of bits. `whole` is
    False for a JPEG without its end mark, which may be cut off.
    """

    data: bytes
    profiles: tuple[bytes, ...] = ()
    exif: bytes | None = None
    frames: int = 1
    key: tuple[int, ...] | None = None
    depth: int = 8
    whole: bool = True


_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PNG_DESCRIBES: Final = frozenset({b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP", b"tRNS", b"eXIf", b"acTL"})
_GREY, _RGB, _PALETTE = 0, 2, 3


def strip_png(data: bytes) -> Stripped:
    """Raises `ValueError` where a chunk that the pixels need is damaged."""
    kept, said = _sorted(data)
    if not kept or len(kept[0][1]) != 13:
        raise ValueError("no header")
    depth, colour = kept[0][1][8:10]
    transparent = said.get(b"tRNS", b"")
    if colour == _PALETTE and transparent:
        at = next((at for at, (kind, _) in enumerate(kept) if kind == b"IDAT"), len(kept))
        kept.insert(at, (b"tRNS", transparent[:256]))
    samples = {_GREY: 1, _RGB: 3}.get(colour, 0)
    key = struct.unpack(f">{samples}H", transparent) if samples and len(transparent) == 2 * samples else None
    frames = int.from_bytes(said.get(b"acTL", b"")[:4], "big") or 1
    file = _PNG_SIGNATURE + b"".join(_chunk(*each) for each in (*kept, (b"IEND", b"")))
    return Stripped(file, tuple(_png_profiles(said)), said.get(b"eXIf"), frames, key, depth)


def _sorted(data: bytes) -> tuple[list[tuple[bytes, bytes]], dict[bytes, bytes]]:
    """The chunks that the pixels need, and of each kind in `_PNG_DESCRIBES` the first with a valid checksum.

    Raises `ValueError` for a damaged chunk that the pixels need.
    """
    kept: list[tuple[bytes, bytes]] = []
    said: dict[bytes, bytes] = {}
    for kind, body, sound in _chunks(data):
        if kind == b"IEND":
            break
        if kind in _PNG_DESCRIBES and sound:
            said.setdefault(kind, body)
        if kind[0] & 0x20:
            continue  # an ancillary chunk: a decoder does not need it
        if not sound or (kind == b"IHDR") == bool(kept):
            msg = f"a damaged {kind!r}, or one out of place"
            raise ValueError(msg)
        kept.append((kind, body))
    return kept, said


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bool]]:
    """Kind, body and whether the checksum is right. The last IDAT may be cut off: its rest counts as right, and Pillow then
    finds out whether pixels are missing."""
    at = len(_PNG_SIGNATURE)
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        body, check = data[at + 8 : at + 8 + size], data[at + 8 + size : at + 12 + size]
        cut_off = kind == b"IDAT" and len(check) < 4
        yield kind, body, cut_off or (len(check) == 4 and zlib.crc32(kind + body) == int.from_bytes(check, "big"))
        at += 12 + size


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png_profiles(said: dict[bytes, bytes]) -> Iterator[bytes]:
    """The profiles in the order of the PNG specification: cICP, iCCP, sRGB, gAMA with cHRM."""
    points = said.get(b"cICP", b"")
    # The specification allows only RGB in full range.
    if len(points) == 4 and points[2:] == b"\0\1" and (profile := from_code_points(points[0], points[1])) is not None:
        yield profile
    _, _, packed = said.get(b"iCCP", b"").partition(b"\0")
    if packed[:1] == b"\0" and (profile := _unpacked(packed[1:])):
        yield profile
    if b"sRGB" in said:
        return
    gamma, corners = said.get(b"gAMA", b""), said.get(b"cHRM", b"")
    if len(gamma) == 4 or len(corners) == 32:
        numbers = struct.unpack(">8I", corners) if len(corners) == 32 else None
        profile = from_chromaticities(int.from_bytes(gamma, "big") if len(gamma) == 4 else None, numbers)
        if profile is not None:
            yield profile


def _unpacked(packed: bytes) -> bytes:
    try:
        reader = zlib.decompressobj()
        profile = reader.decompress(packed, PROFILE_BYTES_MAX)
    except zlib.error:
        return b""
    return profile if reader.eof else b""


_MARKER: Final = re.compile(rb"\xff+([\xc0-\xfe])")
_AFTER_SCAN: Final = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE: Final = frozenset(range(0xD0, 0xD9))
_END, _SCAN, _APP0, _APP1, _APP2, _APP14 = 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE
_APPLICATIONS: Final = frozenset({*range(0xE0, 0xF0), 0xD9, 0xFE})
_EXIF: Final = b"Exif\0\0"
_ICC: Final = b"ICC_PROFILE\0"


def strip_jpeg(data: bytes) -> Stripped:
    """The first picture of the file; an MPO has several. Raises `ValueError` where there is none, or not all of it."""
    kept: list[bytes] = [b"\xff\xd8"]
    parts: dict[int, bytes] = {}
    exif: bytes | None = None
    frames: list[bytes] = []
    scans: list[bytes] = []
    whole = False
    for mark, body, stored in _segments(data):
        whole = mark == _END
        if mark == _APP1 and body.startswith(_EXIF):
            exif = exif or body[len(_EXIF) :]
        elif mark == _APP2 and body.startswith(_ICC) and len(body) > 14:
            parts.setdefault(body[12], body[14:])
        elif mark in _FRAMES:
            frames.append(body)
        elif mark == _SCAN:
            scans.append(body)
        if _needed(mark, body):
            kept.append(stored)
    if len(frames) != 1 or not scans:
        msg = f"{len(frames)} pictures in {len(scans)} scans"
        raise ValueError(msg)
    if not whole and not _has_every_scan(frames[0], scans):
        raise ValueError("half a picture")
    profile = b"".join(parts[number] for number in sorted(parts))
    profiles = (profile,) if profile and len(profile) <= PROFILE_BYTES_MAX else ()
    return Stripped(b"".join(kept) + b"\xff\xd9", profiles, exif, whole=whole)


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Mark, body and stored bytes of each segment (for a scan with its data), up to and including the end mark.

    Other bytes between segments are skipped, as decoders do.
    """
    at, scanned = 2, False
    while (found := _MARKER.search(data, at)) is not None:
        mark, size = found[1][0], int.from_bytes(data[found.end() : found.end() + 2], "big")
        at = found.end()
        if mark == _END and scanned:
            yield mark, b"", b""
            return
        end = at + size
        if mark in _BARE or mark == _END or size < 2 or end > len(data):
            continue  # other bytes that look like a mark
        body = data[at + 2 : end]
        if mark == _SCAN:
            scanned = True
            after = _AFTER_SCAN.search(data, end)
            end = len(data) if after is None else after.start()
        yield mark, body, b"\xff" + data[at - 1 : end]
        at = end


def _needed(mark: int, body: bytes) -> bool:
    """Whether a decoder needs this segment. Comments and application segments are dropped, except two that say how colours are
    stored (JFIF and Adobe).
    """
    if mark == _APP0:
        return body.startswith(b"JFIF\0") and len(body) >= 14
    if mark == _APP14:
        return body.startswith(b"Adobe")
    return mark not in _APPLICATIONS


def with_more(data: bytes) -> bytes:
    """A stripped JPEG with more data at the end of its last scan. A decoder that has all pixels never reads it."""
    return data[:-2] + bytes(number * 73 % 251 for number in range(4096)) + data[-2:]


def _has_every_scan(frame: bytes, scans: list[bytes]) -> bool:
    """Whether the scans contain the whole picture: each component, and in a progressive JPEG each bit of each coefficient.

    `frame` and `scans` are the bodies of those segments.
    """
    components = frame[6::3]
    # A scan of a baseline JPEG names all 64 coefficients itself.
    left = {(each, place) for each in components for place in range(64)}
    for scan in scans:
        count = scan[0]
        if len(scan) < 4 + 2 * count:
            return False
        first, last, bits = scan[1 + 2 * count : 4 + 2 * count]
        if not bits & 0x0F:
            left -= {(each, place) for each in scan[1 : 1 + 2 * count : 2] for place in range(first, last + 1)}
    return not left
