"""The three parts in which a member is told about a problem: what was given, what is allowed, what to do.

`refusal_pages` makes a sentence of them, `given 99, allowed 3 to 15 whole seconds`, or if something is `missing`, `given
nothing, needed 1 to 2,500 characters`, and adds the remedy. So `given` and `allowed` are parts of a sentence, and are
translated as such.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.presentation.views.translations import _, listed, number
from bot.problem import Figures


@dataclass(frozen=True, slots=True)
class ProblemWords:
    """`given` may contain what a member typed; it is escaped when it is shown."""

    given: str
    allowed: str
    remedy: str
    missing: bool = False


def megabytes(figures: Figures, decimals: int) -> str:
    """In decimal megabytes, as the providers state their limits."""
    return _("{size} MB").format(size=number(float(figures[0]) / 1_000_000, decimals))


def either(figures: Figures) -> str:
    """`JPEG, PNG or HEIC`."""
    return listed(map(str, figures), either=True)
