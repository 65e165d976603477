"""Whether a finished clip is what was asked for: how long and large it is, which shape it has, whether it is heard. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.domain.clip import Aspect, ClipRequest, frame_size

LEAST_SECONDS: Final = 0.5
"""What is over before that is no clip."""
_SECONDS_OFF: Final = 0.5
"""Models round to whole pictures and some add one; what a member counts are seconds."""
_SHAPE_OFF: Final = 0.05
"""Share by which a shape may differ: sizes are rounded to whole blocks of 16 pixels."""
_SMALLER_SHARE: Final = 0.9
"""Of the short side and of the pixels that were asked for. 720P has two thirds of 1080P's short side, and less than half of its
pixels; a model may mean by a resolution the short side, or the pixels of 16:9 in whichever shape."""


@dataclass(frozen=True, slots=True)
class Came:
    """What a clip is: seconds, pixels as it is shown, and whether it has sound."""

    seconds: float
    width: int
    height: int
    sound: bool


@dataclass(frozen=True, slots=True)
class Differences:
    """Between what came and what was asked for. `lacking`: its member got less than was asked for."""

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
    """By both measures, since either alone may be what the model meant."""
    wide, high = frame_size(request.resolution, Aspect.WIDE.ratio)
    few_lines = min(came.width, came.height) < _SMALLER_SHARE * request.resolution.short_side
    return few_lines and came.width * came.height < _SMALLER_SHARE * wide * high
