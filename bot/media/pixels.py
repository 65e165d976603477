"""Calls of Pillow with whole types: its own name numpy, which is not installed here. Knows nothing else."""

from __future__ import annotations

from PIL import Image, ImageChops


def resized(image: Image.Image, size: tuple[int, int], by: Image.Resampling = Image.Resampling.BICUBIC) -> Image.Image:
    return image.resize(size, by)  # pyright: ignore[reportUnknownMemberType]


def scaled_down(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """In the best quality. With transparency one band after the other: Pillow would hold a second copy of the picture."""
    if image.mode not in {"RGBA", "LA"}:
        return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)  # pyright: ignore[reportUnknownMemberType]
    alpha = image.getchannel("A")
    # What is transparent has no colour to lend to its neighbours.
    bands = [scaled_down(ImageChops.multiply(image.getchannel(each), alpha), size) for each in image.getbands()[:-1]]
    return Image.merge(image.mode.replace("A", "a"), [*bands, scaled_down(alpha, size)]).convert(image.mode)


def toned(mask: Image.Image, table: list[int]) -> Image.Image:
    """Each of the 256 shades of a mask (mode L) replaced by the table's."""
    return mask.point(table)  # pyright: ignore[reportUnknownMemberType]
