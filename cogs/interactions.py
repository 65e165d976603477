"""Passes presses of buttons, submitted forms and errors to their handlers, in the member's language. discord.py calls it."""

from __future__ import annotations

import discord
from discord.ext import commands

from bot.errors import Gone
from bot.presentation.client import HappyHorseClient
from bot.presentation.discord_language import member_language
from bot.presentation.interactions import error_handler
from bot.presentation.interactions.button_handlers import press
from bot.presentation.interactions.filled_forms import submitted
from bot.presentation.interactions.modal_handlers import submit
from bot.presentation.interactions.responses import HorseInteraction
from bot.presentation.views.buttons import Press, unknown
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.translations import speak
from bot.tasks import own_cancels_only


class Interactions(commands.Cog):
    """`setup` gives this to the client as its `handlers`. The client can't import them, since they import the client."""

    async def pressed(self, interaction: HorseInteraction, action: Action, subject: str) -> None:
        """A button of ours was pressed. Its message may be of an earlier process."""
        speak(member_language(interaction))
        try:
            with own_cancels_only():
                await press(interaction, action, subject)
        except Exception as error:  # noqa: BLE001  worded for the member and logged, in one place
            await error_handler.tell(interaction, error)

    async def received(self, interaction: HorseInteraction) -> None:
        """Called for every interaction. Answers forms, of which discord.py knows none (see `views/modals.py`)."""
        speak(member_language(interaction))
        try:
            with own_cancels_only():
                await _answer(interaction)
        except Exception as error:  # noqa: BLE001  worded for the member and logged, in one place
            await error_handler.tell(interaction, error)

    async def failed(self, interaction: HorseInteraction, error: discord.app_commands.AppCommandError) -> None:
        """A command raised this."""
        await error_handler.tell(interaction, error)


async def _answer(interaction: HorseInteraction) -> None:
    """Answers a form. Raises `Gone` for a button or form that only another version of the bot knows."""
    form = submitted(interaction)
    if form is not None:
        await submit(interaction, form)
    elif unknown(interaction):
        msg = "a custom id that this version does not know"
        raise Gone(msg)


async def setup(client: HappyHorseClient) -> None:
    cog = Interactions()
    client.handlers = cog
    client.add_dynamic_items(Press)
    await client.add_cog(cog)
