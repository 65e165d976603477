"""Texts for lengths of time: exact, roughly expected, elapsed. Views call it. For points in time there is `wording.moment`."""

from __future__ import annotations

from typing import Final

from bot.domain import limits
from bot.presentation.views.translations import _, number

_SECOND: Final = 1000
_BEGUN_SHARE: Final = 0.1
"""Below this share of the work a clip counts as just begun."""


def seconds(count: int) -> str:
    """`5 s`."""
    return _("{seconds} s").format(seconds=number(count))


def usual_length() -> str:
    """The default length of a clip, for which members are told prices."""
    return seconds(limits.DURATION_DEFAULT_SECONDS)


def span(milliseconds: int) -> str:
    """A length of time: `45 s`, `2 min`, `2 min 30 s`, `1 h 5 min`."""
    left = max(milliseconds, 0) // _SECOND
    if left < 60:
        return seconds(left)
    minutes, left = divmod(left, 60)
    if minutes < 60:
        whole = _("{minutes} min {seconds} s") if left else _("{minutes} min")
        return whole.format(minutes=number(minutes), seconds=number(left))
    hours, minutes = divmod(minutes, 60)
    whole = _("{hours} h {minutes} min") if minutes else _("{hours} h")
    return whole.format(hours=number(hours), minutes=number(minutes))


def about(milliseconds: int) -> str:
    """An expected time, rounded since it is only an estimate: to 10 s, then to half minutes, then to minutes.

    For example `40 s`, `2½ min`, `7 min`.
    """
    exact = max(milliseconds, 0) / _SECOND
    step = 10 if exact < 60 else 30 if exact < 300 else 60
    rounded = max(round(exact / step), 1) * step
    if rounded > 60 and rounded % 60 == 30:
        # Translators: two and a half minutes, for example.
        return _("{minutes}½ min").format(minutes=number(rounded // 60))
    return span(rounded * _SECOND)


def so_far(milliseconds: int, share: float | None = None, *, begins: bool = False) -> str:
    """Elapsed time in steps, so that a message is not edited every second: of 5 s, after a minute 10 s, after five 30 s.

    For example `25 s so far`. Before the first step it is `just begun`, or `under 5 s so far` where a tenth or more of the work
    is done (`share`, 0 to 1). `begins`: the text begins a line, so it has a capital letter.
    """
    elapsed = max(milliseconds, 0) // _SECOND
    if elapsed < 5:
        if (share or 0.0) < _BEGUN_SHARE:
            return _("Just begun") if begins else _("just begun")
        return _("Under 5 s so far") if begins else _("under 5 s so far")
    step = 5 if elapsed < 60 else 10 if elapsed < 300 else 30
    # Translators: {time} is such as "25 s" or "1 min 20 s".
    return _("{time} so far").format(time=span(elapsed // step * step * _SECOND))
