"""Converts the pixels of a picture to what a browser shows: sRGB, on white. `images` calls it in the
decoder's child process.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageChops, ImageCms

from bot.media.pixels import toned
from bot.media.profiles import refuse_hdr

_PAPER: Final = (255, 255, 255)
"""The colour behind transparent pixels."""
_SPACES: Final = {"RGB": (b"RGB ",), "L": (b"GRAY", b"RGB "), "CMYK": (b"CMYK",)}
"""The colour spaces of ICC profiles that fit each mode. A browser uses an RGB profile for grey pictures too."""


def layers(image: Image.Image, key: tuple[int, ...] | None = None, depth: int = 8) -> Image.Image:
    """The loaded picture as L, RGB or CMYK, or as LA or RGBA where part of it is transparent.

    `key`, if given, is the one sample value that is transparent, in `depth` bits.
    """
    clear = None if key is None else _keyed(image, key, depth)
    if image.mode.startswith("I"):
        # 16 bits of grey: Pillow's own conversion clips at 255. The high byte of each sample is the same shade in 8 bits.
        image = _bytes_of(image, 1)
    elif image.mode in {"P", "PA"}:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    elif image.mode not in {"L", "LA", "RGB", "RGBA", "CMYK"}:
        image = image.convert("L" if image.mode == "1" else "RGBA" if image.has_transparency_data else "RGB")
    if clear is not None:
        # RGB is changed in place: there may be no memory for a second copy of a large picture.
        image.putalpha(ImageChops.invert(clear))
    return image


def as_shown(image: Image.Image, profiles: Sequence[bytes]) -> Image.Image:
    """A picture from `layers` as RGB: in sRGB, on white. The first profile that fits is used; others are ignored.

    Raises `HighDynamicRange` where that profile is for PQ or HLG.
    """
    alpha = image.getchannel("A") if image.mode in {"LA", "RGBA"} else None
    colours = image if alpha is None else image.convert("L" if image.mode == "LA" else "RGB")
    shown = _to_srgb(colours, profiles)
    if alpha is None:
        return shown
    paper = Image.new("RGB", shown.size, _PAPER)
    paper.paste(shown, mask=alpha)
    return paper


def _to_srgb(image: Image.Image, profiles: Sequence[bytes]) -> Image.Image:
    for profile in profiles:
        space = profile[16:20]
        if space not in _SPACES[image.mode]:
            continue
        refuse_hdr(profile)
        source = image.convert("RGB") if (image.mode, space) == ("L", b"RGB ") else image
        try:
            theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            ours = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]  a core type without stubs
            converted = ImageCms.profileToProfile(source, theirs, ours, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            continue
        if converted is not None:
            return converted
    return image.convert("RGB")


def _keyed(image: Image.Image, key: tuple[int, ...], depth: int) -> Image.Image | None:
    """A mask: white where the sample equals the key, else black. None where the key does not fit the picture's bands."""
    if image.mode.startswith("I"):
        high, low = _bytes_of(image, 1), _bytes_of(image, 0)
        return ImageChops.multiply(_equal(high, key[0] >> 8), _equal(low, key[0] & 0xFF))
    sampled = image.convert("L") if image.mode == "1" else image
    if len(sampled.getbands()) != len(key):
        return None
    # Pillow stretches fewer than 8 bits to 8, and of 16 bits of colour it keeps the upper 8.
    values = [each >> 8 if depth == 16 else each * 255 // (2**depth - 1) for each in key]
    clear = _equal(sampled.getchannel(0), values[0])
    for band, value in enumerate(values[1:], 1):
        clear = ImageChops.multiply(clear, _equal(sampled.getchannel(band), value))
    return clear


def _equal(band: Image.Image, value: int) -> Image.Image:
    return toned(band, [255 * (each == value) for each in range(256)])


def _bytes_of(image: Image.Image, which: int) -> Image.Image:
    """The low (0) or high (1) byte of each sample of 16 bits."""
    return Image.frombytes("L", image.size, image.tobytes()[which::2])
