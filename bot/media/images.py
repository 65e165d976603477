"""Checks a member's picture by its bytes and re-encodes it: upright, one frame, sRGB, no metadata.

The functions block. `decoder_child` calls `check_image` for members' pictures in a child process; `LocalMedia` calls
`thumbnail` for checked ones on a thread. The limits of the model are in `bot.domain`.
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
from bot.errors import MediaError, RequestRefused
from bot.media.colours import as_shown, layers
from bot.media.header import Header, read_header
from bot.media.pixels import scaled_down
from bot.media.profiles import HighDynamicRange, from_code_points
from bot.media.stripped import Stripped, strip_jpeg, strip_png, with_more
from bot.problem import Problem, ProblemCode

PIXELS_MAX: Final = 50_000_000
"""More than a phone's photo of 10 MB has. Decoded it takes 150 to 200 MB of memory."""
_PIXELS_MAX_OF: Final = {"WEBP": 20_000_000, "HEIC": 30_000_000}
"""Lower limits, since the readers of these formats hold several copies; these fit into a decoder's memory."""
SIDE_MAX_PX: Final = 65_500
"""The most that a JPEG can hold, the format in which most pictures are kept."""
KEPT_LONG_SIDE_PX: Final = 4096
"""Larger pictures are scaled down to this, as far as the model's limits allow. It is more than twice the size of a clip."""
THUMBNAIL_PX: Final = 320
_MEDIA_TYPES: Final = {"JPEG": "image/jpeg", "PNG": "image/png"}
_READERS: Final = {"HEIC": "HEIF"}
"""Pillow's names of formats, where members know another name."""
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
"""How to turn a picture upright, by EXIF orientation."""
_ON_THE_SIDE: Final = frozenset({5, 6, 7, 8})
_ORIENTATION_TAG: Final = 0x0112
_CORNER_PX: Final = 4


@dataclass(frozen=True, slots=True)
class Kept:
    """The same fields as `bot.ports.CheckedImage`, whose import would slow down the start of the child process."""

    data: bytes
    media_type: str
    width: int
    height: int
    facts: ImageFacts


