"""Chooses location, light, weather and sounds of a preview by the words of its prompt. `animatic` calls it."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Final

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours from the top of the sky down to the nearest things. `light` is that of lamp, sun or moon, `accent` that of small
    bright things.
    """

    top: Colour
    middle: Colour
    horizon: Colour
    far: Colour
    near: Colour
    light: Colour
    accent: Colour


_PALETTES: Final = {
    "night": Palette((7, 11, 26), (17, 28, 56), (52, 66, 104), (22, 31, 55), (5, 8, 17), (222, 230, 250), (255, 205, 130)),
    "neon": Palette((12, 8, 32), (44, 16, 74), (146, 40, 116), (30, 16, 58), (8, 6, 20), (255, 96, 180), (70, 226, 236)),
    "noir": Palette((14, 15, 17), (34, 36, 40), (84, 86, 90), (30, 31, 34), (7, 7, 9), (238, 234, 222), (206, 200, 186)),
    "sunset": Palette(
        (40, 34, 74), (158, 76, 92), (250, 164, 96), (92, 48, 74), (26, 16, 32), (255, 222, 160), (255, 190, 120)
    ),
    "morning": Palette(
        (120, 158, 196), (214, 208, 204), (252, 224, 184), (142, 140, 140), (62, 58, 56), (255, 246, 220), (255, 220, 160)
    ),
    "desert": Palette(
        (92, 138, 176), (216, 190, 158), (246, 214, 164), (196, 138, 88), (106, 60, 38), (255, 240, 206), (255, 214, 150)
    ),
    "ocean": Palette(
        (22, 62, 104), (74, 134, 168), (190, 216, 220), (26, 84, 112), (6, 30, 50), (255, 250, 232), (214, 240, 246)
    ),
    "forest": Palette(
        (36, 62, 52), (98, 134, 100), (214, 222, 168), (52, 84, 62), (12, 26, 20), (252, 248, 206), (236, 240, 160)
    ),
    "snow": Palette(
        (104, 130, 160), (178, 196, 214), (236, 240, 246), (150, 172, 194), (84, 106, 132), (255, 255, 255), (255, 250, 240)
    ),
    "fire": Palette((22, 10, 12), (84, 26, 18), (226, 96, 34), (58, 20, 18), (14, 7, 8), (255, 190, 96), (255, 150, 60)),
    "space": Palette((4, 5, 14), (12, 14, 36), (40, 38, 84), (26, 30, 62), (3, 4, 10), (190, 214, 255), (255, 226, 190)),
    "room": Palette((38, 30, 27), (92, 70, 54), (176, 134, 92), (70, 52, 42), (22, 17, 16), (255, 226, 176), (255, 206, 140)),
    "stage": Palette((10, 8, 20), (38, 20, 62), (112, 44, 108), (26, 16, 44), (5, 4, 10), (255, 196, 150), (130, 170, 255)),
}
_DAYLIGHT: Final = (
    ("noir", r"noir|black[- ]and[- ]white|monochrome|detective|interrogat\w*"),
    ("neon", r"neon|cyberpunk|synthwave|tokyo|nightclub|arcade"),
    ("stage", r"stage|concert|spotlight|singer|theat(?:re|er)"),
    ("fire", r"fire\w*|flames?|lava|volcano|ember\w*|furnace|forge|burning|inferno"),
    ("space", r"space\w*|galaxy|stars?|planet|orbiting|astronaut|nebula|moon surface|earth visible"),
    ("snow", r"snow\w*|winter|ic(?:e|y)\b|arctic|glacier|blizzard|frozen"),
    ("sunset", r"sunset|dusk|golden hour|twilight|sundown"),
    ("night", r"night\w*|midnight|moonli\w+|dark\w*|storm\w*"),
    ("desert", r"desert|dunes?|sand\w*|savannah?|canyon|western"),
    ("forest", r"forest|woods?|jungle|trees?|moss|meadow|garden|grass"),
    ("ocean", r"ocean|sea|waves?|beach|surf\w*|underwater|lake|river|sail\w*|harbou?r|island"),
    (
        "room",
        r"room|office|kitchen|desk|studio|baker\w*|caf[eé]|bar\b|library|interior|indoors|shop|oven|counter|museum|ball\b",
    ),
    ("morning", r"morning|dawn|sunrise|daylight|sunny|noon|sky|clouds?"),
)
_LOCATIONS: Final = (
    ("space", r"space\w*|galaxy|stars\b|planet|nebula|asteroid|earth visible"),
    ("blinds", r"noir|detective|interrogat\w*|venetian|blinds"),
    ("city", r"cit(?:y|ies)|street\w*|skyline|neon|tokyo|town|alley|rooftops?|traffic|market|gutter|cyberpunk|taxi"),
    ("stage", r"stage|concert|spotlight|singer|theat(?:re|er)"),
    ("sea", r"ocean|sea|waves?|beach|surf\w*|lake|sail(?:s|ing|boat)?|harbou?r|island|lighthouse|shore|river|boat"),
    ("trees", r"forest|woods?|jungle|trees?|garden|park\b"),
    (
        "hills",
        r"desert|dunes?|mountains?|hills?|valley|canyon|snow\w*|field|meadow|savannah?|volcano|kite|horses?|knight|castle",
    ),
    ("lamps", r"room|office|kitchen|desk|studio|baker\w*|caf[eé]|library|indoors|shop|counter|ball\b|museum|news"),
)
_WEATHER: Final = (
    ("rain", r"rain\w*|storm\w*|drizzl\w+|downpour|monsoon"),
    ("snow", r"snow(?:s|ing|fall|flakes?|y)?\b|blizzard|winter"),
    ("embers", r"fire\w*|flames?|embers?|sparks?|forge|lava|volcano|explosion|burning"),
)
_NOISES: Final = (
    ("rain", r"rain\w*|storm\w*|drizzl\w+|downpour"),
    ("thunder", r"thunder\w*|lightning|storm\w*"),
    ("wind", r"wind\w*|desert|dunes?|mountains?|kite|gust\w*|snow\w*|blizzard|forest|field"),
    ("ocean", r"ocean|sea|waves?|surf\w*|beach|shore|splash\w*|river|sail\w*"),
    ("crowd", r"crowd\w*|concert|market|stadium|audience|caf[eé]|party|applause|streets?|shop|ball\b"),
    ("fire", r"fire\w*|flames?|lava|forge|furnace|oven"),
    ("hum", r"hum\w*|engine|city|traffic|machine\w*|spaces?\w*|office|studio|neon|room"),
)
_DARK: Final = frozenset({"night", "noir", "neon", "space", "fire", "stage"})


