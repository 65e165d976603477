"""Several clips of one request: its takes, which differ in their seed, and the alternatives in its prompt.

`ClipInput` checks a request with it, and `RequestClip` makes a job of each clip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from bot.domain import alternatives, limits
from bot.domain.clip import RawClip, problems_before_images
from bot.problem import Problem, ProblemCode

TAKES_MAX: Final = 4
"""The most takes of one prompt: four posters make a square."""
MORE_TAKES: Final = 3
"""How many takes the button "3 more takes" asks for: with the clip that is there they are four."""
TOLD_MOST: Final = 9_999
"""A larger number of clips is told as this many and more. A prompt may ask for more clips than there are atoms."""
_GIVEN_CHARACTERS: Final = 60


@dataclass(frozen=True, slots=True)
class OneClip:
    """One clip of a request. `raw` is what it alone asks for: its prompt has no alternatives, and it has no takes.

    `take` and `variant` as in `Job`.
    """

    raw: RawClip
    take: int
    variant: str


def count(raw: RawClip) -> int:
    """How many clips it asks for. Nothing is made yet. Takes that are not valid count as one."""
    return alternatives.count(raw.prompt) * _takes(raw)


def priced(raw: RawClip) -> int:
    """For how many clips a price is told. One for a request for too many, which is refused anyway."""
    clips = count(raw)
    return clips if clips <= alternatives.JOBS_MAX else 1


def clips_in(raw: RawClip) -> tuple[OneClip, ...]:
    """Every clip that it asks for: all takes of the first alternative, then those of the next.

    The seed that was typed is that of each first take; other takes have none yet. Call it only where `count` is at most
    `alternatives.JOBS_MAX`, since it makes them all.
    """
    takes = _takes(raw)
    return tuple(
        OneClip(
            replace(raw, prompt=each.prompt, takes=None, seed=raw.seed if take == 1 else None),
            take if takes > 1 else 0,
            ", ".join(each.chosen),
        )
        for each in alternatives.expand(raw.prompt)
        for take in range(1, takes + 1)
    )


def prompts_in(raw: RawClip) -> tuple[str, ...]:
    """Every prompt that comes out; of a request for too many clips only the text as it was typed."""
    if alternatives.count(raw.prompt) > alternatives.JOBS_MAX:
        return (raw.prompt,)
    return tuple(each.prompt for each in alternatives.expand(raw.prompt))


def typed_otherwise(raw: RawClip, prompts: Iterable[str]) -> str:
    """The prompt as it was typed; "" where all clips have one prompt, which says as much. `prompts` are the clips'."""
    return "" if len(set(prompts)) == 1 else raw.prompt.strip()


def seeds(known: int | None, takes: int, draw: Callable[[], int]) -> tuple[int, ...]:
    """A seed for each take, all different. The first is `known` if there is one; the others are drawn."""
    found: list[int] = [] if known is None else [known]
    while len(found) < takes:
        seed = draw()
        while seed in found:
            seed = (seed + 1) % (limits.SEED_MAX + 1)
        found.append(seed)
    return tuple(found)


def problems_in(raw: RawClip, image_count: int) -> tuple[Problem, ...]:
    """Every problem of any of its clips that can be found before the images are read, each told once."""
    found: list[Problem] = []
    if raw.takes is not None and not _valid(raw.takes):
        found.append(Problem(ProblemCode.TAKES, "takes", (str(raw.takes)[:_GIVEN_CHARACTERS],), (1, TAKES_MAX)))
    wanted = count(raw)
    if wanted > alternatives.JOBS_MAX:
        prompts = wanted // _takes(raw)
        given = (min(wanted, TOLD_MOST), min(prompts, TOLD_MOST), _takes(raw))
        found.append(Problem(ProblemCode.TOO_MANY_CLIPS, "prompt", given, (alternatives.JOBS_MAX,)))
        options = problems_before_images(replace(raw, takes=None), image_count)
        return (*(each for each in options if each.field != "prompt"), *found)
    for prompt in prompts_in(raw):
        found += problems_before_images(replace(raw, prompt=prompt, takes=None), image_count)
    return _merged(found)


def _merged(problems: list[Problem]) -> tuple[Problem, ...]:
    """One problem for each kind and field: with all characters that have no picture, else the one that is furthest off."""
    merged: dict[tuple[ProblemCode, str], Problem] = {}
    for each in problems:
        before = merged.get((each.code, each.field), each)
        if each.code is ProblemCode.STRANGERS:
            worst = replace(each, given=tuple(sorted({*before.given, *each.given})))
        else:
            worst = max(before, each, key=lambda one: one.given)
        merged[each.code, each.field] = worst
    return tuple(merged.values())


def _takes(raw: RawClip) -> int:
    return raw.takes if isinstance(raw.takes, int) and _valid(raw.takes) else 1


def _valid(takes: int | str) -> bool:
    return isinstance(takes, int) and 1 <= takes <= TAKES_MAX
