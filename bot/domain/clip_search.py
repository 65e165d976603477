"""Which of their finished clips a member looks for. `/clips` makes it from its options, and storage finds the clips."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

from bot.domain.clip import Kind

WORDS_MOST: Final = 10
"""Words that are looked for; further ones are left out. Nobody types as many by hand."""


@dataclass(frozen=True, slots=True)
class ClipSearch:
    """Everything that is given must hold for a clip.

    `words` are as `words_in` returns them: each must stand somewhere in the prompt. `since_ms`: it was asked for then or later,
    epoch milliseconds. `favourites`: only those that are marked as such.
    """

    words: tuple[str, ...] = ()
    kind: Kind | None = None
    since_ms: int | None = None
    favourites: bool = False

    def finds(self, prompt: str) -> bool:
        """Whether each word stands in the prompt, also as a part of a longer one, in capitals or not."""
        folded = _folded(prompt)
        return all(word in folded for word in self.words)


def words_in(text: str) -> tuple[str, ...]:
    """What is looked for when a member typed this text."""
    return tuple(_folded(text).split()[:WORDS_MOST])


def _folded(text: str) -> str:
    """Texts that differ in capitals only, or in how their characters are put together, are the same."""
    return unicodedata.normalize("NFKC", text).casefold()
