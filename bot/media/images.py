"""A member's picture, judged by its bytes and made safe to hand on: upright, one frame, sRGB, no metadata.

Blocking Pillow work as plain functions. Members' pictures go through `check_image` in a child process (`decoder_child`),
kept ones through `thumbnail` in a thread. The model's limits are the domain's.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageCms, ImageOps

from bot.domain import limits
from bot.domain.image import ImageFacts, Use, kept_size, problems
from bot.errors import MediaError, Problem, RequestRefused
from bot.media.header import Header, read_header

PIXELS_MAX: Final = 50_000_000
"""More than any phone takes in one shot at 10 MB; decoded it is 150 to 200 MB of memory, two at a time."""
SIDE_MAX_PX: Final = 65_500
"""What a JPEG can hold, in which most pictures are kept."""
KEPT_LONG_SIDE_PX: Final = 4096
"""Larger ones are scaled down, as far as the model's limits allow: more than twice its own output on either side."""
THUMBNAIL_PX: Final = 320
_MEDIA_TYPES: Final = {"JPEG": "image/jpeg", "PNG": "image/png"}
_JPEG_QUALITIES: Final = (95, 88, 75)
_PAPER: Final = (255, 255, 255)
"""What shows through transparent pixels: the paper that people saw the picture on."""
_TURNED: Final = frozenset({5, 6, 7, 8})
_ORIENTATION_TAG: Final = 0x0112
_DAMAGED: Final = "Open it, save it again as JPEG or PNG, and attach the new file."


@dataclass(frozen=True, slots=True)
class Kept:
    """As `bot.ports.CheckedImage`, which a child process would spend its start on importing."""

    data: bytes
    media_type: str
    width: int
    height: int
    facts: ImageFacts


def check_image(data: bytes, use: Use, field: str) -> Kept:
    """Raises `RequestRefused` with every problem of this image, named after `field`."""
    header = read_header(data)
    _refuse_strangers(header, len(data), use, field)
    _refuse_bombs(header.width, header.height, field)
    try:
        with Image.open(io.BytesIO(data), formats=(header.format,)) as image:
            _refuse_bombs(*image.size, field)
            facts = _facts(image, header.format, len(data))
            _refuse(problems(facts, use, field))
            upright = _flatten(_to_srgb(ImageOps.exif_transpose(_decoded(image, use))))
    except (RequestRefused, MemoryError):
        raise
    except Exception as error:  # a decoder that is fed hostile bytes may raise anything
        damaged = Problem(field, f"a damaged {header.format}", "a picture that opens", _DAMAGED)
        raise RequestRefused((damaged,)) from error
    kept, media_type = _encode(upright, header.format)
    return Kept(kept, media_type, upright.width, upright.height, facts)


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
        raise RequestRefused((Problem(field, "an empty file", "a JPEG, PNG or WEBP", "Attach the picture again."),))
    if header.format in limits.IMAGE_FORMATS and header.width and header.height:
        return
    if header.format in limits.IMAGE_FORMATS:
        raise RequestRefused((Problem(field, f"a damaged {header.format}", "a picture that opens", _DAMAGED),))
    # Its pixels stay unread, so the rest of the facts are ones that break no limit.
    fine = limits.REFERENCE_BEST_PX
    _refuse(problems(ImageFacts(header.format, fine, fine, size), use, field))


def _refuse_bombs(width: int | None, height: int | None, field: str) -> None:
    if width and height and width * height > PIXELS_MAX:
        raise RequestRefused(
            (
                Problem(
                    field,
                    f"{width} x {height} pixels",
                    f"up to {PIXELS_MAX // 1_000_000} megapixels",
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


def _facts(image: Image.Image, name: str, size: int) -> ImageFacts:
    width, height = image.size
    # Pillow has no stubs for what a format's own reader adds; a JPEG with depth maps inside (MPO) is no animation.
    frames = int(getattr(image, "n_frames", 1)) if name in {"PNG", "WEBP"} else 1
    if image.getexif().get(_ORIENTATION_TAG) in _TURNED:
        width, height = height, width
    return ImageFacts(name, width, height, size, frames)


def _decoded(image: Image.Image, use: Use) -> Image.Image:
    image.seek(0)
    size = kept_size(*image.size, use, KEPT_LONG_SIDE_PX)
    if image.size != size:
        # JPEG decodes straight to a half or a quarter, which spares the memory of the whole.
        image.draft(None, size)
    image.load()
    if image.size != size:
        exif, profile = image.getexif(), image.info.get("icc_profile")
        whole = image if image.mode not in {"P", "1"} else image.convert("RGBA")
        image = whole.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)  # pyright: ignore[reportUnknownMemberType]  it names NumPy's types
        # The caller still holds it; its pixels would stay in memory beside the small copy.
        whole.close()
        image.info.update({"exif": exif.tobytes(), "icc_profile": profile})
    return image


def _to_srgb(image: Image.Image) -> Image.Image:
    if image.mode == "I;16":
        # 16 bits of grey: Pillow's own conversion clips at 255; the high byte of each is the same shade in eight.
        return Image.frombytes("L", image.size, image.tobytes()[1::2])
    profile = image.info.get("icc_profile")
    if isinstance(profile, bytes) and image.mode in {"RGB", "RGBA", "CMYK", "L"}:
        try:
            theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            ours = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]  a core type without stubs
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            converted = ImageCms.profileToProfile(image, theirs, ours, outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            return image  # a profile that can't be read colours nothing: the pixels are taken as sRGB
        return converted or image
    return image


def _flatten(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        layered = image.convert("RGBA")
        paper = Image.new("RGBA", layered.size, (*_PAPER, 255))
        return Image.alpha_composite(paper, layered).convert("RGB")
    return image.convert("RGB")


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
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, subsampling="4:4:4" if quality >= 90 else "4:2:0", optimize=True)
    return buffer.getvalue()
