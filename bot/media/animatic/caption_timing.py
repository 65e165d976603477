"""Cuts a prompt into captions and gives each its time in the clip. `animatic` calls it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from typing import Final

from bot.domain.clip import characters_in


class Role(StrEnum):
    """What a caption is about. All but SCENE are written above it in small letters."""

    SCENE = ""
    SPEECH = "SPEECH"
    CAMERA = "CAMERA"
    SOUND = "SOUND"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One caption: from `start` to `end` seconds. `characters` are the numbers of the characters that it
    names (3 for `character3`).
    """

    text: str
    role: Role
    start: float = 0.0
    end: float = 0.0

    @property
    def characters(self) -> frozenset[int]:
        return characters_in(self.text)


LEAD_SECONDS: Final = 0.3
TAIL_SECONDS: Final = 0.35
_COMFORT: Final = (1.3, 17.0)
"""Shortest time of a caption in seconds, and characters read per second, where the clip is long enough."""
_HURRY: Final = (1.05, 24.0)
"""The same two values where the prompt is long for the clip. Captions for which even these leave no time are left out."""
_LONGEST_SECONDS: Final = 6.0

_QUOTED: Final = re.compile(r"“([^”]{2,})”|\"([^\"]{2,})\"|«([^»]{2,})»|„([^“”]{2,})[“”]|「([^」]{1,})」")
_SAID: Final = re.compile(
    r"(?:[:,]|\b(?:say\w*|said|shout\w*|whisper\w*|ask\w*|cr(?:y|ies)|call\w*|repl\w+|answer\w*|sing\w*|speak\w*|yell\w*|scream\w*))\W*$",
    re.IGNORECASE,
)
"""Must stand before a quotation of one word; otherwise the word is not speech, only emphasised."""
_SENTENCE: Final = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])|\n+")
_PAUSE: Final = re.compile(r"(?<=[,;:—–])(?=\s)|(?<=[、，])")
_CLAUSE: Final = re.compile(r"(?<=[,;:—–])(?=\s)|(?=\s(?:and|while|as|with|then|but|past|across|through|where)\s)|(?<=[、，])")
_COMMA: Final = re.compile(r"(?<=[,;:])\s+|(?<=[、，])")
_CAMERA: Final = re.compile(
    r"\b((?<!to )(?<!to the )camera|push[- ]?in|pull[- ]?(?:out|back)|dolly|orbit|pan(?:s|ning)?\b|tilt|tracking|"
    r"hand-?held|close-up|"
    r"wide shot|zoom|steadicam|crane|drone shot|static shot|lens|depth of field)\b",
    re.IGNORECASE,
)
_SOUND: Final = re.compile(
    r"\b(sounds?|audio|music|tune|score|melody|song|hum|hums|humming|roar|roaring|thunder|splash\w*|clatter\w*|ambience|"
    r"noise|whisper\w*|laughter|applause|birdsong|footsteps|crackl\w+|rustl\w+|soft rain|drums?|piano|strings|orchestra\w*|"
    r"whistl\w+|echo\w*|cheer\w*|chirp\w*|wind howl\w*|surf)\b",
    re.IGNORECASE,
)

# Scripts without spaces are cut anywhere.
_WIDE: Final = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]")
_WORD: Final = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]|\s*[^\s\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]{1,28}")
_SHORT_CHARACTERS: Final = 12
_CHARACTERS_PER_SOUND: Final = 35
"""A clause is about sound if it has at least one sound word for so many characters."""


def phrases(prompt: str, duration: float, holds: int, shows: Callable[[Phrase], bool] = lambda _: True) -> tuple[Phrase, ...]:
    """Captions in order, without overlap, all within the clip of `duration` seconds. Each has at most `holds` characters, and
    `shows` is true for it.

    Speech has captions of its own, in quotation marks; camera and sound too, where there is time. If the prompt is too long to
    be read in the clip, its end is left out and the last caption ends with an ellipsis.
    """
    time = duration - LEAD_SECONDS - TAIL_SECONDS
    pieces: list[Phrase] = []
    for apart in (True, False):
        pieces = [piece for part in _parts(prompt, apart=apart) for piece in _short(part, holds) if shows(piece)]
        if sum(_need(piece, _HURRY) for piece in pieces) <= time:
            break
    pace = _COMFORT if sum(_need(piece, _COMFORT) for piece in pieces) <= time else _HURRY
    kept: list[Phrase] = []
    left = time
    for piece in pieces:
        need = _need(piece, pace)
        if need > left:
            break
        kept.append(piece)
        left -= need
    if not kept:
        kept = pieces[:1]
    if len(kept) < len(pieces):
        kept[-1] = replace(kept[-1], text=_with_ellipsis(kept[-1].text))
    return _timed(kept, pace, time)


