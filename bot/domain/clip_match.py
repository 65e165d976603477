"""Compares a finished clip with what was asked for: length, size, shape and sound. `pipeline.clip_check` calls it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.domain.clip import Aspect, ClipRequest, frame_size

LEAST_SECONDS: Final = 0.5
"""A shorter file does not count as a clip."""
_SECONDS_OFF: Final = 0.5
"""Tolerance. Models round to whole frames and some add one; members count in seconds."""
_SHAPE_OFF: Final = 0.05
"""Tolerance for the shape, as a share: models round sizes to whole blocks of 16 pixels."""
_SMALLER_SHARE: Final = 0.9
"""A clip counts as smaller than asked for if both its short side and its number of pixels are below this share of the
resolution's. 720P has two thirds of 1080P's short side and less than half of its pixels. By a resolution some models mean the
short side, others the number of pixels that 16:9 has, whatever the shape."""


@dataclass(frozen=True, slots=True)
class Came:
    """The clip that came: its length, its size in pixels as players show it, and whether it has sound."""

    seconds: float
    width: int
    height: int
    sound: bool


@dataclass(frozen=True, slots=True)
class Differences:
    """How the clip differs from what was asked for. `lacking`: the member got less than that."""

    shorter: bool
    longer: bool
    silent: bool
    other_shape: bool
    smaller: bool

    @property
    def lacking(self) -> bool:
        return self.shorter or self.silent or self.smaller


def compare(request: ClipRequest, came: Came) -> Differences:
    width, height = request.frame
    shape = came.width * height / (came.height * width)
    return Differences(
        shorter=came.seconds < request.duration - _SECONDS_OFF,
        longer=came.seconds > request.duration + _SECONDS_OFF,
        silent=not came.sound,
        other_shape=not 1 - _SHAPE_OFF <= shape <= 1 / (1 - _SHAPE_OFF),
        smaller=_smaller(request, came),
    )


def _smaller(request: ClipRequest, came: Came) -> bool:
    """Smaller by both measures, since the model may go by either one."""
    wide, high = frame_size(request.resolution, Aspect.WIDE.ratio)
    few_lines = min(came.width, came.height) < _SMALLER_SHARE * request.resolution.short_side
    return few_lines and came.width * came.height < _SMALLER_SHARE * wide * high
