"""Draws rain, snow or embers as a layer that repeats and that ffmpeg moves. `animatic` calls it."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

from bot.media.animatic.gradients import Size
from bot.media.animatic.scene import Colour


@dataclass(frozen=True, slots=True)
class Weather:
    """A layer (RGBA) twice as high as the frame, with two equal halves. `speed` in frame heights per
    second; negative: upwards.
    """

    image: Image.Image
    speed: float


def weather(kind: str, size: Size, accent: Colour, seed: int) -> Weather:
    """`kind` is "rain", "snow" or "embers", as in `Scene.weather`."""
    chance = random.Random(f"weather {seed}")  # noqa: S311  a picture, no secret
    width, height = size
    unit = min(size)
    tile = Image.new("L", size, 0)
    pen = ImageDraw.Draw(tile)
    match kind:
        case "rain":
            for _ in range(round(150 * width / height) + 60):
                x, y, near = chance.uniform(-0.05, 1.05) * width, chance.uniform(0, height), chance.random()
                long = height * (0.05 + 0.1 * near)
                for lap in (0, -height):
                    pen.line(
                        (x, y + lap, x - long * 0.1, y + lap + long),
                        fill=int(34 + 56 * near),
                        width=1 + round(near * unit / 720),
                    )
            return Weather(_layer(tile.filter(ImageFilter.GaussianBlur(0.7)), (210, 222, 240)), 2.1)
        case "snow":
            _dots(pen, chance, size, 150, (0.0012, 0.0062), (60, 190))
            return Weather(_layer(tile.filter(ImageFilter.GaussianBlur(unit / 420)), (255, 255, 255)), 0.13)
        case _:
            _dots(pen, chance, size, 46, (0.001, 0.0036), (90, 230))
            return Weather(_layer(tile.filter(ImageFilter.GaussianBlur(unit / 620)), accent), -0.16)


def _dots(
    pen: ImageDraw.ImageDraw, chance: random.Random, size: Size, count: int, radii: tuple[float, float], shades: tuple[int, int]
) -> None:
    width, height = size
    for _ in range(round(count * math.sqrt(width / height)) + 10):
        near = chance.random()
        x, y = chance.uniform(0, width), chance.uniform(0, height)
        radius = min(size) * (radii[0] + (radii[1] - radii[0]) * near**2)
        shade = int(shades[1] - (shades[1] - shades[0]) * near)
        for lap in (-height, 0, height):
            pen.ellipse((x - radius, y + lap - radius, x + radius, y + lap + radius), fill=shade)


def _layer(tile: Image.Image, colour: Colour) -> Image.Image:
    twice = Image.new("L", (tile.width, tile.height * 2))
    twice.paste(tile, (0, 0))
    twice.paste(tile, (0, tile.height))
    layer = Image.new("RGBA", twice.size, (*colour, 0))
    layer.putalpha(twice)
    return layer
