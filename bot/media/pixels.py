"""Calls of Pillow whose type hints name numpy, which is not installed: wrapped here with complete types, for the
other modules of media.
"""

from __future__ import annotations

from PIL import Image, ImageChops


def resized(image: Image.Image, size: tuple[int, int], by: Image.Resampling = Image.Resampling.BICUBIC) -> Image.Image:
    return image.resize(size, by)  # pyright: ignore[reportUnknownMemberType]


def scaled_down(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Scales down in the best quality. A picture with transparency is scaled band by band, since Pillow would hold a second
    copy of it.
    """
    if image.mode not in {"RGBA", "LA"}:
        return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)  # pyright: ignore[reportUnknownMemberType]
    alpha = image.getchannel("A")
    # Multiplied by alpha, so that transparent pixels do not colour their neighbours.
    bands = [scaled_down(ImageChops.multiply(image.getchannel(each), alpha), size) for each in image.getbands()[:-1]]
    return Image.merge(image.mode.replace("A", "a"), [*bands, scaled_down(alpha, size)]).convert(image.mode)


def toned(mask: Image.Image, table: list[int]) -> Image.Image:
    """A mask (mode L) with each of its 256 shades replaced by the table's entry."""
    return mask.point(table)  # pyright: ignore[reportUnknownMemberType]
