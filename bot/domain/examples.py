"""Prompts that teach: each shows sight, sound, camera and, where someone speaks, lip-sync. Pure data, our own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Example:
    """`title` fits a button (80 characters); settings are ones the prompt works well with."""

    key: str
    title: str
    prompt: str
    duration: int
    aspect: str


EXAMPLES: Final = (
    Example(
        "lighthouse",
        "A storm at the lighthouse",
        "A lighthouse stands on black rocks in a night storm, its beam sweeping through the rain as a huge wave breaks"
        " below. Slow push-in. Roaring surf, distant thunder, the low hum of the lamp.",
        6,
        "16:9",
    ),
    Example(
        "baker",
        "A baker talks to you",
        "A baker with flour on her hands leans over the counter and speaks to the camera with clear lip-sync: “The secret"
        " is patience, and a very hot oven.” Warm morning light, oven hum, trays clattering behind her.",
        12,
        "4:5",
    ),
    Example(
        "paper",
        "A paper boat on an adventure",
        "A paper boat sails down a rainy gutter past glowing shop windows, camera tracking low beside it. Splashing water,"
        " soft rain, a playful pizzicato tune.",
        8,
        "9:16",
    ),
)
