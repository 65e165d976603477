"""Sends answers to interactions again after trouble on the way to Discord. `responses` calls it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import aiohttp
import discord

from bot.errors import Interrupted
from bot.presentation.discord_codes import ARCHIVED, by_a_proxy
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
AGAIN_SECONDS: Final = (0.3, 1.0)
"""Pauses before the second and the third try. They fit into the 3 s in which Discord takes a first answer."""
BROKEN: Final = (aiohttp.ClientError, OSError, Interrupted)
"""The connection broke or took too long: what was sent may have arrived."""
_T = TypeVar("_T")


async def again(send: Callable[[], Awaitable[_T]]) -> _T:
    """Sends it, twice more where the connection breaks. So it may be done twice, which must do no harm."""
    for pause in AGAIN_SECONDS:
        try:
            return await past_proxies(send)
        except BROKEN as error:
            _log.info("the connection to Discord broke off, trying again: %s", error)
            await asyncio.sleep(pause)
    return await past_proxies(send)


async def in_open_thread(interaction: discord.Interaction[Any], send: Callable[[], Awaitable[_T]]) -> _T:
    """`again` for an edit of an answer. Discord refuses it in a thread that was archived meanwhile; that is reopened then.

    Raises Discord's first refusal where the thread can't be reopened.
    """
    thread_id = interaction.channel_id
    try:
        return await again(send)
    except discord.HTTPException as refused:
        if refused.code != ARCHIVED or thread_id is None:
            raise
        try:
            await again(lambda: interaction.client.http.edit_channel(thread_id, archived=False))
        except (discord.HTTPException, *BROKEN) as error:
            _log.info("interaction %d: its thread is archived and can't be reopened: %s", interaction.id, error)
            raise refused from error
        return await again(send)


async def past_proxies(send: Callable[[], Awaitable[_T]]) -> _T:
    """Sends it, twice more where a proxy refuses it: then it did not reach Discord. Raises the last refusal.

    What a library cancels from inside is raised as `Interrupted`.
    """
    for pause in AGAIN_SECONDS:
        try:
            with own_cancels_only():
                return await send()
        except discord.HTTPException as error:
            if not by_a_proxy(error.status, error.code):
                raise
            _log.info("a proxy before Discord refused an answer, trying again: %s", error)
            await asyncio.sleep(pause)
    with own_cancels_only():
        return await send()
