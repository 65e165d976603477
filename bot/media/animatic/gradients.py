"""Gradients, glows and soft shapes with Pillow, for the other modules of this folder."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bot.media.animatic.scene import Colour
from bot.media.pixels import resized, toned

Size = tuple[int, int]


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """A mix of two colours with `share` (0 to 1) of `other`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def sky(size: Size, stops: tuple[tuple[float, Colour], ...]) -> Image.Image:
    """A vertical gradient through (height share, colour) stops; the first is at 0, the last at 1."""
    column = Image.new("RGB", (1, size[1]))
    for y in range(size[1]):
        at = y / max(size[1] - 1, 1)
        below = next((index for index, (share, _) in enumerate(stops) if share >= at), len(stops) - 1)
        (start, first), (end, second) = stops[max(below - 1, 0)], stops[below]
        inner = 0.0 if end <= start else (at - start) / (end - start)
        column.putpixel((0, y), mixed(first, second, inner * inner * (3 - 2 * inner)))
    return resized(column, size)


def glow(picture: Image.Image, centre: tuple[float, float], radius: float, colour: Colour, strength: float) -> Image.Image:
    """Adds a round light that fades to nothing at `radius` pixels. `strength` is 0 to 1."""
    width, height = picture.size
    # Pillow's gradient is 255 in the corners and 180 where the circle touches the sides.
    round_light = toned(Image.radial_gradient("L"), [int(max(0.0, 1 - v / 179) ** 2 * 255 * strength) for v in range(256)])
    side = max(int(radius * 2), 2)
    mask = Image.new("L", (width, height), 0)
    mask.paste(resized(round_light, (side, side)), (int(centre[0] - radius), int(centre[1] - radius)))
    lit = ImageChops.screen(picture, Image.new("RGB", picture.size, colour))
    return Image.composite(lit, picture, mask)


def vignette(size: Size, strength: float) -> Image.Image:
    """A mask that is 0 in the middle and up to `strength` (0 to 1) in the corners."""
    dark = toned(Image.radial_gradient("L"), [int(max(0.0, v / 255 - 0.42) ** 1.6 * 255 * strength * 2.2) for v in range(256)])
    return resized(dark, size)


def fade(size: Size, start: float, end: float, strength: float) -> Image.Image:
    """A mask that rises from 0 at height share `start` to `strength` at `end`; `end` may lie above `start`."""
    column = Image.new("L", (1, size[1]))
    for y in range(size[1]):
        share = min(max((y / size[1] - start) / (end - start), 0.0), 1.0)
        column.putpixel((0, y), int(share * share * (3 - 2 * share) * 255 * strength))
    return resized(column, size)


def shape(picture: Image.Image, points: list[tuple[float, float]], colour: Colour, blur: float, opacity: float = 1.0) -> None:
    """Paints a filled polygon into the picture, with its edge blurred by `blur` pixels."""
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).polygon(points, fill=int(255 * opacity))
    picture.paste(colour, mask=mask.filter(ImageFilter.GaussianBlur(blur)) if blur else mask)
