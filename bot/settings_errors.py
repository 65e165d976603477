"""What is wrong with a setting, in our own words: the value in a sentence, and what is allowed. For `bot.settings`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

_VALUE_CHARACTERS: Final = 60
_KINDS: Final[tuple[tuple[str, Callable[[Mapping[str, Any]], str]], ...]] = (
    ("value_error", lambda context: str(context["error"])),
    ("int", lambda _: "is no whole number"),
    ("float", lambda _: "is no number"),
    ("finite", lambda _: "is no number"),
    ("bool", lambda _: "is neither true nor false"),
    ("string", lambda _: "is no text; put it in quotation marks"),
    ("path", lambda _: "is no path; put it in quotation marks"),
    ("greater_than_equal", lambda context: f"is too small; {context['ge']:g} is the least"),
    ("greater_than", lambda context: f"is too small; it must be more than {context['gt']:g}"),
    ("less_than_equal", lambda context: f"is too large; {context['le']:,g} is the most"),
    ("literal_error", lambda context: f"is not known here; write {_quoted(context['expected'])}"),
    ("enum", lambda context: f"is not known here; write {_quoted(context['expected'])}"),
    ("tuple", lambda _: "is no list; write it like [1, 2]"),
    ("model", lambda _: "is no section; write its name in [brackets] and its settings below"),
    ("dict", lambda _: "is no table; write its name in [brackets] and one line for each entry below"),
)
"""By the beginning of the library's name for what is wrong, from its context."""
_UNREAD: Final = re.compile(r'error parsing value for field "(\w+)"')


def wrong(kind: str, context: Mapping[str, Any], value: object, *, secret: bool) -> str:
    """For example `"Mars/Olympus" is no time zone; write it like Europe/Berlin or UTC`.

    A `secret` value is never shown, nor one with marks that nobody would see in it.
    """
    said = next((words(context) for name, words in _KINDS if kind.startswith(name)), "is not what is wanted here")
    unseen = isinstance(value, str) and (value != value.strip() or not value.isprintable())
    return said if secret or unseen else f"{_shown(value)} {said}"


def unread(error: ValueError, prefix: str) -> str:
    """Of a variable of the environment that should hold a list or a table; `prefix` is how ours begin."""
    found = _UNREAD.search(str(error))
    begins = f"a variable that begins with {prefix}{found[1].upper() if found else ''}"
    return f'{begins} must hold JSON, like [1, 2], ["scenario", "preview"] or {{"1": 2}}'


def _shown(value: object) -> str:
    """As it would be written in the file."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _VALUE_CHARACTERS else f"{text[:_VALUE_CHARACTERS]}…"


def _quoted(expected: str) -> str:
    return expected.replace("'", '"')
