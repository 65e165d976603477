"""Whether a finished clip is what was asked for: how long it is, which shape it has, whether it can be heard. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.domain.clip import ClipRequest

LEAST_SECONDS: Final = 0.5
"""What is over before that is no clip."""
_SECONDS_OFF: Final = 0.5
"""Models round to whole pictures and some add one; what a member counts are seconds."""
_SHAPE_OFF: Final = 0.05
"""Share by which a shape may differ: sizes are rounded to whole blocks of 16 pixels."""


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

    @property
    def lacking(self) -> bool:
        return self.shorter or self.silent


def compare(request: ClipRequest, came: Came) -> Differences:
    width, height = request.frame
    shape = came.width * height / (came.height * width)
    return Differences(
        shorter=came.seconds < request.duration - _SECONDS_OFF,
        longer=came.seconds > request.duration + _SECONDS_OFF,
        silent=not came.sound,
        other_shape=not 1 - _SHAPE_OFF <= shape <= 1 / (1 - _SHAPE_OFF),
    )
