"""The words for each tip: one sentence that says what to write and why. The job card shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from bot.domain import limits
from bot.domain.coach.tips import Tip, TipCode
from bot.presentation.views.translations import _, number


def sentence(tip: Tip) -> str:
    """The tip's sentence. One about a plain name quotes the prompt."""
    return SENTENCES[tip.code](tip)


def _sound(__: Tip) -> str:
    return _("Say what is heard too: picture and sound are made together, and silence is filled by guesswork.")


def _lip_sync(__: Tip) -> str:
    # Translators: the words in quotation marks stay English, as prompts are read best.
    return _("Write “clear lip-sync” for whoever speaks to the camera: mouths follow the words better.")


def _longer_speech(__: Tip) -> str:
    longer = _("Give speech {least} to {most} s: shorter clips often stop in mid-sentence.")
    return longer.format(least=number(limits.SPEECH_BEST_SECONDS), most=number(limits.DURATION_MAX_SECONDS))


def _plain_name(tip: Tip) -> str:
    # Translators: {name} is a word of the prompt, {characters} such as "character1, character2".
    plain = _("“{name}” is a plain name and binds to no picture: write {characters} if that is who you mean.")
    return plain.format(name=tip.name, characters=_named(tip.numbers))


def _unnamed(__: Tip) -> str:
    # Translators: "character1" and "character2" are names that members type.
    return _("Name your pictures in the prompt as character1, character2 and so on: else they may not appear.")


def _unused(tip: Tip) -> str:
    # Translators: {characters} is such as "character1, character2".
    unused = _("The prompt never uses {characters}: name them, or leave the pictures out.")
    return unused.format(characters=_named(tip.numbers))


def _portraits(tip: Tip) -> str:
    # Translators: {characters} is such as "character1, character2".
    portraits = _("Square portraits of {side} x {side} pixels or more keep a face best ({characters}).")
    return portraits.format(side=limits.REFERENCE_BEST_PX, characters=_named(tip.numbers))


SENTENCES: Final[dict[TipCode, Callable[[Tip], str]]] = {
    TipCode.SOUND: _sound,
    TipCode.LIP_SYNC: _lip_sync,
    TipCode.LONGER_SPEECH: _longer_speech,
    TipCode.PLAIN_NAME: _plain_name,
    TipCode.UNNAMED: _unnamed,
    TipCode.UNUSED: _unused,
    TipCode.PORTRAITS: _portraits,
}


def _named(numbers: Sequence[int]) -> str:
    return ", ".join(f"character{each}" for each in numbers)
