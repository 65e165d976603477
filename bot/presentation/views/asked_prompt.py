"""The prompt that an order of several clips was asked for with. Its card, thread, form and line of a list show it.

It is stored with the order if its clips have several prompts (see `NewOrder.prompt`). Orders of earlier versions do not
have it: the prompts of their clips are written as one, with braces around what differs: `A street in {rain|snow}, wind`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from bot.domain.alternatives import count, expand
from bot.domain.job import Job
from bot.presentation.views.escaping import clings

_WITHOUT_BLANKS: Final = frozenset({"W", "F"})
"""East Asian letters, in Unicode's classes of widths. Their words have no blanks between them, so that each may stand alone."""


def asked_prompt(jobs: Sequence[Job]) -> str:
    """The prompt of all clips of an order, as it was typed. `jobs` are its jobs, in their order."""
    return jobs[0].order_prompt or _folded([each.request.prompt for each in jobs])


def _folded(prompts: Sequence[str]) -> str:
    """The prompt that asks for these, unless they have braces of their own. Equal ones count once."""
    different = list(dict.fromkeys(prompts))
    if len(different) == 1:
        return different[0]
    for size in range(2, len(different) // 2 + 1):
        if len(different) % size == 0:
            # Of two groups of alternatives the last one changes first.
            rows = [_one_group(different[first : first + size]) for first in range(0, len(different), size)]
            text = _one_group(rows)
            if count(text) == len(different) and [each.prompt for each in expand(text)] == different:
                return text
    return _one_group(different)


def _one_group(prompts: Sequence[str]) -> str:
    start = _start_of(prompts)
    rest = [each[start:] for each in prompts]
    end = _end_of(rest)
    differing = "|".join(each[: len(each) - end] for each in rest)
    return f"{prompts[0][:start]}{{{differing}}}{rest[0][len(rest[0]) - end :]}"


def _start_of(prompts: Sequence[str]) -> int:
    """How many characters all begin with, up to a place where none of them has a word cut in two."""
    same = _same([*prompts])
    while same and any(_is_inside(each, same) for each in prompts):
        same -= 1
    return same


def _end_of(prompts: Sequence[str]) -> int:
    """The same for their ends."""
    same = _same([each[::-1] for each in prompts])
    while same and any(_is_inside(each, len(each) - same) for each in prompts):
        same -= 1
    return same


def _same(texts: Sequence[str]) -> int:
    """With how many equal characters these texts begin."""
    first, last = min(texts), max(texts)
    return next((place for place, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))


def _is_inside(text: str, place: int) -> bool:
    """Whether a word, an accent or an emoji of the text would be cut at this place."""
    before, after = text[place - 1 : place], text[place : place + 1]
    return bool(before and after) and (clings(after, before) or (_is_letter(before) and _is_letter(after)))


def _is_letter(character: str) -> bool:
    return character.isalnum() and unicodedata.east_asian_width(character) not in _WITHOUT_BLANKS
