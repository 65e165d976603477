"""Two calls of Pillow with whole types: its own name numpy, which is not installed here. Knows nothing else."""

from __future__ import annotations

from PIL import Image


def resized(image: Image.Image, size: tuple[int, int], by: Image.Resampling = Image.Resampling.BICUBIC) -> Image.Image:
    return image.resize(size, by)  # pyright: ignore[reportUnknownMemberType]


def toned(mask: Image.Image, table: list[int]) -> Image.Image:
    """Each of the 256 shades of a mask (mode L) replaced by the table's."""
    return mask.point(table)  # pyright: ignore[reportUnknownMemberType]
