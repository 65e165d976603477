"""The words for each `ProblemCode`. `refusal_pages` calls `words_of`. Those about one picture are in `picture_problems`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.domain.takes import TOLD_MOST
from bot.presentation.views import wording
from bot.presentation.views.picture_problems import PICTURE_WORDS
from bot.presentation.views.problem_words import ProblemWords, either, megabytes
from bot.presentation.views.translations import _, ngettext, number
from bot.problem import Problem, ProblemCode


def words_of(problem: Problem) -> ProblemWords:
    return WORDS[problem.code](problem)


_NAMED_MOST: Final = 5
"""How many characters without a picture are named; the rest is counted."""


def _prompt_missing(problem: Problem) -> ProblemWords:
    # Translators: behind "given".
    nothing = _("nothing")
    return ProblemWords(nothing, _prompt_allowed(problem), _("Describe what is seen and what is heard."), missing=True)


def _prompt_too_long(problem: Problem) -> ProblemWords:
    length, most = int(problem.given[0]), int(problem.allowed[1])
    # Translators: behind "given".
    given = ngettext("{count} character", "{count} characters", length).format(count=number(length))
    over = length - most
    shorten = ngettext("Shorten it by {count} character.", "Shorten it by {count} characters.", over)
    return ProblemWords(given, _prompt_allowed(problem), shorten.format(count=number(over)))


def _prompt_allowed(problem: Problem) -> str:
    least, most = map(int, problem.allowed)
    # Translators: behind "allowed" or "needed".
    allowed = ngettext("{least} to {most} character", "{least} to {most} characters", most)
    return allowed.format(least=number(least), most=number(most))


def _length(problem: Problem) -> ProblemWords:
    least, most = map(int, problem.allowed)
    # Translators: behind "allowed".
    allowed = ngettext("{least} to {most} whole second", "{least} to {most} whole seconds", most)
    remedy = _("Choose a length in whole seconds; make longer stories as several clips.")
    return ProblemWords(_typed(problem), allowed.format(least=number(least), most=number(most)), remedy)


def _resolution(problem: Problem) -> ProblemWords:
    return ProblemWords(_typed(problem), either(problem.allowed), wording.resolutions_hint())


def _shape(problem: Problem) -> ProblemWords:
    shapes = ", ".join(map(str, problem.allowed))
    return ProblemWords(_typed(problem), shapes, _("Choose one of the shapes in the list."))


def _seed(problem: Problem) -> ProblemWords:
    least, most = map(int, problem.allowed)
    # Translators: behind "allowed".
    allowed = _("whole numbers from {least} to {most}").format(least=number(least), most=number(most))
    return ProblemWords(_typed(problem), allowed, _("Leave it empty for a new result, or give a number from an earlier clip."))


def _takes(problem: Problem) -> ProblemWords:
    least, most = map(int, problem.allowed)
    # Translators: behind "allowed"; takes.
    allowed = _("{least} to {most}").format(least=number(least), most=number(most))
    return ProblemWords(_typed(problem), allowed, _("Choose how many clips are made of it, each with a seed of its own."))


def _too_many_clips(problem: Problem) -> ProblemWords:
    wanted, prompts, takes = map(int, problem.given)
    # Translators: behind "given".
    given = ngettext("{count} clip", "{count} clips", wanted)
    if wanted >= TOLD_MOST:
        # Translators: behind "given".
        given = ngettext("more than {count} clip", "more than {count} clips", wanted)
    elif takes > 1:
        # Translators: behind "given"; {prompts} is at least 2, and {takes} too.
        given = _("{count} clips, {prompts} prompts with {takes} takes each")
    # Translators: behind "allowed".
    allowed = ngettext("up to {count} clip", "up to {count} clips", int(problem.allowed[0]))
    # Translators: {brace} is what to type.
    remedy = _("Ask for fewer takes, or give fewer choices between braces. Write {brace} for a brace that is only text.")
    return ProblemWords(
        given.format(count=number(wanted), prompts=number(prompts), takes=number(takes)),
        allowed.format(count=number(int(problem.allowed[0]))),
        remedy.format(brace="`\\{`"),
    )


def _unusable(problem: Problem) -> ProblemWords:
    # Translators: behind "allowed".
    return ProblemWords(_typed(problem), _("something else"), _("Change it and try again."))


def _not_made(problem: Problem) -> ProblemWords:
    return ProblemWords(_typed(problem), _("something else"), _("No video service of this bot makes it."))


def _no_pictures_taken(problem: Problem) -> ProblemWords:
    # Translators: behind "allowed"; pictures.
    allowed = _("none in a clip from text")
    return ProblemWords(_pictures(problem), allowed, _("Use /video image or /video characters for pictures."))


def _one_still(problem: Problem) -> ProblemWords:
    # Translators: behind "allowed" or "needed".
    allowed = _("one still picture")
    remedy = _("Attach one picture to start the clip from.")
    return ProblemWords(_pictures(problem), allowed, remedy, missing=_none_came(problem))


def _character_pictures(problem: Problem) -> ProblemWords:
    least, most = map(int, problem.allowed)
    # Translators: behind "allowed" or "needed".
    allowed = ngettext("{least} to {most} picture", "{least} to {most} pictures", most)
    remedy = _("Attach one picture for each character.")
    return ProblemWords(
        _pictures(problem),
        allowed.format(least=number(least), most=number(most)),
        remedy,
        missing=_none_came(problem),
    )


def _strangers(problem: Problem) -> ProblemWords:
    strangers, count, most = problem.given, int(problem.allowed[0]), int(problem.allowed[1])
    named = ", ".join(f"character{stranger}" for stranger in strangers[:_NAMED_MOST])
    more = len(strangers) - _NAMED_MOST
    if more > 0:
        # Translators: {names} is such as "character7, character8"; behind "given", or in a sentence that begins with "Attach".
        named = ngettext("{names} and {count} more", "{names} and {count} more", more).format(names=named, count=number(more))
    remedy = _("Change the number in the prompt.")
    if all(1 <= int(stranger) <= most for stranger in strangers):
        remedy = _("Attach a picture for {names}, or change the number in the prompt.").format(names=named)
    if count == 1:
        # Translators: behind "allowed".
        return ProblemWords(named, _("character1, one for each picture"), remedy)
    # Translators: behind "allowed".
    known = _("character1 to character{last}, one for each picture").format(last=count)
    return ProblemWords(named, known, remedy)


def _gap(problem: Problem) -> ProblemWords:
    # Translators: {name} is such as "character2".
    remedy = _("Add a picture for {name}, or leave it out of the prompt.").format(name=problem.field)
    # Translators: behind "needed"; a picture.
    return ProblemWords(_no_picture(), _("one for each character"), remedy, missing=True)


def _gap_before(problem: Problem) -> ProblemWords:
    # Translators: {name} is such as "character2".
    remedy = _("Add a picture for {name}, or start again with the pictures in order.").format(name=problem.field)
    # Translators: behind "needed"; a picture. {name} is such as "character3".
    needed = _("one, since {name} has one").format(name=f"character{problem.allowed[0]}")
    return ProblemWords(_no_picture(), needed, remedy, missing=True)


def _too_many_kept(problem: Problem) -> ProblemWords:
    # Translators: behind "given".
    given = _("{size} of pictures in your requests that were refused").format(size=megabytes(problem.given, 0))
    # Translators: behind "allowed".
    allowed = _("less than {size}").format(size=megabytes(problem.allowed, 0))
    return ProblemWords(given, allowed, _("Edit one of those and try again, or wait until tomorrow."))


WORDS: Final[dict[ProblemCode, Callable[[Problem], ProblemWords]]] = {
    ProblemCode.PROMPT_MISSING: _prompt_missing,
    ProblemCode.PROMPT_TOO_LONG: _prompt_too_long,
    ProblemCode.LENGTH: _length,
    ProblemCode.RESOLUTION: _resolution,
    ProblemCode.SHAPE: _shape,
    ProblemCode.SEED: _seed,
    ProblemCode.TAKES: _takes,
    ProblemCode.TOO_MANY_CLIPS: _too_many_clips,
    ProblemCode.UNUSABLE: _unusable,
    ProblemCode.NOT_MADE: _not_made,
    ProblemCode.NO_PICTURES_TAKEN: _no_pictures_taken,
    ProblemCode.ONE_STILL: _one_still,
    ProblemCode.CHARACTER_PICTURES: _character_pictures,
    ProblemCode.STRANGERS: _strangers,
    ProblemCode.GAP: _gap,
    ProblemCode.GAP_BEFORE: _gap_before,
    ProblemCode.TOO_MANY_KEPT: _too_many_kept,
    **PICTURE_WORDS,
}


def _typed(problem: Problem) -> str:
    return str(problem.given[0])


def _none_came(problem: Problem) -> bool:
    return problem.given == (0,)


def _no_picture() -> str:
    # Translators: behind "given".
    return _("no picture")


def _pictures(problem: Problem) -> str:
    if _none_came(problem):
        return _no_picture()
    count = int(problem.given[0])
    # Translators: behind "given".
    return ngettext("{count} picture", "{count} pictures", count).format(count=number(count))
