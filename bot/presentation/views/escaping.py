"""Makes members' text safe to show: no active markdown, no mentions, no invisible characters, cut to length.

Every view that shows a member's text calls it. Lengths are in UTF-16 units: Discord's clients count these, its servers code
points, which are never more.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from bot.presentation.views.translations import _

THREAD_NAME_CHARACTERS: Final = 60
"""Discord allows 100; phones show about this many."""
BLOCK_UNITS: Final = 3800
"""The largest block that fits into a message with a heading. A prompt of common letters fits into one block."""

_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Controls, direction overrides, zero-width and blank letters, tags. For joiners see `_LOOSE_JOINER`."""
_UNSAFE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Removed even from code blocks: controls, direction overrides, halves of a surrogate pair."""
_LOOSE_JOINER: Final = re.compile(r"(?<![^\x00-\x7f\s])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f\s])")
"""Joiners that have no meaning: they are not between two letters or signs of a script that joins, or of an emoji."""
_PILED_MARKS: Final = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{2})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)
_MARKDOWN: Final = re.compile(r"([\\`*_~|<\[\]])")
_LINK: Final = re.compile(r"(?i)\b([a-z][a-z0-9+.-]{1,15}):(?=//)")
_MASS_MENTION: Final = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_LINE_START: Final = re.compile(r"^(?:([#>+-])|(\d{1,9})([.)]))")
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})


def clean(text: str) -> str:
    """The text without invisible characters and direction overrides, and with plain line ends."""
    text = _plain_ends(unicodedata.normalize("NFC", text))
    text = _LOOSE_JOINER.sub("", _INVISIBLE.sub("", text))
    return _PILED_MARKS.sub(r"\1", text)


def well_formed(text: str) -> str:
    """The text in a form that can always be encoded: single halves of a surrogate pair, which only a broken client sends,
    become U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def width(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int) -> str:
    """The text, cut to `most` UTF-16 units with `…` at the end: after a word if possible, never inside an emoji or accent."""
    if width(text) <= most:
        return text
    kept = text
    while width(kept) > most - 1:
        kept = kept[: -max(1, (width(kept) - most + 1) // 2)]
    following = text[len(kept) :]
    while kept and clings(following[:1], kept[-1]):
        following, kept = kept[-1] + following, kept[:-1]
    space = kept.rfind(" ")
    if space > len(kept) * 3 // 4 and not following.startswith(" "):
        kept = kept[:space]
    return kept.rstrip() + "…"


def one_line(text: str, most: int) -> str:
    """The text clean, on one line and cut, but not escaped: for thread names, labels and other places without markdown."""
    return cut(" ".join(clean(text).split()), most)


def inline(text: str, most: int) -> str:
    """The text clean, on one line, cut to `most` units, and escaped: no markdown, mention, link or timestamp in it works.

    The escapes may make the result up to twice as long as `most`. Text with right-to-left letters is isolated, so that it does
    not change the order of the text around it.
    """
    line = one_line(text, most)
    inert = _LINE_START.sub(_escape_start, _MARKDOWN.sub(r"\\\1", line))
    inert = _MASS_MENTION.sub("@\u200b", _LINK.sub(r"\1\\:", inert))
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in line):
        return f"\u2068{inert}\u2069"
    return inert


def blocks(text: str, most: int = BLOCK_UNITS) -> list[str]:
    """The whole text as code blocks of at most `most` units each, to be read and copied. Markdown does not work in them.

    They have everything that was typed, invisible characters too, except controls and direction overrides. Three backticks
    would end the block, so zero-width spaces are put between them.
    """
    rest = _UNSAFE.sub("", _plain_ends(text)).strip().replace("```", "`\u200b`\u200b`") or " "
    room = most - len("```\n\n```")
    found: list[str] = []
    while rest:
        end = len(rest)
        while width(rest[:end]) > room:
            end -= max(1, (width(rest[:end]) - room) // 2)
        found.append(f"```\n{rest[:end]}\n```")
        rest = rest[end:]
    return found


def unseen(text: str) -> int:
    """How many invisible characters the text has; they may have a meaning for the model."""
    return len(_INVISIBLE.findall(text))


def thread_name(prompt: str) -> str:
    """A thread's name from the prompt; never empty."""
    return one_line(prompt, THREAD_NAME_CHARACTERS) or unnamed_thread()


def unnamed_thread() -> str:
    """The name of a thread whose prompt must not be shown."""
    # Translators: the name of a thread, at most 60 characters.
    return _("A clip")


def _plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _escape_start(match: re.Match[str]) -> str:
    return f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}"


def clings(following: str, last: str) -> bool:
    """Whether a character belongs to the one before it (`last`), as an accent or a part of the same emoji. `following` may be
    "".
    """
    return last == "\u200d" or (
        bool(following)
        and (
            unicodedata.combining(following) != 0
            or following in "\u200d\ufe0f\u20e3"
            or "\U0001f3fb" <= following <= "\U0001f3ff"
            or ("\U0001f1e6" <= following <= "\U0001f1ff" and "\U0001f1e6" <= last <= "\U0001f1ff")
        )
    )
