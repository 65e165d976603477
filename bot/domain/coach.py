"""Advice about a prompt: what tested best with this model. It blocks nothing and knows no Discord.

Each rule is a plain reading of words, in English and by form; it stays silent where it cannot tell. Tips are ordered by
how much they change the clip; the card shows the first two.
"""

from __future__ import annotations

import re
from typing import Final

from bot.domain import limits
from bot.domain.clip import ClipRequest, Kind

_SOUND: Final = re.compile(
    r"\b(audio|sounds?|soundtrack|music|musical|song|sing\w*|hum\w*|score|orchestra\w*|drum\w*|guitar|piano|violin|beat|noise|noisy|"
    r"voice\w*|voiceover|speak\w*|says?|saying|said|talk\w*|tells?|whisper\w*|shout\w*|scream\w*|laugh\w*|cr(?:y|ies|ying)|dialogue|narrat\w*|"
    r"ambien\w*|roar\w*|rumbl\w*|thunder\w*|wind|rain|waves?|birdsong|chirp\w*|bark\w*|meow\w*|purr\w*|click\w*|hiss\w*|crackl\w*|"
    r"applause|cheer\w*|crowd|footsteps?|engine|siren|bells?|echo\w*|silen\w*|quiet|hear|heard|loud\w*|buzz\w*|clatter\w*|chime\w*|whistl\w*|splash\w*)\b",
    re.IGNORECASE,
)
_SPEECH: Final = re.compile(
    r"\b(speak\w*|says?|saying|said|talk\w*|tells?|telling|announc\w*|anchor|briefing|dialogue|convers\w*|interrogat\w*|interview\w*|monologue|"
    r"explain\w*|narrat\w*|present(?:s|er|ing)|introduc\w*|greets?|greeting|welcom\w*|recit\w*|sing(?:s|ing|er)?|rap(?:s|per|ping)?)\b"
    r"|[\"“«„][^\"”»“]{3,}[\"”»“]",
    re.IGNORECASE,
)
_LIP_SYNC: Final = re.compile(r"\blip[- ]?sync\w*", re.IGNORECASE)
_OFF_SCREEN: Final = re.compile(r"\b(voice-?over|narrat\w*|off[- ]screen)\b", re.IGNORECASE)
_NAME: Final = re.compile(r"(?<![.!?:\"“]\s)(?<!^)\b([A-Z][a-z]{2,})\b(?=\s+(?:and|is|was|[a-z]+s|who|looks|with)\b|[’']s\b)")
_OPENING_NAME: Final = re.compile(r"^([A-Z][a-z]{2,})(?=\s+(?:and\s+[A-Z]|[a-z]+s\b)|[’']s\b)")
_COMMON_OPENINGS: Final = frozenset(
    re.findall(
        r"\w+",
        "Across Aerial Birds Both Camera Children City Close Dancers Each Earth Eight Every Five Four Friends "
        "Her His Inside Its Kids Macro Morning Neon Night Nine One Our Outside Over People Rain Seven Six "
        "Slow Snow Some Steam Studio Sunlight That The Their There These This Those Three Two Under Waves "
        "When While Wide ",
    )
)
"""Capitalised words that open a sentence without being a name."""


def tips(request: ClipRequest) -> tuple[str, ...]:
    """Every tip that applies, most useful first, each one sentence of what and why."""
    prompt, kind = request.prompt, request.kind
    speech = bool(_SPEECH.search(prompt))
    found: list[str] = []
    if kind is Kind.CHARACTERS:
        found.extend(_about_references(request))
    if not _SOUND.search(prompt):
        found.append("Say what is heard too: picture and sound are made together, and silence is filled by guesswork.")
    if speech and not _LIP_SYNC.search(prompt) and not _OFF_SCREEN.search(prompt):
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
    used, count = request.characters_used, len(request.references)
    unused = [n for n in range(1, count + 1) if n not in used]
    name = _plain_name(request.prompt)
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


def _plain_name(prompt: str) -> str | None:
    opening = _OPENING_NAME.match(prompt)
    if opening and opening[1] not in _COMMON_OPENINGS:
        return opening[1]
    inner = _NAME.search(prompt)
    return inner[1] if inner and inner[1] not in _COMMON_OPENINGS else None
