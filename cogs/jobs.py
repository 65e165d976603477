"""`/jobs`: what a member has on its way and made lately."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.presentation.answering import HorseInteraction, say, wait
from bot.presentation.client import HappyHorseClient
from bot.presentation.overviews import jobs_page


class Jobs(commands.Cog):
    def __init__(self, client: HappyHorseClient) -> None:
        self._client = client

    @app_commands.command(name="jobs", description="Your clips: state, place in line, link, cancel")
    async def jobs(self, interaction: HorseInteraction) -> None:
        await wait(interaction, in_private=True)
        listed = await self._client.desk.list.of_member(interaction.user.id)
        await say(interaction, jobs_page(listed), plain=jobs_page(listed, quoted=False))


async def setup(client: HappyHorseClient) -> None:
    await client.add_cog(Jobs(client))
