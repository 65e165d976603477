"""Draws the texts of a preview on transparent layers: captions, the label that says it is a preview, the progress line.
`animatic` calls it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from bot.media.animatic import fonts
from bot.media.animatic.caption_timing import Phrase, Role
from bot.media.animatic.gradients import Size, fade, vignette
from bot.media.animatic.scene import Colour
from bot.media.pixels import toned

NOTICE: Final = "PREVIEW · not the final model"
_WHITE: Final = (255, 255, 255, 255)
_SPOKEN: Final = (255, 244, 214, 255)
_CHARACTER: Final = re.compile(r"\bcharacter(\d)\b")


@dataclass(frozen=True, slots=True)
class Layer:
    """A transparent picture (RGBA) and where its top left corner goes."""

    image: Image.Image
    x: int
    y: int


def holds(size: Size) -> int:
    """How many characters a caption of two lines holds in this frame."""
    width, _ = size
    return int(_text_width(size) / (_text_px(size) * 0.53) * 1.75) if width else 0


def _text_px(size: Size) -> int:
    width, height = size
    # About a share of the shorter side. A phone held upright shows a wide frame small, so the text is larger in relation to a
    # wide frame's height than to a tall one's.
    return round(min(height * 0.062, width * 0.064))


def _text_width(size: Size) -> int:
    return round(min(size[0] * 0.84, size[1] * 1.25))


def shows(phrase: Phrase) -> bool:
    """Whether some font on this machine can show the phrase."""
    return bool(_worded(phrase)[1])


def _worded(phrase: Phrase) -> tuple[str, str]:
    spoken = phrase.role is Role.SPEECH
    text = phrase.text if spoken else _CHARACTER.sub(r"Character \1", phrase.text)
    return fonts.showable(text[:1].upper() + text[1:], fonts.SPEECH if spoken else fonts.TEXT)


def caption(phrase: Phrase, size: Size, accent: Colour) -> Layer | None:
    """One caption of at most two lines, centred in the lower part of the frame. None where no font here can show it."""
    spoken = phrase.role is Role.SPEECH
    path, text = _worded(phrase)
    if not text:
        return None
    lines, font = _set(text, path, size)
    unit = font.size
    tag = fonts.face(fonts.LABEL, max(round(unit * 0.36), 13))
    tag_height = round(unit * 0.85) if phrase.role else 0
    margin = round(unit * 0.8)
    widest = max(*(font.getlength(line) for line in lines), 0.0)
    width = min(round(widest) + 2 * margin, size[0])
    line_height = round(unit * 1.24)
    height = tag_height + line_height * len(lines) + 2 * margin
    layer = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    shadow = Image.new("L", layer.size, 0)
    for draws_shadow in (True, False):
        pen = ImageDraw.Draw(shadow if draws_shadow else layer)
        if phrase.role:
            colour = 200 if draws_shadow else (*accent, 255)
            pen.text((width / 2, margin + unit * 0.2), _spaced(phrase.role), font=tag, fill=colour, anchor="mm")
        for row, line in enumerate(lines):
            middle = (width / 2, margin + tag_height + line_height * (row + 0.5))
            pen.text(middle, line, font=font, fill=235 if draws_shadow else (_SPOKEN if spoken else _WHITE), anchor="mm")
        if draws_shadow:
            dark = toned(shadow.filter(ImageFilter.GaussianBlur(unit * 0.16)), [min(255, v * 2) for v in range(256)])
            layer.paste((0, 0, 0, 255), mask=dark)
            layer.putalpha(toned(dark, [v * 170 // 255 for v in range(256)]))
    bottom = round(size[1] * (0.925 if size[0] >= size[1] else 0.885)) + margin
    return Layer(layer, (size[0] - width) // 2, min(bottom, size[1]) - height)


def _set(text: str, path: str, size: Size) -> tuple[list[str], fonts.FreeTypeFont]:
    px = _text_px(size)
    while True:
        font = fonts.face(path, px)
        lines = _lines(text, font, _text_width(size))
        if len(lines) <= 2 or px <= 14:
            return lines[:2], font
        px = max(round(px * 0.93), 14)


def _lines(text: str, font: fonts.FreeTypeFont, width: int) -> list[str]:
    """Breaks the text into as few lines as possible; two lines get about the same length."""
    loose = _wrapped(text, font, width)
    if len(loose) != 2:
        return loose
    even = int(font.getlength(text) * 0.54 + font.size)
    tight = _wrapped(text, font, min(even, width))
    return tight if len(tight) == 2 else loose


def _wrapped(text: str, font: fonts.FreeTypeFont, width: int) -> list[str]:
    words = re.findall(r"[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]|[^\s\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]+\s*", text)
    lines = [""]
    for word in words:
        if lines[-1] and font.getlength((lines[-1] + word).rstrip()) > width:
            lines.append("")
        lines[-1] += word
    return [line.strip() for line in lines if line.strip()]


def chrome(size: Size, line: str, accent: Colour, *, scrim: float) -> Image.Image:
    """The layer that stays for the whole clip, RGBA and as large as the frame: vignette, a dark area behind captions (`scrim`,
    0 to 1), the label, and `line`, the settings of the clip.
    """
    width, height = size
    unit = min(size)
    frame = Image.new("RGBA", size, (0, 0, 0, 0))
    dark = Image.new("L", size, 0)
    for mask in (vignette(size, 0.5), fade(size, 0.52, 1.0, scrim), fade(size, 0.2, 0.0, 0.32)):
        dark = _denser(dark, mask)
    frame.putalpha(dark)
    pen = ImageDraw.Draw(frame)
    inset, px = round(unit * 0.045), max(round(unit * 0.0235), 12)
    font = fonts.face(fonts.LABEL, px)
    long = font.getlength(NOTICE)
    pill = (inset, inset, inset + long + px * 2.6, inset + px * 2.1)
    pen.rounded_rectangle(pill, px * 1.05, fill=(10, 10, 14, 150), outline=(255, 255, 255, 70), width=1)
    centre = (pill[1] + pill[3]) / 2
    dot = px * 0.26
    pen.ellipse((pill[0] + px * 0.8 - dot, centre - dot, pill[0] + px * 0.8 + dot, centre + dot), fill=(*accent, 255))
    pen.text((pill[0] + px * 1.45, centre), NOTICE, font=font, fill=(255, 255, 255, 235), anchor="lm")
    beside = pill[2] + px * 2 + font.getlength(line) < width - inset
    place = (width - inset, centre) if beside else (inset + px * 0.4, pill[3] + px * 1.3)
    pen.text(place, line, font=font, fill=(255, 255, 255, 190), anchor="rm" if beside else "lm")
    rail = max(unit // 240, 2)
    pen.rectangle((0, height - rail, width, height), fill=(255, 255, 255, 46))
    return frame


def hairline(size: Size, accent: Colour) -> Image.Image:
    """The bright part of the progress line at the bottom; it moves in from the left as the clip plays."""
    return Image.new("RGBA", (size[0], max(min(size) // 240, 2)), (*accent, 255))


def _spaced(role: str) -> str:
    return "\u2009".join(role)


def _denser(one: Image.Image, other: Image.Image) -> Image.Image:
    """Two masks of darkness, one on top of the other."""
    full = Image.new("L", one.size, 255)
    return Image.composite(full, one, other)
