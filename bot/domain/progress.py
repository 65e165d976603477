"""How far a clip is, and how long it will take, told honestly. Pure: the caller passes times and experience in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

BAR_STEPS: Final = 10
EXPERIENCE_LEAST: Final = 3
"""Fewer like clips than this are no experience: a median of two is a guess."""
UNFINISHED_MOST: Final = 0.9
"""Here a bar waits for its clip, with words beside it: higher would promise what nobody knows."""
MADE_WITHIN_MS: Final = 5 * 60_000
"""The model takes 1 to 5 minutes for a clip, sometimes more (its vendor's figures of June 2026): what to go by until
enough like clips were made here."""
_BROUGHT_WITHIN_MS: Final = 2 * 60_000
"""Fetching, checking and posting a clip takes seconds, a re-encode a minute; past this something is slow."""


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


def fraction(reported: float | None, elapsed_ms: int, expected: Experience | None) -> float | None:
    """How full the bar is, 0 to 0.9 until the clip is there; None where there is nothing to draw one by.

    Takes the provider's own figure where it gives one, else the elapsed share of what like clips took. Past the p90 the
    bar stays where it is and the words say so, instead of creeping towards a hundred.
    """
    if reported is not None and reported > 0:
        estimate = reported
    elif expected is not None and expected.p90_ms > 0:
        estimate = elapsed_ms / expected.p90_ms * UNFINISHED_MOST
    else:
        return None
    return min(estimate, UNFINISHED_MOST)


def bringing(since_made_ms: int) -> float | None:
    """The bar of a clip that is fetched, checked or posted: full, for it is made. None once bringing it takes too long."""
    return 1.0 if since_made_ms <= _BROUGHT_WITHIN_MS else None


def within_ms(expected: Experience | None) -> int:
    """What nine of ten like it took, or most clips of the model where there is no experience."""
    return MADE_WITHIN_MS if expected is None else expected.p90_ms


def overdue(elapsed_ms: int, expected: Experience | None) -> bool:
    """True once this one takes longer than most."""
    return elapsed_ms > within_ms(expected)


def bar(value: float) -> str:
    """Ten steps as text, for example `▰▰▰▱▱▱▱▱▱▱`."""
    full = min(int(value * BAR_STEPS), BAR_STEPS)
    return "▰" * full + "▱" * (BAR_STEPS - full)