def _parts(prompt: str, *, apart: bool) -> list[Phrase]:
    parts: list[Phrase] = []
    at = 0
    for match in _QUOTED.finditer(prompt):
        before = prompt[at : match.start()]
        spoken = next(group for group in match.groups() if group)
        if before.strip() and len(spoken.split()) == 1 and spoken.isascii() and not _SAID.search(before):
            continue
        parts += _told(before, apart=apart)
        parts += [Phrase(f"“{sentence.strip()}”", Role.SPEECH) for sentence in _SENTENCE.split(spoken) if sentence.strip()]
        at = match.end()
    return parts + _told(prompt[at:], apart=apart)


def _told(text: str, *, apart: bool) -> list[Phrase]:
    told: list[Phrase] = []
    for sentence in _SENTENCE.split(text):
        groups = groupby(_COMMA.split(sentence), _clause_role) if apart else [(_role(sentence), iter((sentence,)))]
        for role, clauses in groups:
            bare = " ".join(clauses).strip(" \t\n,;:—–-")
            if re.search(r"\w", bare):
                told.append(Phrase(bare, role))
    return told


def _clause_role(clause: str) -> Role:
    if _CAMERA.search(clause):
        return Role.CAMERA
    return Role.SOUND if len(_SOUND.findall(clause)) * _CHARACTERS_PER_SOUND >= max(len(clause), 1) else Role.SCENE


def _role(text: str) -> Role:
    """The role of most of the text: of at least three fifths of its characters, else SCENE."""
    told: Counter[Role] = Counter()
    for clause in _COMMA.split(text):
        told[_clause_role(clause)] += len(clause)
    role, length = told.most_common(1)[0]
    return role if length * 5 >= len(text) * 3 else Role.SCENE


def _short(phrase: Phrase, holds: int) -> list[Phrase]:
    if _length(phrase.text) <= holds:
        return [phrase]
    bits = [phrase.text]
    for pattern in (_PAUSE, _CLAUSE):
        bits = [part for bit in bits for part in (pattern.split(bit) if _length(bit) > holds else [bit]) if part]
    bits = [part for bit in bits for part in (_packed(_WORD.findall(bit), holds) if _length(bit) > holds else [bit])]
    cut = [bit.strip() for bit in _packed(bits, holds)]
    if phrase.role is Role.SPEECH:
        return [Phrase(bit, Role.SPEECH) for bit in cut]
    told = (bit.strip(" ,;:—–") for bit in cut)
    return [Phrase(text, phrase.role or _role(text)) for text in told if re.search(r"\w", text)]


def _packed(parts: list[str], holds: int) -> list[str]:
    """Joins neighbouring parts up to `holds` characters, to about equal lengths, so that no single word is left at the end."""
    total = sum(map(_length, parts))
    even = min(holds, total // max(-(-total // holds), 1) + holds // 6)
    packed: list[str] = []
    for part in parts:
        joined = _length((packed[-1] if packed else "") + part)
        if packed and (joined <= even or (joined <= holds and min(_length(part), _length(packed[-1])) < _SHORT_CHARACTERS)):
            packed[-1] += part
        else:
            packed.append(part)
    return packed


def _length(text: str) -> int:
    """Number of characters, for width and reading time: a Chinese, Japanese or Korean one counts as two."""
    bare = text.strip()
    return len(bare) + len(_WIDE.findall(bare))


def _need(phrase: Phrase, pace: tuple[float, float]) -> float:
    least, per_second = pace
    return max(least, _length(phrase.text) / per_second)


def _with_ellipsis(text: str) -> str:
    closing = "”" if text.endswith("”") else ""
    return f"{text.rstrip('”.,;:!? ')} …{closing}"


def _timed(kept: list[Phrase], pace: tuple[float, float], time: float) -> tuple[Phrase, ...]:
    needs = [_need(phrase, pace) for phrase in kept]
    stretch = time / max(sum(needs), 0.1)
    timed: list[Phrase] = []
    at = LEAD_SECONDS
    for phrase, need in zip(kept, needs, strict=True):
        share = need * stretch
        shown = share if len(kept) == 1 else min(share, _LONGEST_SECONDS)
        timed.append(replace(phrase, start=round(at, 3), end=round(at + shown, 3)))
        at += share
    return tuple(timed)
