"""`/quota`: what a member may still spend, and when it resets."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.presentation.client import HappyHorseClient
from bot.presentation.interactions.context import roles_of
from bot.presentation.interactions.responses import HorseInteraction, say, wait
from bot.presentation.views.quota_page import quota_page
from bot.presentation.views.translations import N_


class Quota(commands.Cog):
    def __init__(self, client: HappyHorseClient) -> None:
        self._client = client

    @app_commands.command(name="quota", description=N_("Your credits: what is left, for how many clips, when it resets"))
    async def quota(self, interaction: HorseInteraction) -> None:
        await wait(interaction, in_private=True)
        use_cases = self._client.use_cases
        member_id, role_ids = interaction.user.id, roles_of(interaction)
        quota = await use_cases.quota.of_member(member_id, role_ids)
        await say(interaction, quota_page(quota, use_cases.prices, preview=use_cases.preview))
        await use_cases.allowances.see(member_id, role_ids)


async def setup(client: HappyHorseClient) -> None:
    await client.add_cog(Quota(client))
