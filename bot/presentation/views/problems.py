"""The words of each `ProblemCode`, in the four parts in which a member is told: what, given, allowed, what to do.

They are read as one sentence, `given 99, allowed 3 to 15 whole seconds`, or where something is `missing`
`given nothing, needed 1 to 2,500 characters`, and the remedy after it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.presentation.views import wording
from bot.problem import Figures, Problem, ProblemCode


@dataclass(frozen=True, slots=True)
class ProblemWords:
    """`given` may hold what a member typed: it is escaped where it is shown."""

    given: str
    allowed: str
    remedy: str
    missing: bool = False


def words_of(problem: Problem) -> ProblemWords:
    return WORDS[problem.code](problem)


_NAMED_MOST: Final = 5
"""Characters without a picture that are named; the rest are counted."""
_HOW: Final = {
    "AVIF": "Open it in your photo app or in Paint, export it as JPEG, and attach that. A screenshot of it does too.",
    "TIFF": (
        "Open it in your photo app, Preview or Paint, export it as JPEG, and attach that. Of a camera's raw photograph take the"
        " JPEG that lies beside it, or export one."
    ),
    "RAW": "Export a JPEG of it from your photo app, or take the one that the camera saved beside it, and attach that.",
    "JPEG XL": "Open it in your photo app, export it as JPEG, and attach that.",
    "video": "Pause it where you like it, take a screenshot, and attach that.",
}
"""How a JPEG is made of what is not taken, by the format's name."""


def _prompt_missing(problem: Problem) -> ProblemWords:
    return ProblemWords("nothing", _prompt_allowed(problem), "Describe what is seen and what is heard.", missing=True)


def _prompt_too_long(problem: Problem) -> ProblemWords:
    (length,), (_, most) = problem.given, problem.allowed
    over = wording.count(int(length) - int(most), "character")
    return ProblemWords(f"{length:,} characters", _prompt_allowed(problem), f"Shorten it by {over}.")


def _prompt_allowed(problem: Problem) -> str:
    least, most = problem.allowed
    return f"{least} to {most:,} characters"


def _length(problem: Problem) -> ProblemWords:
    least, most = problem.allowed
    remedy = "Choose a length in whole seconds; make longer stories as several clips."
    return ProblemWords(_typed(problem), f"{least} to {most} whole seconds", remedy)


def _resolution(problem: Problem) -> ProblemWords:
    return ProblemWords(_typed(problem), _either(problem.allowed), wording.RESOLUTIONS_HINT)


def _shape(problem: Problem) -> ProblemWords:
    return ProblemWords(_typed(problem), ", ".join(map(str, problem.allowed)), "Choose one of the shapes in the list.")


def _seed(problem: Problem) -> ProblemWords:
    least, most = problem.allowed
    remedy = "Leave it empty for a new result, or give a number from an earlier clip."
    return ProblemWords(_typed(problem), f"whole numbers from {least} to {most:,}", remedy)


def _unusable(problem: Problem) -> ProblemWords:
    return ProblemWords(_typed(problem), "something else", "Change it and try again.")


def _no_pictures_taken(problem: Problem) -> ProblemWords:
    remedy = "Use /video image or /video characters for pictures."
    return ProblemWords(_pictures(problem), "none in a clip from text", remedy)


def _one_still(problem: Problem) -> ProblemWords:
    remedy = "Attach one picture to start the clip from."
    return ProblemWords(_pictures(problem), "one still picture", remedy, missing=_none_came(problem))


def _character_pictures(problem: Problem) -> ProblemWords:
    least, most = problem.allowed
    remedy = "Attach one picture for each character."
    return ProblemWords(_pictures(problem), f"{least} to {most} pictures", remedy, missing=_none_came(problem))


def _strangers(problem: Problem) -> ProblemWords:
    strangers, (count, most) = problem.given, problem.allowed
    named = ", ".join(f"character{number}" for number in strangers[:_NAMED_MOST])
    if len(strangers) > _NAMED_MOST:
        named += f" and {len(strangers) - _NAMED_MOST:,} more"
    remedy = "Change the number in the prompt."
    if all(1 <= int(number) <= int(most) for number in strangers):
        remedy = f"Attach a picture for {named}, or change the number in the prompt."
    known = "character1" if count == 1 else f"character1 to character{count}"
    return ProblemWords(named, f"{known}, one for each picture", remedy)


def _gap(problem: Problem) -> ProblemWords:
    remedy = f"Add a picture for {problem.field}, or leave it out of the prompt."
    return ProblemWords("no picture", "one for each character", remedy, missing=True)


def _gap_before(problem: Problem) -> ProblemWords:
    remedy = f"Add a picture for {problem.field}, or start again with the pictures in order."
    return ProblemWords("no picture", f"one, since character{problem.allowed[0]} has one", remedy, missing=True)


def _too_many_kept(problem: Problem) -> ProblemWords:
    return ProblemWords(
        f"{_megabytes(problem.given, 0)} of pictures in your requests that were refused",
        f"less than {_megabytes(problem.allowed, 0)}",
        "Edit one of those and try again, or wait until tomorrow.",
    )


def _format(problem: Problem) -> ProblemWords:
    name = str(problem.given[0])
    return ProblemWords(name, _either(problem.allowed), _HOW.get(name, "Save the picture as JPEG or PNG and attach it."))


