"""A bot of disnake's own making: `python disnake_bot.py URL TOKEN` registers /ping in the sandbox at URL and answers it."""

import sys

import disnake
from disnake.ext import commands

url, token = sys.argv[1:]
disnake.http.Route.BASE = f"{url}/api/v10"
disnake.Asset.BASE = f"{url}/cdn"
bot = commands.InteractionBot(intents=disnake.Intents(guilds=True))


@bot.slash_command(description="Answers")
async def ping(interaction: disnake.ApplicationCommandInteraction, word: str):
    await interaction.response.defer()
    await interaction.edit_original_response(f"pong {word}", components=[disnake.ui.Button(label="More", custom_id="more")])


@bot.listen()
async def on_button_click(interaction: disnake.MessageInteraction):
    await interaction.response.edit_message("pressed", components=[])


bot.run(token)
