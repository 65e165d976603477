"""Registers the commands at Discord, only when they have changed: Discord counts registrations, and each one takes a while."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any, Final

import aiohttp
import discord
from discord import app_commands

from bot.ports import Clock, Settings

_log: Final = logging.getLogger(__name__)
_KEY: Final = "commands"
UNREACHED: Final = (discord.DiscordException, aiohttp.ClientError, OSError)
"""Discord refused, or could not be reached: the commands that are registered stay."""


def fingerprint(tree: app_commands.CommandTree[Any], application_id: int, api_base: str) -> str:
    """Of everything that Discord is told, for this application at this address."""
    commands = sorted((command.to_dict(tree) for command in tree.get_commands()), key=lambda each: (each["type"], each["name"]))
    text = json.dumps([application_id, api_base, commands], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


async def register(
    tree: app_commands.CommandTree[Any], application_id: int, api_base: str, settings: Settings, clock: Clock
) -> bool:
    """Registers the commands if they are not what was registered last; True when they were sent."""
    wanted = fingerprint(tree, application_id, api_base)
    if await settings.read(_KEY) == wanted:
        return False
    await tree.sync()
    await settings.write(_KEY, wanted, clock.now_ms())
    _log.info("commands registered")
    return True


async def verify(tree: app_commands.CommandTree[Any], settings: Settings, clock: Clock) -> None:
    """Registers again where Discord has lost the commands (another bot of this application, a fresh sandbox)."""
    try:
        there = {(command.type, command.name) for command in await tree.fetch_commands()}
        ours = {(discord.AppCommandType(command.to_dict(tree)["type"]), command.name) for command in tree.get_commands()}
        if there != ours:
            await settings.write(_KEY, "", clock.now_ms())
            await tree.sync()
            _log.warning("Discord had other commands of this application; they are registered again")
    except UNREACHED as error:
        _log.warning("the registered commands could not be compared: %s", error)
