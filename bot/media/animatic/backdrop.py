"""Draws the background of a preview that has no pictures: sky, light and a few soft layers, by scene and seed.
`animatic` calls it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bot.media.animatic.gradients import Size, glow, mixed, shape, sky
from bot.media.animatic.scene import Scene
from bot.media.pixels import resized

Draw = Callable[[Image.Image, Scene, random.Random], Image.Image]


def backdrop(size: Size, scene: Scene, seed: int) -> Image.Image:
    """The whole still, RGB. The same scene and seed give the same pixels."""
    chance = random.Random(f"backdrop {seed}")  # noqa: S311  a picture, no secret
    colours = scene.palette
    picture = sky(size, ((0.0, colours.top), (0.38, colours.middle), (0.66, colours.horizon), (1.0, colours.far)))
    return _LOCATIONS.get(scene.location, _bokeh)(picture, scene, chance)


def _sun(picture: Image.Image, scene: Scene, chance: random.Random, height: float) -> tuple[Image.Image, float]:
    """Draws sun or moon with a halo, about a third from the left or right, at share `height` of the picture. Returns the
    picture and the x of its centre in pixels.
    """
    width, tall = picture.size
    unit = min(width, tall)
    x = width * chance.choice((0.33, 0.36, 0.64, 0.67)) + chance.uniform(-0.02, 0.02) * width
    y = tall * height
    colours = scene.palette
    picture = glow(picture, (x, y), unit * 0.95, colours.light, 0.5 if scene.dark else 0.75)
    picture = glow(picture, (x, y), unit * 0.24, colours.light, 0.55)
    disc = Image.new("L", picture.size, 0)
    radius = unit * (0.038 if scene.dark else 0.052)
    ImageDraw.Draw(disc).ellipse((x - radius, y - radius, x + radius, y + radius), fill=235)
    picture.paste(colours.light, mask=disc.filter(ImageFilter.GaussianBlur(unit / 400)))
    return picture, x


def _ridge(size: Size, chance: random.Random, base: float, rise: float, rough: float) -> list[tuple[float, float]]:
    width, height = size
    waves = [(rise / n**rough, chance.uniform(0.6, 1.4) * n, chance.uniform(0, math.tau)) for n in (1, 2, 3, 5, 8, 13, 21)]
    step = max(width // 160, 2)
    points = [
        (float(x), height * (base - sum(a * math.sin(f * x / width * math.pi + p) for a, f, p in waves)))
        for x in range(-step, width + 2 * step, step)
    ]
    return [*points, (width + 2.0 * step, height + 2.0), (-step * 1.0, height + 2.0)]


def _hills(picture: Image.Image, scene: Scene, chance: random.Random) -> Image.Image:
    picture, _ = _sun(picture, scene, chance, chance.uniform(0.34, 0.46))
    colours = scene.palette
    smooth = scene.light in {"desert", "sunset", "morning"}
    layers = 5
    for layer in range(layers):
        depth = layer / (layers - 1)
        tone = mixed(mixed(colours.horizon, colours.far, 0.35 + depth * 0.5), colours.near, depth**1.5)
        points = _ridge(picture.size, chance, 0.58 + 0.1 * layer, 0.05 + 0.012 * layer, 1.5 if smooth else 0.95)
        shape(picture, points, tone, blur=1.0 + (3.5 if layer == layers - 1 else 0.0), opacity=0.97)
        if layer < layers - 2:
            mist = Image.new("RGB", picture.size, colours.horizon)
            haze = Image.new("L", picture.size, 0)
            at = int(picture.height * (0.63 + 0.1 * layer))
            ImageDraw.Draw(haze).rectangle((0, at, picture.width, at + picture.height // 14), fill=54)
            picture.paste(mist, mask=haze.filter(ImageFilter.GaussianBlur(picture.height / 22)))
    return picture


def _sea(picture: Image.Image, scene: Scene, chance: random.Random) -> Image.Image:
    width, height = picture.size
    colours = scene.palette
    picture, sun = _sun(picture, scene, chance, chance.uniform(0.3, 0.42))
    horizon = int(height * 0.56)
    water = sky(
        (width, height - horizon), ((0.0, mixed(colours.far, colours.horizon, 0.45)), (0.35, colours.far), (1.0, colours.near))
    )
    mirrored = picture.crop((0, max(0, 2 * horizon - height), width, horizon)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    water = Image.blend(water, resized(mirrored, water.size), 0.22)
    picture.paste(water, (0, horizon))
    glitter = Image.new("L", picture.size, 0)
    pen = ImageDraw.Draw(glitter)
    for _ in range(900):
        depth = chance.random() ** 1.7
        y = horizon + depth * (height - horizon)
        spread = width * (0.02 + 0.22 * depth)
        x = chance.gauss(sun, spread)
        long = width * (0.004 + 0.03 * depth) * chance.uniform(0.3, 1.0)
        pen.line((x - long, y, x + long, y), fill=chance.randint(30, 190), width=max(1, int(height * 0.0035 * (0.3 + depth))))
    picture.paste(colours.light, mask=glitter.filter(ImageFilter.GaussianBlur(height / 500)))
    for layer in range(3):
        points = _ridge(picture.size, chance, 0.7 + 0.12 * layer, 0.012 + 0.012 * layer, 0.8)
        shape(picture, points, mixed(colours.far, colours.near, 0.45 + 0.25 * layer), blur=height / 160, opacity=0.5)
    return picture


def _city(picture: Image.Image, scene: Scene, chance: random.Random) -> Image.Image:
    width, height = picture.size
    colours = scene.palette
    picture = glow(picture, (width * chance.uniform(0.3, 0.7), height * 0.62), max(width, height) * 0.6, colours.light, 0.5)
    ground, unit = 0.8, min(width, height)
    for layer in range(3):
        depth = layer / 2
        tone = mixed(mixed(colours.horizon, colours.far, 0.5 + 0.4 * depth), colours.near, depth**1.2)
        blocks, windows = Image.new("L", picture.size, 0), Image.new("L", picture.size, 0)
        pen, lamp = ImageDraw.Draw(blocks), ImageDraw.Draw(windows)
        x = -chance.uniform(0, 0.1) * unit
        while x < width:
            wide = unit * chance.uniform(0.07, 0.16) * (0.7 + 0.5 * depth)
            top = height * (ground - chance.uniform(0.12, 0.46) * (0.75 + 0.35 * depth))
            pen.rectangle((x, top, x + wide, height), fill=255)
            pane = unit * 0.009 * (0.8 + 0.5 * depth)
            column = x + pane * 1.5
            while column < x + wide - pane * 2:
                row = top + pane * 2
                while row < height * ground:
                    if chance.random() < 0.3:
                        lamp.rectangle((column, row, column + pane, row + pane * 1.5), fill=chance.randint(70, 235))
                    row += pane * 3.4
                column += pane * 2.4
            x += wide + unit * chance.uniform(0.0, 0.03)
        soft = ImageFilter.GaussianBlur(unit / (700 - 500 * (depth == 1)))
        picture.paste(tone, mask=blocks.filter(soft))
        picture.paste(colours.accent if layer % 2 else colours.light, mask=windows.filter(soft))
    street = int(height * ground)
    wet = picture.crop((0, 2 * street - height, width, street)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    wet = ImageChops.multiply(wet.filter(ImageFilter.GaussianBlur(unit / 90)), Image.new("RGB", wet.size, (150, 150, 165)))
    picture.paste(resized(wet, (width, height - street)), (0, street))
    return _lights(picture, scene, chance, count=20, low=0.72, high=0.97)


def _trees(picture: Image.Image, scene: Scene, chance: random.Random) -> Image.Image:
    width, height = picture.size
    unit = min(width, height)
    colours = scene.palette
    picture = glow(picture, (width * chance.uniform(0.4, 0.6), height * 0.4), unit * 1.1, colours.light, 0.7)
    layers = 4
    for layer in range(layers):
        depth = layer / (layers - 1)
        tone = mixed(mixed(colours.horizon, colours.far, 0.3 + 0.6 * depth), colours.near, depth**1.4)
        trunks = Image.new("L", picture.size, 0)
        pen = ImageDraw.Draw(trunks)
        for _ in range(int((16 - 3.5 * layer) * max(width / height, 0.6))):
            x, wide = chance.uniform(0, width), unit * chance.uniform(0.006, 0.016) * (1 + 3.2 * depth)
            lean = chance.uniform(-0.03, 0.03) * height
            pen.polygon(
                [(x - wide * 0.6 + lean, -5), (x + wide * 0.6 + lean, -5), (x + wide, height), (x - wide, height)], fill=255
            )
        picture.paste(tone, mask=trunks.filter(ImageFilter.GaussianBlur(unit / (260 if layer < layers - 1 else 90))))
        floor = _ridge(picture.size, chance, 0.74 + 0.07 * layer, 0.02, 0.8)
        shape(picture, floor, tone, blur=unit / 200)
    return _lights(picture, scene, chance, count=16, low=0.15, high=0.8)


def _space(picture: Image.Image, scene: Scene, chance: random.Random) -> Image.Image:
    width, height = picture.size
    unit = min(width, height)
    colours = scene.palette
    picture = sky(picture.size, ((0.0, colours.top), (0.5, colours.middle), (1.0, colours.near)))
    for _ in range(3):
        at = (chance.uniform(0, width), chance.uniform(0, height * 0.7))
        picture = glow(picture, at, unit * chance.uniform(0.4, 0.8), chance.choice((colours.horizon, (70, 40, 96))), 0.55)
    stars = Image.new("L", picture.size, 0)
    pen = ImageDraw.Draw(stars)
    for _ in range(420):
        x, y, bright = chance.uniform(0, width), chance.uniform(0, height), chance.random() ** 4
        radius = unit * (0.0006 + 0.0016 * bright)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=int(60 + 195 * bright))
    picture.paste((255, 250, 244), mask=stars)
    radius = unit * 1.35
    x, y = width * chance.choice((0.3, 0.7)), height * 0.66 + radius
    planet = Image.new("L", picture.size, 0)
    ImageDraw.Draw(planet).ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    rim = ImageChops.subtract(planet.filter(ImageFilter.GaussianBlur(unit / 26)), planet)
    picture.paste((120, 180, 255), mask=rim)
    shade = sky(picture.size, ((0.0, (96, 150, 214)), (0.72, (40, 84, 140)), (1.0, (6, 12, 26))))
    picture.paste(shade, mask=planet.filter(ImageFilter.GaussianBlur(unit / 500)))
    return picture


def _stage(picture: Image.Image, scene: Scene, chance: random.Random) -> Image.Image:
    width, height = picture.size
    colours = scene.palette
    unit = min(width, height)
    for index in range(5):
        x = width * (0.1 + 0.2 * index)
        foot = width * chance.uniform(0.2, 0.8)
        beam = Image.new("L", picture.size, 0)
        ImageDraw.Draw(beam).polygon(
            [(x - 6, -9), (x + 6, -9), (foot + unit * 0.2, height), (foot - unit * 0.2, height)], fill=60
        )
        lit = Image.new("RGB", picture.size, colours.light if index % 2 else colours.accent)
        picture = Image.composite(ImageChops.screen(picture, lit), picture, beam.filter(ImageFilter.GaussianBlur(unit / 34)))
        picture = glow(picture, (x, unit * 0.02), unit * 0.16, colours.light, 0.8)
    for row in range(2):
        tone = mixed(colours.far, colours.near, 0.5 + 0.5 * row)
        crowd = Image.new("L", picture.size, 0)
        pen = ImageDraw.Draw(crowd)
        x = 0.0
        while x < width * 1.02:
            head, top = (
                unit * chance.uniform(0.026, 0.034) * (1 + row * 0.6),
                height * (0.84 + row * 0.07 + chance.uniform(-0.018, 0.018)),
            )
            pen.ellipse((x - head, top - head, x + head, top + head), fill=255)
            pen.rounded_rectangle((x - head * 1.9, top + head * 0.9, x + head * 1.9, height + 20), head, fill=255)
            x += head * 3.1
        picture.paste(tone, mask=crowd.filter(ImageFilter.GaussianBlur(unit / 240)))
    return picture


def _blinds(picture: Image.Image, scene: Scene, chance: random.Random) -> Image.Image:
    width, height = picture.size
    unit = min(width, height)
    colours = scene.palette
    picture = sky(picture.size, ((0.0, mixed(colours.top, colours.middle, 0.6)), (0.6, colours.middle), (1.0, colours.near)))
    side = chance.choice((0.34, 0.66))
    slats = Image.new("L", picture.size, 0)
    pen = ImageDraw.Draw(slats)
    lean, pitch = unit * 0.12 * (1 if side < 0.5 else -1), unit * 0.062
    left, right = width * (side - 0.3), width * (side + 0.3)
    for index in range(11):
        y = height * 0.1 + index * pitch
        pen.polygon([(left, y), (right, y + lean), (right, y + lean + pitch * 0.52), (left, y + pitch * 0.52)], fill=205)
    picture = Image.composite(
        ImageChops.screen(picture, Image.new("RGB", picture.size, mixed(colours.light, colours.near, 0.25))),
        picture,
        slats.filter(ImageFilter.GaussianBlur(unit / 110)),
    )
    picture = glow(picture, (width * side, height * 0.42), unit * 0.8, colours.light, 0.28)
    desk = [(0.0, height * 0.84), (width * 1.0, height * 0.8), (width * 1.0, height + 2.0), (0.0, height + 2.0)]
    shape(picture, desk, colours.near, blur=unit / 120)
    return _lights(picture, scene, chance, count=5, low=0.2, high=0.6)


def _lamps(picture: Image.Image, scene: Scene, chance: random.Random) -> Image.Image:
    width, height = picture.size
    colours = scene.palette
    picture = glow(picture, (width * chance.choice((0.3, 0.7)), height * 0.36), max(width, height) * 0.62, colours.light, 0.75)
    shape(
        picture,
        [(0.0, height * 0.8), (width * 1.0, height * 0.77), (width * 1.0, height + 2.0), (0.0, height + 2.0)],
        mixed(colours.far, colours.near, 0.7),
        blur=height / 60,
    )
    return _lights(picture, scene, chance, count=22, low=0.1, high=0.66)


def _bokeh(picture: Image.Image, scene: Scene, chance: random.Random) -> Image.Image:
    width, height = picture.size
    for _ in range(3):
        at = (chance.uniform(0.1, 0.9) * width, chance.uniform(0.1, 0.8) * height)
        tone = chance.choice((scene.palette.light, scene.palette.accent, scene.palette.horizon))
        picture = glow(picture, at, max(width, height) * chance.uniform(0.3, 0.55), tone, 0.4)
    return _lights(picture, scene, chance, count=34, low=0.08, high=0.9)


def _lights(picture: Image.Image, scene: Scene, chance: random.Random, *, count: int, low: float, high: float) -> Image.Image:
    """Adds `count` lights out of focus between the height shares `low` and `high`: discs with a slightly brighter rim."""
    width, height = picture.size
    unit = min(width, height)
    sharp = Image.new("RGB", picture.size)
    for _ in range(count):
        radius = unit * chance.uniform(0.012, 0.048)
        x, y = chance.uniform(0, width), height * chance.uniform(low, high)
        tone = mixed(chance.choice((scene.palette.light, scene.palette.accent)), (0, 0, 0), chance.uniform(0.55, 0.86))
        one = Image.new("RGB", (int(radius * 2) + 4, int(radius * 2) + 4))
        ImageDraw.Draw(one).ellipse(
            (2, 2, radius * 2, radius * 2), fill=tone, outline=mixed(tone, (255, 255, 255), 0.12), width=2
        )
        place = (int(x - radius), int(y - radius))
        sharp.paste(ImageChops.add(sharp.crop((*place, place[0] + one.width, place[1] + one.height)), one), place)
    return ImageChops.screen(picture, sharp.filter(ImageFilter.GaussianBlur(unit / 260)))


_LOCATIONS: Final[dict[str, Draw]] = {
    "hills": _hills,
    "sea": _sea,
    "city": _city,
    "trees": _trees,
    "space": _space,
    "stage": _stage,
    "blinds": _blinds,
    "lamps": _lamps,
}