@dataclass(frozen=True, slots=True)
class Scene:
    """`location` names a background, `weather` what falls or rises in front of it (None: nothing), `noises` what is heard."""

    palette: Palette
    light: str
    location: str
    weather: str | None
    noises: tuple[str, ...]

    @property
    def dark(self) -> bool:
        return self.light in _DARK


def scene_of(prompt: str, seed: int) -> Scene:
    """The scene of a prompt. Its words decide; where they don't, the seed does."""
    text = prompt.lower()
    chance = random.Random(f"mood {seed}")  # noqa: S311  a picture, no secret
    light = _first(_DAYLIGHT, text) or chance.choice(("sunset", "night", "morning", "room", "ocean"))
    location = _first(_LOCATIONS, text) or {"space": "space", "stage": "stage", "fire": "hills", "ocean": "sea"}.get(
        light, "bokeh"
    )
    if location == "hills" and light == "room":
        light = "sunset"
    return Scene(
        palette=_PALETTES[light],
        light=light,
        location=location,
        weather=_first(_WEATHER, text),
        noises=tuple(name for name, words in _NOISES if _says(words, text))[:3],
    )


def _first(table: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((name for name, words in table if _says(words, text)), None)


def _says(words: str, text: str) -> bool:
    return re.search(rf"\b(?:{words})\b", text) is not None
