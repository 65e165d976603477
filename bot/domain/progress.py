"""How far a clip is, and how long it will take, told honestly. Pure: the caller passes times and experience in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

BAR_STEPS: Final = 10
EXPERIENCE_LEAST: Final = 3
"""Fewer like clips than this are no experience: a median of two is a guess."""
_UNFINISHED_MOST: Final = 0.95


@dataclass(frozen=True, slots=True)
class Experience:
    """What like clips took here, milliseconds from submit to delivery-ready."""

    median_ms: int
    p90_ms: int
    clips: int


def experience(durations_ms: Sequence[int]) -> Experience | None:
    """Median and 90th percentile (nearest rank), or None where there are too few to speak of."""
    if len(durations_ms) < EXPERIENCE_LEAST:
        return None
    ordered = sorted(durations_ms)
    last = len(ordered) - 1
    return Experience(ordered[(last + 1) // 2], ordered[min(-(-last * 9 // 10), last)], len(ordered))


def fraction(reported: float | None, elapsed_ms: int, expected: Experience | None, shown: float) -> float:
    """How full the bar is, 0 to 0.95 until the clip is there; never less than `shown`, what was shown before.

    Takes the provider's own figure where it gives one, else the elapsed share of what like clips took. Past the p90 the
    bar stays where it is and the words say so, instead of creeping towards a hundred.
    """
    if reported is not None and reported > 0:
        estimate = reported
    elif expected is not None and expected.p90_ms > 0:
        estimate = elapsed_ms / expected.p90_ms * 0.9
    else:
        estimate = 0.0
    return max(shown, min(estimate, _UNFINISHED_MOST))


def overdue(elapsed_ms: int, expected: Experience | None) -> bool:
    """True once this one takes longer than nine of ten like it."""
    return expected is not None and elapsed_ms > expected.p90_ms


def bar(value: float) -> str:
    """Ten steps as text, for example `▰▰▰▱▱▱▱▱▱▱`."""
    full = min(int(value * BAR_STEPS), BAR_STEPS)
    return "▰" * full + "▱" * (BAR_STEPS - full)
