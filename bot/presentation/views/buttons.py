"""Every button of the bot. Their custom ids hold an action and an id only, so that they work after any restart.

What a press does is decided elsewhere (`presses.py`); here is what a button looks like and how it finds its way back.
"""

from __future__ import annotations

import re
from typing import Any, Final, Self

import discord
from discord import ui

from bot.domain.examples import EXAMPLES, Example
from bot.presentation.views.custom_ids import BUTTON, Action, button_id

LABELS: Final = {
    Action.AGAIN: "Again",
    Action.REMIX: "Remix",
    Action.FINAL: "1080P final",
    Action.MORE: "More",
    Action.DELETE: "Delete",
    Action.ERASE: "Delete it",
    Action.CANCEL: "Cancel",
    Action.KEEP: "Let it finish",
    Action.DISCARD: "Throw it away",
    Action.RETRY: "Try again",
    Action.EDIT: "Edit",
    Action.PROMPT: "Show prompt",
    Action.LINK: "Fresh link",
    Action.POST: "Post it here",
    Action.DRAFT: "Edit and try again",
}
_STYLES: Final = {
    Action.AGAIN: discord.ButtonStyle.primary,
    Action.RETRY: discord.ButtonStyle.primary,
    Action.DRAFT: discord.ButtonStyle.primary,
    Action.KEEP: discord.ButtonStyle.primary,
    Action.POST: discord.ButtonStyle.primary,
    Action.DELETE: discord.ButtonStyle.danger,
    Action.ERASE: discord.ButtonStyle.danger,
    Action.DISCARD: discord.ButtonStyle.danger,
}
_LABEL_CHARACTERS: Final = 80


class Press(ui.DynamicItem[ui.Button[Any]], template=BUTTON):
    """One button. `subject` is a job's or draft's id in decimal, an example's key, or the number of a page."""

    def __init__(self, action: Action, subject: str, label: str | None = None, *, disabled: bool = False) -> None:
        self.action = action
        self.subject = subject
        super().__init__(
            ui.Button(
                label=(label or LABELS[action])[:_LABEL_CHARACTERS],
                style=_STYLES.get(action, discord.ButtonStyle.secondary),
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
        # A cog has told the client what presses do; what does it shows buttons itself.
        await interaction.client.handlers.pressed(interaction, self.action, self.subject)


def unknown(interaction: discord.Interaction[Any]) -> bool:
    """Whether this is a press, or a form, that nothing here answers; a form of ours is known before this is asked."""
    if interaction.type is discord.InteractionType.modal_submit:
        return True
    pressed = interaction.type is discord.InteractionType.component
    custom_id: object = (interaction.data or {}).get("custom_id")
    return pressed and BUTTON.fullmatch(str(custom_id)) is None


def job_button(action: Action, job_id: int, label: str | None = None) -> Press:
    return Press(action, str(job_id), label)


def example_button(example: Example) -> Press:
    return Press(Action.EXAMPLE, example.key, example.title)


def example_buttons() -> list[Press]:
    return [example_button(example) for example in EXAMPLES]


def link_button(label: str, url: str) -> ui.Button[Any]:
    """Goes to an address (at most 512 characters, Discord's limit) without asking us."""
    return ui.Button(label=label, url=url)
