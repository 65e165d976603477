"""A bot of discord.py alone that defers `/video text`: it shows what the library and the network cost by themselves.

With the path of a database it commits one row there before each answer, as durably as the real bot does.
"""

import argparse

import aiosqlite
import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

parser = argparse.ArgumentParser()
parser.add_argument("url")
parser.add_argument("token")
parser.add_argument("--commands", action="store_true", help="register the command")
parser.add_argument("--database", help="where to commit a row before each answer")
options = parser.parse_args()
url: str = options.url
Route.BASE = f"{url}/api/v10"
DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url.replace("http", "ws", 1) + "/gateway")


class Bare(discord.Client):
    database: aiosqlite.Connection | None = None

    async def setup_hook(self) -> None:
        if options.database:
            self.database = await aiosqlite.connect(options.database, isolation_level=None)
            await self.database.execute("PRAGMA journal_mode = WAL")
            await self.database.execute("PRAGMA synchronous = FULL")
            await self.database.execute("CREATE TABLE asked (id INTEGER PRIMARY KEY, token TEXT, prompt TEXT) STRICT")
        if options.commands:
            await tree.sync()


client = Bare(intents=discord.Intents(guilds=True), max_messages=None)
tree = app_commands.CommandTree(client)
video = app_commands.Group(name="video", description="Clips")
tree.add_command(video)


@video.command(description="A clip from words")
async def text(interaction: discord.Interaction, prompt: str) -> None:
    if client.database is not None:
        # Outside a transaction each statement is committed by itself.
        await client.database.execute("INSERT INTO asked VALUES (?, ?, ?)", (interaction.id, interaction.token, prompt))
    await interaction.response.defer()


client.run(options.token, log_handler=None)
