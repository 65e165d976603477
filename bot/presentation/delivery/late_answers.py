"""Tells members that a request came to nothing because the bot was not there to answer it. `going_on` calls it at the start."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

import discord

from bot.ports import Asked
from bot.presentation.delivery.discord_requests import NO_MENTIONS
from bot.presentation.delivery.message_parts import custom_ids
from bot.presentation.delivery.messages import Messages
from bot.presentation.discord_errors import Closed
from bot.presentation.views.layout import Page
from bot.presentation.views.translations import speaking

_log: Final = logging.getLogger(__name__)


class LateAnswers:
    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    async def tell(self, asked: Asked, page_of: Callable[[int | None], Page]) -> bool:
        """Sends a direct message, or where the member takes none, posts where everybody saw the request. False: neither works.

        `page_of` makes the page, with a mention of the member whose id it is given. Safe to repeat: an earlier message is found
        by its buttons, and nothing is posted where that can't be looked up. Raises `DeliveryError`.
        """
        with speaking(asked.locale):
            page = page_of(None)
        try:
            await self._once(asked, await self._messages.dm(asked.member_id), page, NO_MENTIONS)
        except Closed as closed:
            _log.info("member %d takes no direct message: %s", asked.member_id, closed)
        else:
            return True
        if asked.private or asked.guild_locale is None or asked.channel_id is None:
            return False
        with speaking(asked.guild_locale):
            page = page_of(asked.member_id)
        mentions = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(asked.member_id)])
        try:
            await self._once(asked, asked.channel_id, page, mentions)
        except Closed as closed:
            _log.info("nor can member %d be told in channel %d: %s", asked.member_id, asked.channel_id, closed)
            return False
        return True

    async def _once(self, asked: Asked, channel_id: int, page: Page, mentions: discord.AllowedMentions) -> None:
        mine = frozenset(custom_ids(page.children))
        if await self._messages.find(channel_id, asked.id, mine.__contains__) is None:
            await self._messages.send(channel_id, page, nonce=f"{asked.id}l", mentions=mentions)
