"""Logs the client in at the start, and waits while Discord is out of reach. The application calls it."""

from __future__ import annotations

import logging
from typing import Final

import aiohttp
import discord

from bot.domain.backoff import Doubling
from bot.errors import Interrupted, SettingsError
from bot.ports import Clock
from bot.settings_problem import SettingsCode, SettingsProblem
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
_PAUSES: Final = Doubling(first=1, longest=60)


async def log_in(client: discord.Client, token: str, api_base: str, clock: Clock) -> None:
    """Tries until Discord answers, as after a power cut. Raises `SettingsError` if the operator must repair something."""
    wait = _PAUSES.first
    while True:
        try:
            with own_cancels_only():
                await client.login(token)
        except discord.LoginFailure as error:
            raise SettingsError(SettingsProblem(SettingsCode.TOKEN_REFUSED)) from error
        except discord.RateLimited as error:
            wait = max(wait, error.retry_after)
            _log.warning("Discord takes no log-in for now, trying again in %.0f s", wait)
        except (discord.DiscordServerError, aiohttp.ClientError, Interrupted, OSError) as error:
            _log.warning("Discord is out of reach, trying again in %.0f s: %s", wait, error)
        except discord.HTTPException as error:
            raise SettingsError(SettingsProblem(SettingsCode.NO_DISCORD, (api_base, error.status))) from error
        else:
            return
        # Each try opens a new HTTP session, and discord.py leaves the one before open.
        await client.http.close()
        client.http.connector = discord.utils.MISSING
        await clock.sleep(wait)
        wait = _PAUSES.after(wait)
