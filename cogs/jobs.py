"""`/jobs`: the member's clips, running and earlier ones."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.presentation.client import HappyHorseClient
from bot.presentation.interactions import job_list
from bot.presentation.interactions.responses import HorseInteraction
from bot.presentation.views.translations import N_


class Jobs(commands.Cog):
    @app_commands.command(name="jobs", description=N_("Your clips: state, place in line, link, cancel"))
    async def jobs(self, interaction: HorseInteraction) -> None:
        await job_list.show(interaction)


async def setup(client: HappyHorseClient) -> None:
    await client.add_cog(Jobs())
