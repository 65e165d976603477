"""`/help`: the bot in one look, with examples to press."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.presentation.client import HappyHorseClient
from bot.presentation.interactions.booking import roles_of
from bot.presentation.interactions.responses import HorseInteraction, say
from bot.presentation.views.jobs_page import help_page


class Help(commands.Cog):
    def __init__(self, client: HappyHorseClient) -> None:
        self._client = client

    @app_commands.command(name="help", description="What this bot does, with three examples to press")
    async def help(self, interaction: HorseInteraction) -> None:
        desk = self._client.desk
        member_id, role_ids = interaction.user.id, roles_of(interaction)
        exempt = desk.policy.is_exempt(member_id)
        allowance = None if exempt else await desk.allowances.credits(member_id, role_ids)
        told = help_page(
            desk.prices,
            desk.policy.window,
            allowance,
            preview=desk.preview,
            drafts=desk.offer.drafts,
            draws_first=desk.offer.draws_first,
            command_ids=self._client.command_ids,
        )
        await say(interaction, told)
        await desk.allowances.see(member_id, role_ids)


async def setup(client: HappyHorseClient) -> None:
    await client.add_cog(Help(client))
