"""What an attached image must be for the model to take it. Pure: the facts come from media, which has read the bytes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain import limits
from bot.errors import Problem


class Use(StrEnum):
    FIRST_FRAME = "first frame"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What the bytes say. Sizes are pixels after the EXIF orientation was applied; `size` is the file's, in bytes."""

    format: str
    width: int
    height: int
    size: int
    frames: int = 1

    @property
    def short_side(self) -> int:
        return min(self.width, self.height)


def least_short_side(use: Use) -> int:
    """Pixels that the short side must have."""
    return limits.FIRST_FRAME_SHORT_SIDE_PX if use is Use.FIRST_FRAME else limits.REFERENCE_SHORT_SIDE_PX


def kept_size(width: int, height: int, use: Use, long_side: int) -> tuple[int, int]:
    """The size to scale a picture within its limits to: a long side of `long_side` pixels, as far as the limits still hold.

    A picture is never enlarged. Rounding makes it squarer, never narrower, so that its shape stays within the limits too.
    """
    long, short = max(width, height), min(width, height)
    least = least_short_side(use)
    if long <= long_side or short <= least:
        return width, height
    scaled = max(long_side, long * least // short), max(-(-short * long_side // long), least)
    return scaled if width >= height else (scaled[1], scaled[0])


_SAVED: Final = "Save the picture as JPEG or PNG and attach it."
_HOW: Final = {
    "AVIF": "Open it in your photo app or in Paint, export it as JPEG, and attach that. A screenshot of it does too.",
    "TIFF": (
        "Open it in your photo app, Preview or Paint, export it as JPEG, and attach that. Of a camera's raw photograph take the"
        " JPEG that lies beside it, or export one."
    ),
    "RAW": "Export a JPEG of it from your photo app, or take the one that the camera saved beside it, and attach that.",
    "JPEG XL": "Open it in your photo app, export it as JPEG, and attach that.",
    "video": "Pause it where you like it, take a screenshot, and attach that.",
}
"""How a JPEG is made of what is not taken, by the format's name."""


def problems(facts: ImageFacts, use: Use, field: str) -> tuple[Problem, ...]:
    """Every limit that the image breaks, named after the option `field` it was attached to."""
    found: list[Problem] = []
    if facts.format not in limits.IMAGE_FORMATS:
        found.append(Problem(field, facts.format, "JPEG, PNG, WEBP, GIF or HEIC", _HOW.get(facts.format, _SAVED)))
    if facts.size > limits.IMAGE_BYTES:
        found.append(
            Problem(
                field,
                f"{facts.size / 1e6:.1f} MB",
                f"up to {limits.IMAGE_BYTES // 1_000_000} MB",
                "Attach a smaller copy; a JPEG of 2000 pixels is plenty.",
            )
        )
    least = least_short_side(use)
    if facts.short_side < least:
        found.append(
            Problem(
                field,
                f"{facts.width} x {facts.height} pixels",
                f"a short side of {least} pixels or more",
                "Attach a larger picture; enlarging a small one rarely looks good.",
            )
        )
    ratio = facts.width / facts.height
    most = limits.FIRST_FRAME_SHAPE_MAX
    if use is Use.FIRST_FRAME and not 1 / most <= ratio <= most:
        found.append(
            Problem(
                field,
                f"{facts.width} x {facts.height} pixels",
                f"a shape between 1:{most:g} and {most:g}:1",
                "Crop the picture so that it is less narrow.",
            )
        )
    return tuple(found)
