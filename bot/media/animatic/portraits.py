"""Draws one to nine characters as framed portraits, over a blurred background made from the first one. `animatic` calls it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from bot.media.animatic import fonts
from bot.media.animatic.gradients import Size, fade, mixed, vignette
from bot.media.animatic.scene import Colour
from bot.media.pixels import resized

_PORTRAIT: Final = 4 / 5
"""Width over height of a portrait: enough for head and shoulders."""
_ROOM: Final = (0.13, 0.7)
"""Height shares between which the portraits stand; the captions are below."""
_ROOM_TALL: Final = (0.13, 0.72)
_FACE_HEIGHT: Final = 0.36
"""Height share at which a picture taller than its frame is centred: faces are above the middle."""


@dataclass(frozen=True, slots=True)
class Box:
    left: int
    top: int
    width: int
    height: int

    @property
    def corners(self) -> tuple[int, int, int, int]:
        return self.left, self.top, self.left + self.width, self.top + self.height


def layout(count: int, size: Size) -> list[Box]:
    """The boxes of `count` portraits, as large as possible, in centred rows; the last row may be shorter."""
    width, height = size
    top, bottom = _ROOM if width >= height else _ROOM_TALL
    room_width, room_height = width * 0.86, height * (bottom - top)
    best: tuple[float, int] = (0.0, 1)
    for rows in range(1, count + 1):
        columns = -(-count // rows)
        gap = _gap(size, count)
        tall = min((room_height - gap * (rows - 1)) / rows, (room_width - gap * (columns - 1)) / columns / _PORTRAIT)
        best = max(best, (tall, -rows))
    tall, rows = best[0], -best[1]
    wide, gap, columns = tall * _PORTRAIT, _gap(size, count), -(-count // rows)
    used = rows * tall + (rows - 1) * gap
    boxes: list[Box] = []
    for index in range(count):
        row, column = divmod(index, columns)
        in_row = min(columns, count - row * columns)
        left = (width - in_row * wide - (in_row - 1) * gap) / 2 + column * (wide + gap)
        y = height * top + (room_height - used) / 2 + row * (tall + gap)
        boxes.append(Box(round(left), round(y), round(wide), round(tall)))
    return boxes


def _gap(size: Size, count: int) -> float:
    return min(size) * (0.045 if count < 5 else 0.03)


def ensemble(images: Sequence[Image.Image], size: Size, accent: Colour) -> Image.Image:
    """The whole still, RGB: background, shadows, portraits, and their numbers."""
    boxes = layout(len(images), size)
    picture = _backdrop(images[0], size)
    unit = min(size)
    shadow = Image.new("L", size, 0)
    pen = ImageDraw.Draw(shadow)
    for box in boxes:
        lower = unit * 0.018
        pen.rounded_rectangle(
            (box.left, box.top + lower, box.left + box.width, box.top + box.height + lower), _round(box), fill=190
        )
    picture.paste((0, 0, 0), mask=shadow.filter(ImageFilter.GaussianBlur(unit * 0.024)))
    for number, (image, box) in enumerate(zip(images, boxes, strict=True), start=1):
        _paste(picture, image, box, number, accent)
    return picture


def spotlight(named: frozenset[int], count: int, size: Size, accent: Colour) -> Image.Image | None:
    """A layer (RGBA) that frames the named characters and darkens the others; None where all or none are named."""
    if count == 1 or not 0 < len(named) < count:
        return None
    layer = Image.new("RGBA", size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    line = max(round(min(size) * 0.006), 2)
    for number, box in enumerate(layout(count, size), start=1):
        if number in named:
            out = line
            edge = (box.left - out, box.top - out, box.left + box.width + out, box.top + box.height + out)
            pen.rounded_rectangle(edge, _round(box) + out, outline=(*accent, 235), width=line)
        else:
            pen.rounded_rectangle(box.corners, _round(box), fill=(6, 6, 10, 150))
    return layer


def _backdrop(image: Image.Image, size: Size) -> Image.Image:
    # Blurred while small and then enlarged: it looks the same for a hundredth of the work.
    small = ImageOps.fit(image, (max(size[0] // 8, 2), max(size[1] // 8, 2)), Image.Resampling.BILINEAR, centering=(0.5, 0.4))
    soft = resized(small.filter(ImageFilter.GaussianBlur(min(small.size) / 9)), size)
    muted = ImageEnhance.Brightness(ImageEnhance.Color(soft).enhance(0.95)).enhance(0.66)
    muted.paste((4, 5, 9), mask=fade(size, 0.45, 1.0, 0.35))
    muted.paste((0, 0, 0), mask=vignette(size, 0.4))
    return muted


def _round(box: Box) -> int:
    return max(round(box.width * 0.045), 4)


def _paste(picture: Image.Image, image: Image.Image, box: Box, number: int, accent: Colour) -> None:
    fitted = ImageOps.fit(image, (box.width, box.height), Image.Resampling.LANCZOS, centering=(0.5, _FACE_HEIGHT))
    double = Image.new("L", (box.width * 2, box.height * 2), 0)
    ImageDraw.Draw(double).rounded_rectangle((0, 0, box.width * 2 - 1, box.height * 2 - 1), _round(box) * 2, fill=255)
    fitted.paste((0, 0, 0), mask=fade(fitted.size, 0.72, 1.0, 0.5))
    picture.paste(fitted, (box.left, box.top), resized(double, fitted.size))
    line = Image.new("RGBA", double.size, (255, 255, 255, 0))
    pen = ImageDraw.Draw(line)
    pen.rounded_rectangle(
        (1, 1, box.width * 2 - 2, box.height * 2 - 2),
        _round(box) * 2,
        outline=(255, 255, 255, 120),
        width=max(box.width // 90, 3),
    )
    chip = max(round(box.width * 0.2), 34) if box.width < 260 else round(52 + box.width * 0.05)
    inset = max(box.width // 16, 8)
    spot = (inset * 2, (box.height - inset - chip) * 2, (inset + chip) * 2, (box.height - inset) * 2)
    pen.ellipse(spot, fill=(*mixed(accent, (255, 255, 255), 0.15), 245))
    font = fonts.face(fonts.LABEL, round(chip * 1.12))
    middle = ((spot[0] + spot[2]) / 2, (spot[1] + spot[3]) / 2)
    pen.text(middle, str(number), font=font, fill=(16, 16, 22, 255), anchor="mm")
    small = resized(line, fitted.size)
    picture.paste(small, (box.left, box.top), small)
