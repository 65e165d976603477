"""Example prompts for new members. Each describes picture, sound and camera and, where someone speaks, asks for lip-sync.

Example buttons offer them. We wrote the texts ourselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.domain.clip import Aspect, Kind, RawClip, Resolution


@dataclass(frozen=True, slots=True)
class Example:
    """`raw` has settings that suit the prompt, in 720P for a cheap first try. `views/buttons.py` has titles by `key`."""

    key: str
    raw: RawClip


EXAMPLES: Final = (
    Example(
        "lighthouse",
        RawClip(
            Kind.TEXT,
            "A lighthouse stands on black rocks in a night storm, its beam sweeping through the rain as a huge wave breaks"
            " below. Slow push-in. Roaring surf, distant thunder, the low hum of the lamp.",
            6,
            Resolution.P720.value,
            Aspect.WIDE.value,
        ),
    ),
    Example(
        "baker",
        RawClip(
            Kind.TEXT,
            "A baker with flour on her hands leans over the counter and speaks to the camera with clear lip-sync: “The secret"
            " is patience, and a very hot oven.” Warm morning light, oven hum, trays clattering behind her.",
            12,
            Resolution.P720.value,
            Aspect.SOCIAL.value,
        ),
    ),
    Example(
        "paper",
        RawClip(
            Kind.TEXT,
            "A paper boat sails down a rainy gutter past glowing shop windows, camera tracking low beside it. Splashing water,"
            " soft rain, a playful pizzicato tune.",
            8,
            Resolution.P720.value,
            Aspect.TALL.value,
        ),
    ),
)
