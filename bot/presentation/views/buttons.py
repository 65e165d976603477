"""Every button of the bot. Their custom ids hold an action and an id only, so that they work after any restart.

Views make their buttons here, and `BUTTONS` lists them all. `interactions/button_handlers.py` does what a press asks for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import discord
from discord import ui

from bot.domain.examples import EXAMPLES, Example
from bot.domain.permissions import May
from bot.presentation.views.custom_ids import BUTTON, Action, button_id
from bot.presentation.views.escaping import cut
from bot.presentation.views.translations import N_, _

_PLAIN: Final = discord.ButtonStyle.secondary
_FIRST: Final = discord.ButtonStyle.primary
_LOSES: Final = discord.ButtonStyle.danger


@dataclass(frozen=True, slots=True)
class Button:
    """A button's label, marked for the catalogues ("" if it differs from case to case), who may press it, and its style."""

    label: str
    may: May
    style: discord.ButtonStyle = _PLAIN


BUTTONS: Final[Mapping[Action, Button]] = {
    # Translators: buttons, best of one or two words, at most 80 characters; so all up to "Edit and try again". This one makes
    # the same clip once more, the next opens a form that holds it, the third makes it in full resolution, the fourth shows what
    # else can be done.
    Action.AGAIN: Button(N_("Again"), May.WHO_MAY_READ_IT, _FIRST),
    Action.REMIX: Button(N_("Remix"), May.WHO_MAY_READ_IT),
    Action.REMIX_ALL: Button(N_("Remix"), May.WHO_MAY_READ_IT),
    Action.FINAL: Button(N_("1080P final"), May.WHO_MAY_READ_IT),
    # Translators: of several clips that were made at once, this one counts.
    Action.USE: Button(N_("Use this one"), May.OWNER_OR_MODERATOR),
    Action.MORE: Button(N_("More"), May.WHO_SEES_IT),
    Action.DELETE: Button(N_("Delete"), May.OWNER_OR_MODERATOR, _LOSES),
    Action.ERASE: Button(N_("Delete it"), May.OWNER_OR_MODERATOR, _LOSES),
    Action.CANCEL: Button(N_("Cancel"), May.OWNER_OR_MODERATOR),
    Action.CHOOSE: Button(N_("Cancel"), May.OWNER_OR_MODERATOR),
    # Translators: cancels all clips of an order.
    Action.ALL: Button(N_("All of them"), May.OWNER_OR_MODERATOR, _LOSES),
    Action.KEEP: Button(N_("Let it finish"), May.OWNER_OR_MODERATOR, _FIRST),
    Action.DISCARD: Button(N_("Throw it away"), May.OWNER_OR_MODERATOR, _LOSES),
    Action.RETRY: Button(N_("Try again"), May.WHO_MAY_READ_IT, _FIRST),
    Action.EDIT: Button(N_("Edit"), May.WHO_MAY_READ_IT),
    Action.PROMPT: Button(N_("Show prompt"), May.WHO_MAY_READ_IT),
    Action.LINK: Button(N_("Fresh link"), May.WHO_SEES_IT),
    Action.POST: Button(N_("Post it here"), May.OWNER, _FIRST),
    # Translators: a button. It orders several clips, whose price stands above it.
    Action.CONFIRM: Button(N_("Confirm"), May.AUTHOR, _FIRST),
    # Translators: a button. It makes three more clips like this one, each with a seed of its own. Here a "take" is such a clip.
    Action.TAKES: Button(N_("3 more takes"), May.WHO_MAY_READ_IT),
    Action.DRAFT: Button(N_("Edit and try again"), May.AUTHOR, _FIRST),
    Action.EXAMPLE: Button("", May.ANYONE),
    Action.PAGE: Button("", May.ANYONE),
    Action.ORDER: Button("", May.OWNER),
    Action.CLIPS: Button("", May.ANYONE),
    Action.OPEN: Button("", May.OWNER),
    # Translators: buttons that mark a clip as one of the member's favourites, and take the mark away.
    Action.MARK: Button(N_("Favourite"), May.OWNER),
    Action.UNMARK: Button(N_("Not a favourite"), May.OWNER),
}
EXAMPLE_TITLES: Final = {
    # Translators: buttons, at most 80 characters, that open an example; so the next two.
    "lighthouse": N_("A storm at the lighthouse"),
    "baker": N_("A baker talks to you"),
    "paper": N_("A paper boat on an adventure"),
}
"""The label of each example's button, by the example's key. `example_button` translates it."""
_LABEL_CHARACTERS: Final = 80
"""Discord's limit, in UTF-16 units."""


class Press(ui.DynamicItem[ui.Button[Any]], template=BUTTON):
    """One button. `subject` is a job's or draft's id in decimal, an example's key, the number of a page, or what `found_page`
    returns.

    `plain`: it does not stand out, since another button of its message does.
    """

    def __init__(
        self, action: Action, subject: str, label: str | None = None, *, disabled: bool = False, plain: bool = False
    ) -> None:
        self.action = action
        self.subject = subject
        super().__init__(
            ui.Button(
                label=cut(label or _(BUTTONS[action].label), _LABEL_CHARACTERS),
                style=_PLAIN if plain else BUTTONS[action].style,
                custom_id=button_id(action, subject),
                disabled=disabled,
            )
        )

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],  # noqa: ARG003  the library's signature
        item: ui.Item[Any],  # noqa: ARG003  the library's signature
        match: re.Match[str],
        /,
    ) -> Self:
        return cls(Action(match["action"]), match["subject"], label="…")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        # By way of the client, since the handlers show buttons and so import this module.
        await interaction.client.handlers.pressed(interaction, self.action, self.subject)


def unknown(interaction: discord.Interaction[Any]) -> bool:
    """Whether nothing answers this press or form. Every form counts as unknown, so do not call it for a form of ours."""
    if interaction.type is discord.InteractionType.modal_submit:
        return True
    pressed = interaction.type is discord.InteractionType.component
    custom_id: object = (interaction.data or {}).get("custom_id")
    return pressed and BUTTON.fullmatch(str(custom_id)) is None


def job_button(action: Action, job_id: int, label: str | None = None) -> Press:
    return Press(action, str(job_id), label)


def example_button(example: Example) -> Press:
    return Press(Action.EXAMPLE, example.key, _(EXAMPLE_TITLES[example.key]))


def example_buttons() -> list[Press]:
    return [example_button(example) for example in EXAMPLES]


def link_button(label: str, url: str) -> ui.Button[Any]:
    """A button that opens a URL (at most 512 characters, Discord's limit). The bot is not told of its press."""
    return ui.Button(label=cut(label, _LABEL_CHARACTERS), url=url)
