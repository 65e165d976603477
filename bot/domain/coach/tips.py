"""Advice about a prompt: what tested best with this model. Job cards show it; it never blocks a clip.

Rules about sound, speech and names apply to English prompts only; for others they give no tip. Tips are ordered by how much
they change the clip, and the card shows the first two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain import limits
from bot.domain.clip import ClipRequest, Kind
from bot.domain.coach import english

_LIP_SYNC: Final = re.compile(r"\blip[- ]?sync\w*", re.IGNORECASE)
_ALL_OF_THEM: Final = re.compile(r"\b(?:both|all|every|each)\b[\w\s]{0,20}\bcharacters?\b(?!\s?\d)", re.IGNORECASE)
_SEVERAL: Final = re.compile(
    r"characters?[ _-]?\d+(?:\s*(?:,|、|&|\+|/|–|-|\b(?:and|or|to|through|y|e|et|und|o)\b)+\s*(?:and\s+)?\d+)+", re.IGNORECASE
)
"""`character1, 2 and 3`, `characters 1 to 3`: the numbers after the first are meant as characters too."""
_RANGE: Final = re.compile(r"(\d+)\s*(?:–|-|\bto\b|\bthrough\b)\s*(\d+)", re.IGNORECASE)


class TipCode(StrEnum):
    """What a tip advises; `presentation/views/tips.py` has the words of each."""

    SOUND = "sound"
    """Say what is heard."""
    LIP_SYNC = "lip_sync"
    """Ask for clear lip-sync in the prompt."""
    LONGER_SPEECH = "longer_speech"
    """Give speech more seconds."""
    PLAIN_NAME = "plain_name"
    """The prompt uses a `name`, which the model connects with no picture; `numbers` holds the character that it may mean."""
    UNNAMED = "unnamed"
    """The prompt names none of its pictures."""
    UNUSED = "unused"
    """The prompt never uses the characters `numbers`."""
    PORTRAITS = "portraits"
    """The pictures `numbers` are not large and square, as portraits should be."""


@dataclass(frozen=True, slots=True)
class Tip:
    """One piece of advice. `numbers` are the numbers of characters, counted from 1."""

    code: TipCode
    numbers: tuple[int, ...] = ()
    name: str = ""


def tips(request: ClipRequest) -> tuple[Tip, ...]:
    """Every tip that applies, most useful first."""
    prompt, kind = request.prompt, request.kind
    in_english = english.is_english(prompt)
    speech = in_english and english.has_speech(prompt)
    found: list[Tip] = []
    if kind is Kind.CHARACTERS:
        found.extend(_about_references(request))
    if in_english and not speech and not english.tells_sound(prompt):
        found.append(Tip(TipCode.SOUND))
    if speech and not _LIP_SYNC.search(prompt) and not english.speaks_off_screen(prompt):
        found.append(Tip(TipCode.LIP_SYNC))
    if speech and request.duration < limits.SPEECH_BEST_SECONDS:
        found.append(Tip(TipCode.LONGER_SPEECH))
    if kind is Kind.CHARACTERS:
        found.extend(_about_portraits(request))
    return tuple(found)


def _about_references(request: ClipRequest) -> list[Tip]:
    found: list[Tip] = []
    used, count = _characters_meant(request), len(request.references)
    unused = tuple(n for n in range(1, count + 1) if n not in used)
    name = english.plain_name(request.prompt) if english.is_english(request.prompt) else None
    if name is not None and unused:
        found.append(Tip(TipCode.PLAIN_NAME, unused[:1], name))
    if len(unused) == count:
        found.append(Tip(TipCode.UNNAMED))
    elif unused:
        found.append(Tip(TipCode.UNUSED, unused))
    return found


def _about_portraits(request: ClipRequest) -> list[Tip]:
    weak = tuple(
        number
        for number, image in enumerate(request.references, 1)
        if min(image.width, image.height) < limits.REFERENCE_BEST_PX or image.width != image.height
    )
    return [Tip(TipCode.PORTRAITS, weak)] if weak else []


def _characters_meant(request: ClipRequest) -> frozenset[int]:
    """Numbers of the characters that the prompt uses, or may mean in other words ("all characters", "characters 1 to 3")."""
    if _ALL_OF_THEM.search(request.prompt):
        return frozenset(range(1, len(request.references) + 1))
    meant = set(request.characters_used)
    for several in _SEVERAL.findall(request.prompt):
        meant.update(int(number[:6]) for number in re.findall(r"\d+", several))
        for first, last in _RANGE.findall(several):
            meant.update(range(int(first[:2]), int(last[:2]) + 1))
    return frozenset(meant)
