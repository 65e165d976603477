"""Whatever goes wrong while an interaction is answered ends here: a word to the member, the rest to the log."""

from __future__ import annotations

import logging
import secrets
from typing import Final

import aiohttp
import discord
from discord import app_commands

from bot.errors import Gone, NotYours
from bot.presentation.asking import HorseInteraction, say, say_rest, unbooked
from bot.presentation.error_texts import error_page

_log: Final = logging.getLogger(__name__)
_EXPIRED: Final = frozenset({10062, 10015, 50027})
"""Unknown interaction, unknown webhook, invalid webhook token: the answer came too late, nobody can be told."""
_ANSWERED: Final = 40060
_REFERENCE_BYTES: Final = 3


async def tell(interaction: HorseInteraction, error: BaseException) -> None:
    """Never raises. The unexpected is logged with the reference that the member reads."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if _too_late(cause):
        _log.info("interaction %d: the answer came too late: %s", interaction.id, cause)
        return
    reference = secrets.token_hex(_REFERENCE_BYTES)
    if not isinstance(cause, (NotYours, Gone)):
        _log.error(
            "interaction %d by member %d failed, reference %s", interaction.id, interaction.user.id, reference, exc_info=cause
        )
    try:
        ask = unbooked(interaction)
        await say(interaction, error_page(cause, reference, None if ask is None else ask.id))
        if ask is not None:
            await say_rest(interaction, ask)
    except (discord.DiscordException, aiohttp.ClientError, OSError) as failure:
        _log.info("interaction %d: the member could not be told: %s", interaction.id, failure)


def _too_late(error: BaseException) -> bool:
    return isinstance(error, discord.HTTPException) and error.code in {*_EXPIRED, _ANSWERED}
