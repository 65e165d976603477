"""Advice about a prompt: what tested best with this model. It blocks nothing and knows no Discord.

It stays silent where it cannot tell: rules about sound, speech and names hold for English prompts only. Tips are ordered
by how much they change the clip; the card shows the first two.
"""

from __future__ import annotations

import re
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


def tips(request: ClipRequest) -> tuple[str, ...]:
    """Every tip that applies, most useful first, each one sentence of what and why."""
    prompt, kind = request.prompt, request.kind
    in_english = english.is_english(prompt)
    speech = in_english and english.has_speech(prompt)
    found: list[str] = []
    if kind is Kind.CHARACTERS:
        found.extend(_about_references(request))
    if in_english and not english.tells_sound(prompt):
        found.append("Say what is heard too: picture and sound are made together, and silence is filled by guesswork.")
    if speech and not _LIP_SYNC.search(prompt) and not english.speaks_off_screen(prompt):
        found.append("Write “clear lip-sync” for whoever speaks to the camera: mouths follow the words better.")
    if speech and request.duration < limits.SPEECH_BEST_SECONDS:
        found.append(
            f"Give speech {limits.SPEECH_BEST_SECONDS} to {limits.DURATION_MAX_SECONDS} s:"
            " shorter clips often stop in mid-sentence."
        )
    if kind is Kind.CHARACTERS:
        found.extend(_about_portraits(request))
    return tuple(found)


def _about_references(request: ClipRequest) -> list[str]:
    found: list[str] = []
    used, count = _characters_meant(request), len(request.references)
    unused = [n for n in range(1, count + 1) if n not in used]
    name = english.plain_name(request.prompt) if english.is_english(request.prompt) else None
    if name is not None and unused:
        found.append(f"“{name}” is a plain name and binds to no picture: write character{unused[0]} if that is who you mean.")
    if len(unused) == count:
        found.append("Name your pictures in the prompt as character1, character2 and so on: else they may not appear.")
    elif unused:
        named = ", ".join(f"character{n}" for n in unused)
        found.append(f"The prompt never uses {named}: name them, or leave the pictures out.")
    return found


def _about_portraits(request: ClipRequest) -> list[str]:
    weak = [
        number
        for number, image in enumerate(request.references, 1)
        if min(image.width, image.height) < limits.REFERENCE_BEST_PX or image.width != image.height
    ]
    if not weak:
        return []
    named = ", ".join(f"character{n}" for n in weak)
    side = limits.REFERENCE_BEST_PX
    return [f"Square portraits of {side} x {side} pixels or more keep a face best ({named})."]


def _characters_meant(request: ClipRequest) -> frozenset[int]:
    """Numbers that the prompt uses, or may use in a way of its own."""
    if _ALL_OF_THEM.search(request.prompt):
        return frozenset(range(1, len(request.references) + 1))
    meant = set(request.characters_used)
    for several in _SEVERAL.findall(request.prompt):
        meant.update(int(number[:6]) for number in re.findall(r"\d+", several))
        for first, last in _RANGE.findall(several):
            meant.update(range(int(first[:2]), int(last[:2]) + 1))
    return frozenset(meant)
