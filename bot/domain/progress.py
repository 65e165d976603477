"""Estimates how far a clip is and how long it will take, from what earlier clips took. Pipeline and views call it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

BAR_STEPS: Final = 10
EXPERIENCE_LEAST: Final = 3
"""With fewer earlier clips of the same kind there is no estimate: a median of two is a guess."""
UNFINISHED_MOST: Final = 0.9
"""The bar stops at this share until the clip is there: a fuller bar would promise what nobody knows."""
MADE_WITHIN_MS: Final = 5 * 60_000
"""The model takes 1 to 5 minutes for a clip, sometimes more (its vendor's figures of June 2026). Used until enough clips
were made here."""
_BROUGHT_WITHIN_MS: Final = 2 * 60_000
"""Fetching, checking and posting a clip takes seconds, a re-encode a minute; longer than this is unusual."""


@dataclass(frozen=True, slots=True)
class Experience:
    """How long similar clips took here, in milliseconds from the submit until the provider had made them. `clips` is how many
    there were.
    """

    median_ms: int
    p90_ms: int
    clips: int


def experience(durations_ms: Sequence[int]) -> Experience | None:
    """Median and 90th percentile (nearest rank); None for fewer than `EXPERIENCE_LEAST`."""
    if len(durations_ms) < EXPERIENCE_LEAST:
        return None
    ordered = sorted(durations_ms)
    last = len(ordered) - 1
    return Experience(ordered[(last + 1) // 2], ordered[min(-(-last * 9 // 10), last)], len(ordered))


def fraction(reported: float | None, elapsed_ms: int, expected: Experience | None) -> float | None:
    """How full the bar of an unfinished clip is, 0 to 0.9; None where neither the provider nor experience gives a figure.

    Takes the provider's own figure (`reported`) where it gives one, else the elapsed time as a share of what similar clips
    took. After their 90th percentile the bar stays at 0.9.
    """
    if reported is not None and reported > 0:
        estimate = reported
    elif expected is not None and expected.p90_ms > 0:
        estimate = elapsed_ms / expected.p90_ms * UNFINISHED_MOST
    else:
        return None
    return min(estimate, UNFINISHED_MOST)


def bringing(since_made_ms: int) -> float | None:
    """How full the bar of a made clip is while it is fetched, checked and posted: 1. None once that takes too long."""
    return 1.0 if since_made_ms <= _BROUGHT_WITHIN_MS else None


def within_ms(expected: Experience | None) -> int:
    """The time within which nine of ten similar clips were made; without experience the vendor's figure."""
    return MADE_WITHIN_MS if expected is None else expected.p90_ms


def overdue(elapsed_ms: int, expected: Experience | None) -> bool:
    """True once the clip takes longer than most similar ones."""
    return elapsed_ms > within_ms(expected)


def bar(value: float) -> str:
    """Ten steps as text, for example `▰▰▰▱▱▱▱▱▱▱`."""
    full = min(int(value * BAR_STEPS), BAR_STEPS)
    return "▰" * full + "▱" * (BAR_STEPS - full)
