"""Sends answers to interactions again after trouble on the way to Discord. `responses` calls it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import aiohttp
import discord

from bot.errors import DeliveryError, Interrupted
from bot.presentation.discord_codes import ARCHIVED, by_a_proxy
from bot.presentation.discord_errors import LIBRARY_SLEEPS_MOST, Closed
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


async def clear_away(interaction: discord.Interaction[Any]) -> None:
    """Deletes the first answer after the member has had another. Never raises, or they would be answered once more."""
    try:
        await again(interaction.delete_original_response)
    except (discord.HTTPException, *BROKEN) as error:
        _log.info("interaction %d: its first answer stays where everybody sees it: %s", interaction.id, error)


async def in_open_thread(interaction: discord.Interaction[Any], send: Callable[[], Awaitable[_T]]) -> _T:
    """`again` for an edit of an answer. Discord refuses it in a thread that was archived meanwhile; that is reopened then.

    Raises Discord's first refusal where the thread can't be reopened, or not for so long that the member is told later.
    """
    thread_id = interaction.channel_id
    try:
        return await again(send)
    except discord.HTTPException as refused:
        if refused.code != ARCHIVED or thread_id is None:
            raise
        try:
            await _reopen(interaction, thread_id)
        except (Closed, DeliveryError, Interrupted) as error:
            _log.info("interaction %d: its thread is archived and can't be reopened: %s", interaction.id, error)
            raise refused from error
        return await again(send)


async def _reopen(interaction: discord.Interaction[Any], thread_id: int) -> None:
    """Reopening has no token: it is the bot's own request, with limits that all who reopen this thread keep. A limit of seconds
    is waited out. Raises `Closed`, `DeliveryError` or `Interrupted`.
    """
    requests = interaction.client.notifier.requests
    try:
        await requests.reopen(thread_id, again)
    except DeliveryError as limited:
        if limited.retry_after is None or limited.retry_after > LIBRARY_SLEEPS_MOST:
            raise
        await asyncio.sleep(limited.retry_after)
        await requests.reopen(thread_id, again)


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
