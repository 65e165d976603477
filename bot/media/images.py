"""A member's picture, judged by its bytes and made safe to hand on: upright, one frame, sRGB, no metadata.

Blocking Pillow work as plain functions. Members' pictures go through `check_image` in a child process (`decoder_child`),
kept ones through `thumbnail` in a thread. The model's limits are the domain's.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from PIL import Image, ImageChops

from bot.domain import limits
from bot.domain.image import ImageFacts, Use, kept_size, problems
from bot.errors import MediaError, Problem, RequestRefused
from bot.media.colours import as_shown, layers
from bot.media.header import Header, read_header
from bot.media.pixels import scaled_down
from bot.media.profiles import HighDynamicRange, from_code_points
from bot.media.stripped import Stripped, strip_jpeg, strip_png, with_more

PIXELS_MAX: Final = 50_000_000
"""More than any phone takes in one shot at 10 MB; decoded it is 150 to 200 MB of memory."""
_PIXELS_MAX_OF: Final = {"WEBP": 20_000_000, "HEIC": 30_000_000}
"""Their readers hold several copies at a time, of which these fit into a decoder's memory."""
SIDE_MAX_PX: Final = 65_500
"""What a JPEG can hold, in which most pictures are kept."""
KEPT_LONG_SIDE_PX: Final = 4096
"""Larger ones are scaled down, as far as the model's limits allow: more than twice its own output on either side."""
THUMBNAIL_PX: Final = 320
_MEDIA_TYPES: Final = {"JPEG": "image/jpeg", "PNG": "image/png"}
_READERS: Final = {"HEIC": "HEIF"}
"""Pillow's own names, where a member knows another."""
_JPEG_QUALITIES: Final = (95, 88, 75)
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How to turn a picture upright, by its EXIF orientation."""
_ON_THE_SIDE: Final = frozenset({5, 6, 7, 8})
_ORIENTATION_TAG: Final = 0x0112
_CORNER_PX: Final = 4
_DAMAGED: Final = "Open it, save it again as JPEG or PNG, and attach the new file."
_TAKEN: Final = "a JPEG, PNG, WEBP, GIF or HEIC"


@dataclass(frozen=True, slots=True)
class Kept:
    """As `bot.ports.CheckedImage`, which a child process would spend its start on importing."""

    data: bytes
    media_type: str
    width: int
    height: int
    facts: ImageFacts


@cache
def load_readers() -> None:
    """Loads whatever reads pictures. The bot itself, which draws thumbnails alone, starts without."""
    import pi_heif  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]  the wheel ships none; one function of it is used

    Image.init()
    register: Callable[..., None] = pi_heif.register_heif_opener  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    register(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


def check_image(data: bytes, use: Use, field: str) -> Kept:
    """Raises `RequestRefused` with every problem of this image, named after `field`, or `MemoryError`."""
    load_readers()
    header = read_header(data)
    _refuse_strangers(header, len(data), use, field)
    _refuse_bombs(header.format, header.width, header.height, field)
    try:
        upright, facts = _read(data, header.format, use, field)
    except (RequestRefused, MemoryError):
        raise
    except HighDynamicRange as error:
        hdr = "an HDR picture (PQ or HLG)"
        remedy = "Save a copy of it without HDR, as JPEG or PNG, and attach that."
        raise RequestRefused((Problem(field, hdr, "a picture in ordinary colours", remedy),)) from error
    except Exception as error:  # a decoder that is fed hostile bytes may raise anything
        damaged = Problem(field, f"a damaged {header.format}", "a picture that opens", _DAMAGED)
        raise RequestRefused((damaged,)) from error
    kept, media_type = _encode(upright, header.format)
    return Kept(kept, media_type, upright.width, upright.height, facts)


def _read(data: bytes, name: str, use: Use, field: str) -> tuple[Image.Image, ImageFacts]:
    """The picture as it is shown, upright and no larger than it is kept, and what came."""
    picture, source, facts = _decoded(data, name, use, field)
    shown = as_shown(picture, source.profiles)
    rotation = _rotation_of(source)
    return (shown.transpose(_UPRIGHT[rotation]) if rotation in _UPRIGHT else shown), facts


def _decoded(data: bytes, name: str, use: Use, field: str) -> tuple[Image.Image, Stripped, ImageFacts]:
    """The picture as it is stored, no larger than it is kept. The pixels of a larger one are gone when this returns."""
    source = _stripped(data, name)
    with _opened(source.data, name) as image:
        _refuse_bombs(name, *image.size, field)
        if name not in {"JPEG", "PNG"}:
            source = _described(image, name)
        width, height = image.size
        if _rotation_of(source) in _ON_THE_SIDE:
            width, height = height, width
        facts = ImageFacts(name, width, height, len(data), source.frames)
        _refuse(problems(facts, use, field))
        size = kept_size(*image.size, use, KEPT_LONG_SIDE_PX)
        _load(image, size)
        if name == "JPEG":
            _refuse_half(image, source, size)
        picture = layers(image, source.key, source.depth)
        if picture is not image:
            # Its pixels would stay in memory beside the copy.
            image.close()
    return picture if picture.size == size else scaled_down(picture, size), source, facts


def _stripped(data: bytes, name: str) -> Stripped:
    match name:
        case "PNG":
            return strip_png(data)
        case "JPEG":
            return strip_jpeg(data)
        case _:
            return Stripped(data)


def _opened(data: bytes, name: str) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=(_READERS.get(name, name),))


def _described(image: Image.Image, name: str) -> Stripped:
    """What Pillow's reader tells of a WebP, GIF or HEIC. `data` stays empty."""
    info = image.info
    profile, exif = info.get("icc_profile"), info.get("exif")
    profiles = (profile,) if isinstance(profile, bytes) else ()
    if name == "HEIC":
        # Its container turns the picture (irot, imir), and libheif has done so: what EXIF says would turn it twice.
        points: dict[str, int] = info.get("nclx_profile") or {}
        transfer = points.get("transfer_characteristics", 0)
        # Encoders write video's BT.709 for what is shown as sRGB.
        made = from_code_points(points.get("color_primaries", 0), 13 if transfer in {1, 6} else transfer)
        return Stripped(b"", profiles or (() if made is None else (made,)))
    # Pillow has no stubs for what a format's own reader adds.
    return Stripped(b"", profiles, exif if isinstance(exif, bytes) else None, int(getattr(image, "n_frames", 1)))


