"""Builds messages of Discord's components: one container, coloured by state, whose buttons never time out.

All views build their pages with it. It keeps to Discord's limits for components and text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Self

import discord
from discord import ui

BLUE: Final = 0x5865F2
AMBER: Final = 0xF0B232
GREEN: Final = 0x23A55A
RED: Final = 0xE5484D
GREY: Final = 0x80848E

_BUTTONS_IN_A_ROW: Final = 3
"""Discord allows five; three fit a phone."""

AnyButton = ui.Button[Any] | ui.DynamicItem[ui.Button[Any]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a gallery: its file name in the message (or a URL), and its description for screen readers."""

    media: str
    description: str


def bold(text: str) -> str:
    """The text as a headline."""
    return f"**{text}**"


def paragraph(*sentences: str) -> str:
    """Whole sentences, one behind the other; empty ones are left out."""
    return " ".join(each for each in sentences if each)


class Page(ui.LayoutView):
    """One message. Its buttons are dynamic items, so nothing of it stays in memory after it was sent."""

    def __init__(self, accent: int | None = None) -> None:
        super().__init__(timeout=None)
        self._box: ui.Container[Self] = ui.Container(accent_colour=accent)
        self.add_item(self._box)

    def text(self, *lines: str) -> Self:
        """Adds a block of text; empty lines are left out."""
        content = "\n".join(line for line in lines if line)
        if content:
            self._box.add_item(ui.TextDisplay(content))
        return self

    def beside(self, text: str, accessory: AnyButton | Picture) -> Self:
        """Adds text with a button or a small picture beside it."""
        if isinstance(accessory, Picture):
            small: ui.Thumbnail[Self] = ui.Thumbnail(accessory.media, description=accessory.description[:1024])
            self._box.add_item(ui.Section(ui.TextDisplay(text), accessory=small))
        else:
            self._box.add_item(ui.Section(ui.TextDisplay(text), accessory=accessory))
        return self

    def gallery(self, pictures: Iterable[Picture]) -> Self:
        items = [discord.MediaGalleryItem(each.media, description=each.description[:1024]) for each in pictures]
        if items:
            self._box.add_item(ui.MediaGallery(*items[:10]))
        return self

    def line(self) -> Self:
        self._box.add_item(ui.Separator())
        return self

    def buttons(self, *buttons: AnyButton | None) -> Self:
        """Adds buttons in rows of at most three; None is left out."""
        present = [button for button in buttons if button is not None]
        for start in range(0, len(present), _BUTTONS_IN_A_ROW):
            self._box.add_item(ui.ActionRow(*present[start : start + _BUTTONS_IN_A_ROW]))
        return self
