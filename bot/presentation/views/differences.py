"""Says how a clip differs from what was asked for. `clip_message` shows it."""

from __future__ import annotations

from typing import Final

from bot.domain.clip import ClipRequest
from bot.domain.clip_match import Came, compare
from bot.presentation.views import wording
from bot.presentation.views.translations import N_, _, number

# Translators: {first} and the others are such as "3.2 s long instead of 5 s", "in another shape (…)", "without sound".
_ONE: Final = N_("It came {first}.")
# Translators: as the one before.
_TWO: Final = N_("It came {first}, and {second}.")
# Translators: as the one before.
_THREE: Final = N_("It came {first}, {second}, and {third}.")
# Translators: as the one before.
_FOUR: Final = N_("It came {first}, {second}, {third}, and {fourth}.")
_PLACES: Final = ("first", "second", "third", "fourth")


def came_otherwise(request: ClipRequest, came: Came) -> str:
    """For example `It came 3.2 s long instead of 5 s, and without sound.`; "" for a clip as asked for."""
    found = compare(request, came)
    size = wording.pixels(came.width, came.height)
    parts: list[str] = []
    if found.shorter or found.longer:
        # Translators: behind "It came".
        length = _("{seconds} s long instead of {asked} s")
        parts.append(length.format(seconds=number(came.seconds, 1), asked=number(request.duration)))
    if found.other_shape:
        # Translators: behind "It came". {size} is width × height in pixels.
        parts.append(_("in another shape ({size})").format(size=size))
    if found.smaller:
        # Translators: behind "It came". {size} is width × height in pixels.
        parts.append(_("smaller than {resolution} ({size})").format(resolution=request.resolution.value, size=size))
    if found.silent:
        # Translators: behind "It came".
        parts.append(_("without sound"))
    if not parts:
        return ""
    whole = (_ONE, _TWO, _THREE, _FOUR)[len(parts) - 1]
    return _(whole).format(**dict(zip(_PLACES, parts, strict=False)))


def seconds_that_came(request: ClipRequest, came: Came) -> str:
    """The clip's length: `5` if it is as asked for, else exactly, like `3.2`."""
    found = compare(request, came)
    return number(came.seconds, 1) if found.shorter or found.longer else number(request.duration)