@cache
def load_readers() -> None:
    """Loads all readers of pictures. Called in the child process; the bot itself only makes thumbnails and does without."""
    import pi_heif  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]  the wheel ships none; one function of it is used

    Image.init()
    register: Callable[..., None] = pi_heif.register_heif_opener  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    register(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


def check_image(data: bytes, use: Use, field: str) -> Kept:
    """The checked and re-encoded image. Raises `RequestRefused` with every problem of this image, named after `field`, or
    `MemoryError`.
    """
    load_readers()
    header = read_header(data)
    _refuse_strangers(header, len(data), use, field)
    _refuse_bombs(header.format, header.width, header.height, field)
    try:
        upright, facts = _read(data, header.format, use, field)
    except (RequestRefused, MemoryError):
        raise
    except HighDynamicRange as error:
        raise RequestRefused((Problem(ProblemCode.HDR, field),)) from error
    except Exception as error:  # a decoder that is fed hostile bytes may raise anything
        raise RequestRefused((Problem(ProblemCode.DAMAGED, field, (header.format,)),)) from error
    kept, media_type = _encode(upright, header.format)
    return Kept(kept, media_type, upright.width, upright.height, facts)


def _read(data: bytes, name: str, use: Use, field: str) -> tuple[Image.Image, ImageFacts]:
    """The picture as it is shown: upright, at most as large as it is kept. With the facts of the original."""
    picture, source, facts = _decoded(data, name, use, field)
    shown = as_shown(picture, source.profiles)
    rotation = _rotation_of(source)
    return (shown.transpose(_UPRIGHT[rotation]) if rotation in _UPRIGHT else shown), facts


def _decoded(data: bytes, name: str, use: Use, field: str) -> tuple[Image.Image, Stripped, ImageFacts]:
    """The picture as stored in the file, scaled to the size that is kept. A larger original is freed when this returns."""
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
            # Frees its pixels, which would stay in memory beside the copy.
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
    """Profiles, EXIF and frames that Pillow reads from a WebP, GIF or HEIC. `data` is empty."""
    info = image.info
    profile, exif = info.get("icc_profile"), info.get("exif")
    profiles = (profile,) if isinstance(profile, bytes) else ()
    if name == "HEIC":
        # libheif has turned the picture already, as the container says (irot, imir); EXIF would turn it twice.
        points: dict[str, int] = info.get("nclx_profile") or {}
        transfer = points.get("transfer_characteristics", 0)
        # Encoders write BT.709 (of video) for pictures that are shown as sRGB.
        made = from_code_points(points.get("color_primaries", 0), 13 if transfer in {1, 6} else transfer)
        return Stripped(b"", profiles or (() if made is None else (made,)))
    # `n_frames` is added by the format's reader, and Pillow has no type stub for it.
    return Stripped(b"", profiles, exif if isinstance(exif, bytes) else None, int(getattr(image, "n_frames", 1)))


def _rotation_of(source: Stripped) -> int:
    """The EXIF orientation, 1 to 8; 1 (upright) where it can't be read. Nothing else of EXIF is used."""
    if source.exif is None:
        return 1
    read = Image.Exif()
    try:
        read.load(source.exif)
        rotation = read.get(_ORIENTATION_TAG)
    except Exception:  # noqa: BLE001  unreadable metadata counts as upright
        return 1
    return rotation if isinstance(rotation, int) and 1 <= rotation <= 8 else 1


def _load(image: Image.Image, size: tuple[int, int]) -> None:
    if image.format != "HEIF":
        # Counting the frames may have left the reader at another frame. A HEIC is at its primary picture already.
        image.seek(0)
    if image.size != size:
        # A JPEG can be decoded directly at a half or a quarter of its size, which needs less memory.
        image.draft(None, size)
    image.load()


def _refuse_half(image: Image.Image, source: Stripped, size: tuple[int, int]) -> None:
    """Raises `ValueError` for a JPEG whose data end before all pixels are read.

    The decoder fills the missing part with one colour and reports nothing. So where the end mark is missing, or the last corner
    has one colour, the picture is decoded again with more data appended: if it looks different, pixels were missing.
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
    """A JPEG of a checked image, at most `THUMBNAIL_PX` on its long side. Raises `MediaError`."""
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
        raise RequestRefused((Problem(ProblemCode.EMPTY_FILE, field, (), limits.IMAGE_FORMATS),))
    if header.format in limits.IMAGE_FORMATS:
        return
    # The pixels are not read; the size given here breaks no limit, so that only the format is refused.
    fine = limits.REFERENCE_BEST_PX
    _refuse(problems(ImageFacts(header.format, fine, fine, size), use, field))


def _refuse_bombs(name: str, width: int | None, height: int | None, field: str) -> None:
    most = _PIXELS_MAX_OF.get(name, PIXELS_MAX)
    if width and height and width * height > most:
        raise RequestRefused((Problem(ProblemCode.PIXELS, field, (width, height), (most,)),))
    size = (width or 0, height or 0)
    if max(size) > SIDE_MAX_PX:
        raise RequestRefused((Problem(ProblemCode.LONG_SIDE, field, size, (SIDE_MAX_PX,)),))


def _refuse(found: tuple[Problem, ...]) -> None:
    if found:
        raise RequestRefused(found)


def _encode(image: Image.Image, came_as: str) -> tuple[bytes, str]:
    """The encoded picture and its media type, without metadata. A PNG stays a PNG if it fits `limits.IMAGE_BYTES`; all others
    become JPEG.
    """
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
        # Pillow's buffer can be too small for an optimised JPEG of noise. Without `optimize` it writes piece by piece.
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", **options)
    return buffer.getvalue()
