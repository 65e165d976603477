"""The connection to Discord's gateway: how many shards it has, what ends it for good, and events that the library can't read.

The client asks for the shards and has unreadable events skipped; the application holds the connection.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

import aiohttp
import discord

from bot.domain.backoff import Doubling
from bot.errors import GatewayClosed, SettingsError
from bot.ports import Clock
from bot.settings_problem import SettingsCode, SettingsProblem

_log: Final = logging.getLogger(__name__)
SHARDS_MOST: Final = 512
"""A shard takes up to 2,500 servers, so no bot needs more shards: an answer with a larger number is broken."""
_PAUSES: Final = Doubling(first=1, longest=60)
_TOKEN_REFUSED: Final = 4004
"""Discord's close code of the gateway for a refused token."""
_PASSES: Final = (discord.RateLimited, discord.DiscordServerError, aiohttp.ClientError, OSError, TimeoutError)


async def shards_wanted(client: discord.Client, clock: Clock) -> int:
    """How many shards Discord wants; asks until it answers. 1 if the answer has no such number, as when a proxy answered."""
    wait = _PAUSES.first
    while True:
        try:
            said, _, _ = await client.http.get_bot_gateway()
        except (discord.GatewayNotFound, *_PASSES) as error:
            cause = error.__cause__ if isinstance(error, discord.GatewayNotFound) else error
            if isinstance(cause, discord.HTTPException) and not _passes(cause):
                _log.warning("Discord does not say how many shards it wants, so there is one: %s", cause)
                return 1
            _log.warning("Discord does not say how many shards it wants, trying again in %.0f s: %s", wait, cause)
            await clock.sleep(wait)
            wait = _PAUSES.after(wait)
        except (KeyError, TypeError) as error:
            _log.warning("Discord's answer about shards can't be read, so there is one: %s", type(error).__name__)
            return 1
        else:
            return _bounded(said)


def _passes(error: discord.HTTPException) -> bool:
    return error.status >= HTTPStatus.INTERNAL_SERVER_ERROR or error.status == HTTPStatus.TOO_MANY_REQUESTS


def _bounded(said: object) -> int:
    if not isinstance(said, int) or not 1 <= said <= SHARDS_MOST:
        _log.warning("Discord wants a number of shards that can't be, so there is one")
        return 1
    if said > 1:
        _log.info("the bot runs on %d shards; each begins 5 s after the one before", said)
    return said


async def hold(client: discord.Client) -> None:
    """Stays connected until the client is closed. Raises `SettingsError` for a token that was withdrawn meanwhile, and
    `GatewayClosed` for every other reason with which Discord ends the connection for good.
    """
    try:
        await client.connect()
    except discord.ConnectionClosed as error:
        if error.code == _TOKEN_REFUSED:
            raise SettingsError(SettingsProblem(SettingsCode.TOKEN_WITHDRAWN)) from error
        raise GatewayClosed(error.code) from error


def skip_unreadable(client: discord.Client) -> None:
    """Has the library skip events that it can't read, instead of ending the connection and the bot. The log names the kind of
    such an event and nothing of its content.
    """
    parsers = client._connection.parsers  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  the library has no other place
    parsers.update({event: _skipping(event, parse) for event, parse in parsers.items()})


def _skipping(event: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
    def read(data: object) -> None:
        try:
            parse(data)
        except Exception as error:  # noqa: BLE001  whatever it is, the next events must still be read
            _log.error("an event of Discord's can't be read and is skipped: %s (%s)", event, type(error).__name__)

    return read
