r"""Alternatives in a prompt: `a street in {rain|snow|fog}` asks for three clips. `bot.domain.takes` makes the prompts of a
request with it, and `ClipRequest.raw` the text that asks for one prompt and no other.

A group stands between braces and has at least one `|` and one word. Groups do not nest. Other braces, and those without a
partner, are text like any other, so that nobody who types one by accident gets an error. A backslash before `{`, `|` or `}`
makes it text too, and two backslashes before one of them are one backslash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Final

JOBS_MAX: Final = 6
"""The most clips that one order may have, takes included. With more, one slip could fill a thread and use up all credits."""

_MARK: Final = re.compile(r"(\\*)([{|}])")


@dataclass(frozen=True, slots=True)
class Alternative:
    """One prompt that comes out. `chosen` is what each group gave to it, in the order of the groups: what tells it from the
    others. Empty for a prompt without a group.
    """

    prompt: str
    chosen: tuple[str, ...]


def count(prompt: str) -> int:
    """How many prompts come out: 1 without a group. Nothing is made yet, so that a huge number costs nothing."""
    return prod(len(part) for part in _parts(prompt))


def expand(prompt: str) -> tuple[Alternative, ...]:
    """Every prompt that comes out; the last group changes first. Call it only after `count`, since it makes them all."""
    parts = _parts(prompt)
    groups = [number for number, part in enumerate(parts) if len(part) > 1]
    return tuple(Alternative("".join(chosen), tuple(chosen[number].strip() for number in groups)) for chosen in product(*parts))


def escaped(prompt: str) -> str:
    """A text that comes out as `prompt`, and as nothing else: what a form shows of a clip that is there already."""
    if count(prompt) == 1 and expand(prompt)[0].prompt == prompt:
        return prompt
    return _MARK.sub(lambda match: f"{match[1] * 2}\\{match[2]}", prompt)


def _parts(prompt: str) -> list[tuple[str, ...]]:
    """The prompt in parts, each with the texts that it may be: one for plain text, several different ones for a group."""
    parts: list[tuple[str, ...]] = []
    plain = ""
    options: list[str] | None = None
    """The options of the group that is open, the last one still being read."""
    for text, mark in _pieces(prompt):
        if options is None:
            plain += text
        else:
            options[-1] += text
        if mark == "{":
            if options is not None:
                plain += "{" + "|".join(options)
            options = [""]
        elif mark == "|" and options is not None:
            options.append("")
        elif mark == "}" and options is not None and len(options) > 1 and any(map(str.strip, options)):
            parts += [(plain,), tuple(dict.fromkeys(options))]
            plain, options = "", None
        elif mark == "}" and options is not None:
            plain += "{" + "|".join(options) + "}"
            options = None
        else:
            plain += mark
    if options is not None:
        plain += "{" + "|".join(options)
    return [*parts, (plain,)]


def _pieces(prompt: str) -> Iterator[tuple[str, str]]:
    """Pieces of text, each with the mark that ends it ("" for none). Escaped marks are part of the text."""
    text, end = "", 0
    for match in _MARK.finditer(prompt):
        backslashes, mark = match.groups()
        text += prompt[end : match.start()] + backslashes[: len(backslashes) // 2]
        end = match.end()
        if len(backslashes) % 2:
            text += mark
        else:
            yield text, mark
            text = ""
    yield text + prompt[end:], ""
