"""Chooses a font that can show a text. `caption_layers` and `portraits` call it.

The bot brings fonts of its own (Inter: Latin, Greek, Cyrillic, Vietnamese), so that the picture is the same on every machine.
For other scripts it uses fonts of the machine; characters that no font has are left out, not shown as boxes.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont, features
from PIL.ImageFont import FreeTypeFont

_OURS: Final = Path(__file__).resolve().parent.parent / "fonts"
TEXT: Final = str(_OURS / "InterDisplay-SemiBold.otf")
SPEECH: Final = str(_OURS / "InterDisplay-MediumItalic.otf")
LABEL: Final = str(_OURS / "Inter-SemiBold.otf")

_SYSTEM_FOLDERS: Final = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)
# In order of preference; each covers other scripts.
_SYSTEM_FILES: Final = (
    "NotoSansCJK-Bold.ttc",
    "NotoSansCJK-Regular.ttc",
    "PingFang.ttc",
    "msyh.ttc",
    "malgun.ttf",
    "wqy-microhei.ttc",
    "DroidSansFallbackFull.ttf",
    "NotoSansArabic-Bold.ttf",
    "NotoSansHebrew-Bold.ttf",
    "NotoSansDevanagari-Bold.ttf",
    "NotoSansThai-Bold.ttf",
    "GeezaPro.ttc",
    "arial.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSans.ttf",
)
_COVERAGE_LEAST: Final = 0.6
"""Share of a text's letters that a font must have; with fewer the text is not shown at all."""
_PROBE_PX: Final = 24
_SHAPED: Final = frozenset({"R", "AL", "NSM"})


@lru_cache(maxsize=256)
def face(path: str, size: int) -> FreeTypeFont:
    return ImageFont.truetype(path, size)


def showable(text: str, path: str) -> tuple[str, str]:
    """The file of the font to use, and the text without the characters that this font lacks. `path` is preferred.

    The text is "" where no font has enough of its letters.
    """
    plain = " ".join("".join(char for char in text if unicodedata.category(char)[0] != "C" or char.isspace()).split())
    letters = [char for char in plain if not char.isspace()]
    if not letters or (not features.check("raqm") and any(unicodedata.bidirectional(char) in _SHAPED for char in letters)):
        return path, ""
    best, share = path, _share(letters, path)
    for other in _system() if share < 1 else ():
        covered = _share(letters, other)
        # Another font must cover clearly more; a single emoji is not worth the change.
        if covered > share + 0.1:
            best, share = other, covered
    if share < _COVERAGE_LEAST:
        return path, ""
    return best, " ".join("".join(char for char in plain if char.isspace() or _covers(best, char)).split())


def _share(letters: list[str], path: str) -> float:
    return sum(_covers(path, char) for char in letters) / len(letters)


@lru_cache(maxsize=8192)
def _covers(path: str, char: str) -> bool:
    font = face(path, _PROBE_PX)
    # A font draws the same box for every character that it lacks. No font has U+10FFFF.
    return _ink(font, char) != _ink(font, "\U0010ffff")


def _ink(font: FreeTypeFont, char: str) -> tuple[tuple[int, int], bytes]:
    box = font.getbbox(char)
    size = (max(int(box[2]), 1), max(int(box[3]), 1))
    drawn = Image.new("L", size)
    ImageDraw.Draw(drawn).text((0, 0), char, font=font, fill=255)
    return size, drawn.tobytes()


@lru_cache(maxsize=1)
def _system() -> tuple[str, ...]:
    found: dict[str, str] = {}
    for folder in map(Path, _SYSTEM_FOLDERS):
        for path in folder.rglob("*.tt[fc]") if folder.is_dir() else ():
            found.setdefault(path.name.lower(), str(path))
    return tuple(found[name.lower()] for name in _SYSTEM_FILES if name.lower() in found)
