"""Registers the commands at Discord, only when they have changed: Discord counts registrations, and each one takes a while.
The client calls it at the start.
"""

from __future__ import annotations

import hashlib
import json
import logging
from http import HTTPStatus
from typing import Any, Final

import aiohttp
import discord
from discord import app_commands

from bot.ports import COMMANDS_REFUSED, Clock, KeyValues
from bot.presentation.views.escaping import one_line

_log: Final = logging.getLogger(__name__)
_KEY: Final = "commands"
UNREACHED: Final = (discord.DiscordException, aiohttp.ClientError, OSError)
"""Discord refused, or could not be reached: the commands that are registered stay."""


_REFUSAL_CHARACTERS: Final = 600


class CommandsRefused(Exception):
    """Discord refuses the commands as they are; those that were registered before stay. `str()` is Discord's answer."""


async def fingerprint(tree: app_commands.CommandTree[Any], application_id: int, api_base: str) -> str:
    """A hash of what is registered, in all languages, for this application at this address of Discord."""
    translator = tree.translator
    told = [
        command.to_dict(tree) if translator is None else await command.get_translated_payload(tree, translator)
        for command in tree.get_commands()
    ]
    commands = sorted(told, key=lambda each: (each["type"], each["name"]))
    text = json.dumps([application_id, api_base, commands], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


async def register(
    tree: app_commands.CommandTree[Any],
    application_id: int,
    api_base: str,
    key_values: KeyValues,
    clock: Clock,
    ids: dict[str, int],
) -> bool:
    """Registers the commands if they are not what was registered last; True when they were sent. Raises `CommandsRefused`.

    Puts Discord's ids of the commands into `ids`, by their names, once they are known.
    """
    wanted = await fingerprint(tree, application_id, api_base)
    if await key_values.read(_KEY) == wanted:
        await _note(key_values, clock, "")
        return False
    await _sync(tree, key_values, clock, ids)
    await key_values.write(_KEY, wanted, clock.now_ms())
    _log.info("commands registered")
    return True


async def verify(tree: app_commands.CommandTree[Any], key_values: KeyValues, clock: Clock, ids: dict[str, int]) -> None:
    """Registers again where Discord has other commands (of another bot of this application, or in a fresh sandbox).

    `ids` as in `register`. Raises `CommandsRefused`.
    """
    try:
        fetched = await tree.fetch_commands()
        there = {(command.type, command.name) for command in fetched}
        ours = {(discord.AppCommandType(command.to_dict(tree)["type"]), command.name) for command in tree.get_commands()}
        if there != ours:
            await key_values.write(_KEY, "", clock.now_ms())
            await _sync(tree, key_values, clock, ids)
            _log.warning("Discord had other commands of this application; they are registered again")
        else:
            _learn(ids, fetched)
    except UNREACHED as error:
        _log.warning("the registered commands could not be compared: %s", error)


async def _sync(tree: app_commands.CommandTree[Any], key_values: KeyValues, clock: Clock, ids: dict[str, int]) -> None:
    """Registers the commands and stores a refusal for the doctor. Raises `CommandsRefused`, else as discord.py does."""
    try:
        _learn(ids, await tree.sync())
    except discord.HTTPException as error:
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR or error.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise
        refusal = one_line(str(error), _REFUSAL_CHARACTERS)
        await _note(key_values, clock, refusal)
        raise CommandsRefused(refusal) from error
    await _note(key_values, clock, "")


def _learn(ids: dict[str, int], commands: list[app_commands.AppCommand]) -> None:
    ids.update({each.name: each.id for each in commands if each.type is discord.AppCommandType.chat_input})


async def _note(key_values: KeyValues, clock: Clock, refusal: str) -> None:
    if (await key_values.read(COMMANDS_REFUSED) or "") != refusal:
        await key_values.write(COMMANDS_REFUSED, refusal, clock.now_ms())