def _empty_file(problem: Problem) -> ProblemWords:
    return ProblemWords("an empty file", f"a {_either(problem.allowed)}", "Attach the picture again.")


def _file_size(problem: Problem) -> ProblemWords:
    most = _megabytes(problem.allowed, 0)
    given = _megabytes(problem.given, 1) if problem.given else f"more than {most}"
    return ProblemWords(given, f"up to {most}", "Attach a smaller copy; a JPEG of 2000 pixels is plenty.")


def _short_side(problem: Problem) -> ProblemWords:
    remedy = "Attach a larger picture; enlarging a small one rarely looks good."
    return ProblemWords(_size(problem), f"a short side of {problem.allowed[0]} pixels or more", remedy)


def _narrow(problem: Problem) -> ProblemWords:
    most = problem.allowed[0]
    return ProblemWords(
        _size(problem), f"a shape between 1:{most:g} and {most:g}:1", "Crop the picture so that it is less narrow."
    )


def _pixels(problem: Problem) -> ProblemWords:
    most = f"up to {int(problem.allowed[0]) // 1_000_000} megapixels"
    return ProblemWords(_size(problem), most, "Attach a smaller copy; 2000 pixels on the long side are plenty.")


def _long_side(problem: Problem) -> ProblemWords:
    most = f"up to {problem.allowed[0]:,} pixels on each side"
    return ProblemWords(_size(problem), most, "Attach the part of it that matters.")


def _hdr(_: Problem) -> ProblemWords:
    remedy = "Save a copy of it without HDR, as JPEG or PNG, and attach that."
    return ProblemWords("an HDR picture (PQ or HLG)", "a picture in ordinary colours", remedy)


def _damaged(problem: Problem) -> ProblemWords:
    remedy = "Open it, save it again as JPEG or PNG, and attach the new file."
    return ProblemWords(f"a damaged {problem.given[0]}", "a picture that opens", remedy)


def _heavy(_: Problem) -> ProblemWords:
    return ProblemWords("a picture that takes too much time or memory to open", "an ordinary one", "Attach a smaller copy.")


def _link_elsewhere(_: Problem) -> ProblemWords:
    return ProblemWords("a link to another site", "a file attached on Discord", "Attach the file itself.")


def _link_expired(_: Problem) -> ProblemWords:
    return ProblemWords("a link that has expired", "a file that is still there", "Attach it again.")


def _link_refused(_: Problem) -> ProblemWords:
    return ProblemWords("a file that Discord does not hand out", "one that can be read", "Attach it again.")


def _link_failed(_: Problem) -> ProblemWords:
    return ProblemWords("a file that Discord did not hand out", "one that can be read", "Wait a moment and try again.")


def _link_slow(_: Problem) -> ProblemWords:
    return ProblemWords("a file that took too long", "one that Discord hands out in time", "Try again.")


WORDS: Final[dict[ProblemCode, Callable[[Problem], ProblemWords]]] = {
    ProblemCode.PROMPT_MISSING: _prompt_missing,
    ProblemCode.PROMPT_TOO_LONG: _prompt_too_long,
    ProblemCode.LENGTH: _length,
    ProblemCode.RESOLUTION: _resolution,
    ProblemCode.SHAPE: _shape,
    ProblemCode.SEED: _seed,
    ProblemCode.UNUSABLE: _unusable,
    ProblemCode.NO_PICTURES_TAKEN: _no_pictures_taken,
    ProblemCode.ONE_STILL: _one_still,
    ProblemCode.CHARACTER_PICTURES: _character_pictures,
    ProblemCode.STRANGERS: _strangers,
    ProblemCode.GAP: _gap,
    ProblemCode.GAP_BEFORE: _gap_before,
    ProblemCode.TOO_MANY_KEPT: _too_many_kept,
    ProblemCode.FORMAT: _format,
    ProblemCode.EMPTY_FILE: _empty_file,
    ProblemCode.FILE_SIZE: _file_size,
    ProblemCode.SHORT_SIDE: _short_side,
    ProblemCode.NARROW: _narrow,
    ProblemCode.PIXELS: _pixels,
    ProblemCode.LONG_SIDE: _long_side,
    ProblemCode.HDR: _hdr,
    ProblemCode.DAMAGED: _damaged,
    ProblemCode.HEAVY: _heavy,
    ProblemCode.LINK_ELSEWHERE: _link_elsewhere,
    ProblemCode.LINK_EXPIRED: _link_expired,
    ProblemCode.LINK_REFUSED: _link_refused,
    ProblemCode.LINK_FAILED: _link_failed,
    ProblemCode.LINK_SLOW: _link_slow,
}


def _typed(problem: Problem) -> str:
    return str(problem.given[0])


def _size(problem: Problem) -> str:
    width, height = problem.given
    return f"{width} x {height} pixels"


def _none_came(problem: Problem) -> bool:
    return problem.given == (0,)


def _pictures(problem: Problem) -> str:
    return "no picture" if _none_came(problem) else wording.count(int(problem.given[0]), "picture")


def _megabytes(figures: Figures, decimals: int) -> str:
    """Decimal ones, as the providers state their limits."""
    return f"{float(figures[0]) / 1_000_000:.{decimals}f} MB"


def _either(figures: Figures) -> str:
    """`JPEG, PNG or HEIC`."""
    *others, last = map(str, figures)
    return f"{', '.join(others)} or {last}" if others else last