def _rotation_of(source: Stripped) -> int:
    """1 to 8, by EXIF; 1 (upright) where it can't be read. Whatever else stands in there is not looked at."""
    if source.exif is None:
        return 1
    read = Image.Exif()
    try:
        read.load(source.exif)
        rotation = read.get(_ORIENTATION_TAG)
    except Exception:  # noqa: BLE001  metadata that can't be read turns nothing
        return 1
    return rotation if isinstance(rotation, int) and 1 <= rotation <= 8 else 1


def _load(image: Image.Image, size: tuple[int, int]) -> None:
    if image.format != "HEIF":
        # Counting an animation's frames may have left its reader elsewhere. A HEIC opens at its primary picture.
        image.seek(0)
    if image.size != size:
        # JPEG decodes straight to a half or a quarter, which spares the memory of the whole.
        image.draft(None, size)
    image.load()


def _refuse_half(image: Image.Image, source: Stripped, size: tuple[int, int]) -> None:
    """Raises `ValueError` for a JPEG whose data end before its pixels do.

    The decoder fills the rest with one colour and says nothing. With more data in the last scan it would go on with them
    instead, so it is decoded once more where the end mark is missing or the last corner is of one colour.
    """
    width, height = image.size
    corner = image.crop((max(width - _CORNER_PX, 0), max(height - _CORNER_PX, 0), width, height))
    if source.whole and any(least != most for least, most in (band.getextrema() for band in corner.split())):
        return
    with _opened(with_more(source.data), "JPEG") as other:
        _load(other, size)
        if ImageChops.difference(image, other).getbbox():
            raise ValueError("half a picture")


def thumbnail(data: bytes) -> bytes:
    """A JPEG of an image that was checked, at most `THUMBNAIL_PX` on its long side. Raises `MediaError`."""
    try:
        with Image.open(io.BytesIO(data), formats=tuple(_MEDIA_TYPES)) as image:
            image.draft("RGB", (THUMBNAIL_PX * 2, THUMBNAIL_PX * 2))
            small = image.convert("RGB")
            small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.LANCZOS)
            return _jpeg(small, 85)
    except (OSError, ValueError, SyntaxError) as error:
        msg = "a stored image does not open"
        raise MediaError(msg) from error


def _refuse_strangers(header: Header, size: int, use: Use, field: str) -> None:
    if not size:
        raise RequestRefused((Problem(field, "an empty file", _TAKEN, "Attach the picture again."),))
    if header.format in limits.IMAGE_FORMATS:
        return
    # Its pixels stay unread, so the rest of the facts are ones that break no limit.
    fine = limits.REFERENCE_BEST_PX
    _refuse(problems(ImageFacts(header.format, fine, fine, size), use, field))


def _refuse_bombs(name: str, width: int | None, height: int | None, field: str) -> None:
    most = _PIXELS_MAX_OF.get(name, PIXELS_MAX)
    if width and height and width * height > most:
        raise RequestRefused(
            (
                Problem(
                    field,
                    f"{width} x {height} pixels",
                    f"up to {most // 1_000_000} megapixels",
                    "Attach a smaller copy; 2000 pixels on the long side are plenty.",
                ),
            )
        )
    if max(width or 0, height or 0) > SIDE_MAX_PX:
        allowed = f"up to {SIDE_MAX_PX:,} pixels on each side"
        raise RequestRefused((Problem(field, f"{width} x {height} pixels", allowed, "Attach the part of it that matters."),))


def _refuse(found: tuple[Problem, ...]) -> None:
    if found:
        raise RequestRefused(found)


def _encode(image: Image.Image, came_as: str) -> tuple[bytes, str]:
    """Without metadata: a fresh image carries none. PNG stays PNG while it fits, everything else becomes JPEG."""
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    if came_as == "PNG":
        buffer = io.BytesIO()
        bare.save(buffer, "PNG", compress_level=6)
        if buffer.tell() <= limits.IMAGE_BYTES:
            return buffer.getvalue(), _MEDIA_TYPES["PNG"]
    for quality in _JPEG_QUALITIES[:-1]:
        encoded = _jpeg(bare, quality)
        if len(encoded) <= limits.IMAGE_BYTES:
            return encoded, _MEDIA_TYPES["JPEG"]
    return _jpeg(bare, _JPEG_QUALITIES[-1]), _MEDIA_TYPES["JPEG"]


def _jpeg(image: Image.Image, quality: int) -> bytes:
    options = {"quality": quality, "subsampling": "4:4:4" if quality >= 90 else "4:2:0"}
    buffer = io.BytesIO()
    try:
        image.save(buffer, "JPEG", optimize=True, **options)
    except OSError:
        # Pillow has too little room for optimised noise; a plain JPEG is written piece by piece.
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", **options)
    return buffer.getvalue()
