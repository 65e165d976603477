"""`/help`: what the bot does and what it costs, with examples to press."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.presentation.client import HappyHorseClient
from bot.presentation.interactions.context import roles_of
from bot.presentation.interactions.responses import HorseInteraction, say
from bot.presentation.views.help_page import help_page
from bot.presentation.views.translations import N_


class Help(commands.Cog):
    def __init__(self, client: HappyHorseClient) -> None:
        self._client = client

    @app_commands.command(name="help", description=N_("What this bot does, with three examples to press"))
    async def help(self, interaction: HorseInteraction) -> None:
        use_cases = self._client.use_cases
        member_id, role_ids = interaction.user.id, roles_of(interaction)
        exempt = use_cases.policy.is_exempt(member_id)
        allowance = None if exempt else await use_cases.allowances.credits(member_id, role_ids)
        told = help_page(
            use_cases.prices,
            use_cases.policy.window,
            allowance,
            preview=use_cases.preview,
            preview_prices=use_cases.offer.preview_prices,
            previews_first=use_cases.offer.previews_first,
            command_ids=self._client.command_ids,
        )
        await say(interaction, told)
        await use_cases.allowances.see(member_id, role_ids)


async def setup(client: HappyHorseClient) -> None:
    await client.add_cog(Help(client))
