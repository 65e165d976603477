"""The words of each tip of the coach: one sentence of what to write and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from bot.domain import limits
from bot.domain.coach.tips import Tip, TipCode


def sentence(tip: Tip) -> str:
    """A tip about a plain name holds words of the prompt."""
    return SENTENCES[tip.code](tip)


def _sound(_: Tip) -> str:
    return "Say what is heard too: picture and sound are made together, and silence is filled by guesswork."


def _lip_sync(_: Tip) -> str:
    return "Write “clear lip-sync” for whoever speaks to the camera: mouths follow the words better."


def _longer_speech(_: Tip) -> str:
    least, most = limits.SPEECH_BEST_SECONDS, limits.DURATION_MAX_SECONDS
    return f"Give speech {least} to {most} s: shorter clips often stop in mid-sentence."


def _plain_name(tip: Tip) -> str:
    return f"“{tip.name}” is a plain name and binds to no picture: write {_named(tip.numbers)} if that is who you mean."


def _unnamed(_: Tip) -> str:
    return "Name your pictures in the prompt as character1, character2 and so on: else they may not appear."


def _unused(tip: Tip) -> str:
    return f"The prompt never uses {_named(tip.numbers)}: name them, or leave the pictures out."


def _portraits(tip: Tip) -> str:
    side = limits.REFERENCE_BEST_PX
    return f"Square portraits of {side} x {side} pixels or more keep a face best ({_named(tip.numbers)})."


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
    return ", ".join(f"character{number}" for number in numbers)
