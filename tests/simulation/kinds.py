"""Special kinds of seeds, so that rare situations come up often enough. Most seeds are of none of these kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_TWINS_EACH: Final = 10
_STRANGERS_EACH: Final = 10
_BLOCKED_EACH: Final = 10
_TITLES_EACH: Final = 10
_SEVERAL_EACH: Final = 5
_LISTING_DOWN_EACH: Final = 25
_PAIR_EACH: Final = 6
LISTING_DOWN_MS: Final = 2_700_000
"""Far longer than it may take to give a clip up after its time is over."""


@dataclass(frozen=True)
class SeedKind:
    """`twins`: some members type the same words and seed at about the same time, while answers of submits are lost.

    `strangers`: other people's jobs that do not tell what they were made of are listed beside submits whose answers are lost.
    `listing_down`: nearly all the time no listing answers, and the first clip hangs; one process, which lives on.
    `words_blocked`: AutoMod of the server blocks a word that stands in nearly every prompt. `titles_blocked`: it
    blocks a word only in names of threads. `several`: some members order several clips at once, up to six. `pair`: two
    processes run on one store all the time.
    """

    twins: bool
    strangers: bool
    listing_down: bool
    words_blocked: bool
    titles_blocked: bool
    several: bool
    pair: bool


def kind_of(seed: int) -> SeedKind:
    """None of these is a seed of a single member's trouble, which is every fifth."""
    return SeedKind(
        twins=seed % _TWINS_EACH == 2,
        strangers=seed % _STRANGERS_EACH == 7,
        listing_down=seed % _LISTING_DOWN_EACH == 1,
        words_blocked=seed % _BLOCKED_EACH == 4,
        titles_blocked=seed % _TITLES_EACH == 9,
        several=seed % _SEVERAL_EACH == 3,
        pair=seed % _PAIR_EACH == 0 and seed % _SEVERAL_EACH != 0 and seed % _LISTING_DOWN_EACH != 1,
    )
