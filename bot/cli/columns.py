"""Columns of a terminal: some characters take two of them, and some none. The doctor and the job report line up
their texts with it.
"""

from __future__ import annotations

import unicodedata


def columns(text: str) -> int:
    """How many columns the text takes: two for each wide character, such as Chinese and Japanese ones, and none for marks that
    stand on the letter before."""
    return sum(0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def padded(text: str, wanted: int) -> str:
    """The text, filled up with blanks to `wanted` columns."""
    return text + " " * max(wanted - columns(text), 0)
