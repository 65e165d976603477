"""A bot of discord.py alone that defers `/video text`: it shows what the library and the network cost by themselves."""

import sys

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

url, token, *wishes = sys.argv[1:]
Route.BASE = f"{url}/api/v10"
DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url.replace("http", "ws", 1) + "/gateway")


class Bare(discord.Client):
    async def setup_hook(self) -> None:
        if "--commands" in wishes:
            await tree.sync()


client = Bare(intents=discord.Intents(guilds=True), max_messages=None)
tree = app_commands.CommandTree(client)
video = app_commands.Group(name="video", description="Clips")
tree.add_command(video)


@video.command(description="A clip from words")
async def text(interaction: discord.Interaction, prompt: str) -> None:  # noqa: ARG001  the command's own option
    await interaction.response.defer()


client.run(token, log_handler=None)
