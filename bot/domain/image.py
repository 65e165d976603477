"""Checks an attached image against the model's limits: format, file size, pixels, shape. `bot.media` calls it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain import limits
from bot.problem import Problem, ProblemCode


class Use(StrEnum):
    FIRST_FRAME = "first frame"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """Read from an image's bytes. Width and height are pixels after the EXIF orientation is applied; `size` is in bytes."""

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
    """Width and height to scale a picture down to, so that its long side is `long_side` pixels.

    The result is larger where the model's limits need that. A picture is never enlarged. Rounding makes it squarer, never
    narrower, so that its shape stays within the limits too.
    """
    long, short = max(width, height), min(width, height)
    least = least_short_side(use)
    if long <= long_side or short <= least:
        return width, height
    scaled = max(long_side, long * least // short), max(-(-short * long_side // long), least)
    return scaled if width >= height else (scaled[1], scaled[0])


def problems(facts: ImageFacts, use: Use, field: str) -> tuple[Problem, ...]:
    """Every limit that the image breaks. `field` is the option that it was attached to."""
    found: list[Problem] = []
    size = (facts.width, facts.height)
    if facts.format not in limits.IMAGE_FORMATS:
        found.append(Problem(ProblemCode.FORMAT, field, (facts.format,), limits.IMAGE_FORMATS))
    if facts.size > limits.IMAGE_BYTES:
        found.append(Problem(ProblemCode.FILE_SIZE, field, (facts.size,), (limits.IMAGE_BYTES,)))
    least = least_short_side(use)
    if facts.short_side < least:
        found.append(Problem(ProblemCode.SHORT_SIDE, field, size, (least,)))
    most = limits.FIRST_FRAME_SHAPE_MAX
    if use is Use.FIRST_FRAME and not 1 / most <= facts.width / facts.height <= most:
        found.append(Problem(ProblemCode.NARROW, field, size, (most,)))
    return tuple(found)
