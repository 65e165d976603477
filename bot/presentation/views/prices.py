"""Prices in words: a length with its price, and what would cost less. The command's choices and the refusal of a request for
too many credits show them.
"""

from __future__ import annotations

from bot.domain import limits
from bot.domain.clip import RawClip, Resolution
from bot.domain.price import Prices
from bot.domain.takes import priced
from bot.presentation.views import wording
from bot.presentation.views.durations import seconds
from bot.presentation.views.translations import _, ngettext, number


def length_choice(length: int, resolution: Resolution, prices: Prices, clips: int = 1) -> str:
    """`5 s · 90 credits at 1080P`, for a choice of the command; `5 s · 270 credits at 1080P for 3 clips`."""
    cost = prices.per_second(resolution) * length * clips
    if not cost:
        return f"{seconds(length)} · {wording.free()}"
    if clips > 1:
        # Translators: a choice, at most 100 characters. {cost} is such as "90 credits", {count} at least 2.
        together = ngettext(
            "{length} · {cost} at {resolution} for {count} clip", "{length} · {cost} at {resolution} for {count} clips", clips
        )
        figures = {"length": seconds(length), "cost": wording.credits_of(cost), "resolution": resolution.value}
        return together.format(**figures, count=number(clips))
    # Translators: a choice, at most 100 characters. {cost} is such as "90 credits".
    priced = _("{length} · {cost} at {resolution}")
    return priced.format(length=seconds(length), cost=wording.credits_of(cost), resolution=resolution.value)


def priced_lengths(raw: RawClip, typed: str, prices: Prices) -> list[tuple[int, str]]:
    """The lengths that begin with what was typed, each as a choice with the price of all clips that `raw` asks for."""
    resolution, clips = Resolution.chosen(raw.resolution), priced(raw)
    fitting = (each for each in limits.DURATIONS if str(each).startswith(typed.strip()))
    return [(each, length_choice(each, resolution, prices, clips)) for each in fitting]


def cheaper(duration: int, resolution: Resolution, clips: int = 1) -> str:
    """A sentence about settings with which so many clips cost less; "" if there are none."""
    shorter = duration > limits.DURATION_MIN_SECONDS
    if resolution is Resolution.P720:
        return (_("A shorter clip costs less.") if clips == 1 else _("Shorter clips cost less.")) if shorter else ""
    if clips > 1:
        return _("Shorter clips, or 720P, cost less.") if shorter else _("They cost less at 720P.")
    return _("A shorter clip, or 720P, costs less.") if shorter else _("720P costs less.")
