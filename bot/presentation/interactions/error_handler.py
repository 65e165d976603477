"""Handles every error of an answer to an interaction: tells the member, and logs the rest. The cog `interactions` and
`going_on` call it.
"""

from __future__ import annotations

import logging
import secrets
from typing import Final

import aiohttp
import discord
from discord import app_commands

from bot.errors import DatabaseBusy, FoundTooLate, Gone, MediaBusy, NotYours
from bot.ports import Outcome
from bot.presentation.discord_codes import (
    ALREADY_ANSWERED,
    ARCHIVED,
    BAD_TOKEN,
    UNKNOWN_INTERACTION,
    UNKNOWN_WEBHOOK,
    WORDS_BLOCKED,
    Meaning,
    meaning,
)
from bot.presentation.interactions.asked import settle
from bot.presentation.interactions.booking import failed_request, say_rest
from bot.presentation.interactions.responses import HorseInteraction, NotAnswered, PerhapsAnswered, say
from bot.presentation.interactions.tries import BROKEN
from bot.presentation.views.error_pages import error_page, failed_request_note

_log: Final = logging.getLogger(__name__)
_EXPIRED: Final = frozenset({UNKNOWN_INTERACTION, UNKNOWN_WEBHOOK, BAD_TOKEN, ALREADY_ANSWERED})
"""The answer came too late, or was given already: the member can't be told."""
_ERROR_CODE_BYTES: Final = 3


async def tell(interaction: HorseInteraction, error: BaseException) -> None:
    """Never raises. An unexpected error is logged with the reference that the member reads."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if interaction.client.is_closed():
        # What was written down stays open: the next start goes on with it.
        _log.info("interaction %d is given up, the bot is stopping: %s", interaction.id, cause)
        return
    if isinstance(cause, NotAnswered):
        _log.info("interaction %d: %s", interaction.id, cause)
        if not isinstance(cause, PerhapsAnswered):
            await settle(interaction, Outcome.LOST)
        # Else it stays open, so that `going_on` tells the member, whom Discord may have shown a "thinking".
        return
    if isinstance(cause, discord.HTTPException) and cause.code in _EXPIRED:
        _log.info("interaction %d: the answer came too late: %s", interaction.id, cause)
        await settle(interaction, Outcome.LOST)
        return
    error_code = secrets.token_hex(_ERROR_CODE_BYTES)
    if isinstance(cause, (DatabaseBusy, FoundTooLate, MediaBusy)) or _is_the_places(cause):
        _log.error(
            "interaction %d by member %d failed, reference %s: %s", interaction.id, interaction.user.id, error_code, cause
        )
    elif isinstance(cause, discord.HTTPException) and cause.code in WORDS_BLOCKED:
        _log.info("interaction %d: the words of its answer are not let through: %s", interaction.id, cause)
    elif not isinstance(cause, (NotYours, Gone)):
        _log.error(
            "interaction %d by member %d failed, reference %s", interaction.id, interaction.user.id, error_code, exc_info=cause
        )
    try:
        await _say(interaction, cause, error_code)
        await settle(interaction, Outcome.ANSWERED)
    except (discord.DiscordException, *BROKEN, NotAnswered) as failure:
        _log.info("interaction %d: the member could not be told: %s", interaction.id, failure)


def _is_the_places(cause: BaseException) -> bool:
    """Whether Discord, or a proxy before it, refuses what it may take later, the connection to it broke off, or the answer is
    in an archived thread. Nothing of ours is broken then.
    """
    if isinstance(cause, (aiohttp.ClientError, ConnectionError)):
        return True
    if not isinstance(cause, discord.HTTPException):
        return False
    return cause.code == ARCHIVED or meaning(cause.status, cause.code) is Meaning.PASSES


async def _say(interaction: HorseInteraction, cause: BaseException, error_code: str) -> None:
    request = failed_request(interaction)
    if request is None:
        await say(interaction, error_page(cause, error_code))
        return
    note = failed_request_note(kept=request.kept, sure=request.sure, pictures=bool(request.clip_input.attached))
    await say(interaction, error_page(cause, error_code, request.clip_input.id if request.kept else None, note))
    await say_rest(interaction, request.clip_input, kept=request.kept)
