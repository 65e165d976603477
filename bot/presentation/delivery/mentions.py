"""Mentions the member of an order of several clips once, when nothing of it runs any more. `BoardEnds` calls it.

The clips themselves are posted silently. The mention is a post of the order: its place is written down before it is sent, and
an earlier one is looked for, so that it comes once after any kill.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import discord

from bot.domain.job import Job, Way
from bot.domain.post import Post, PostState, Purpose
from bot.domain.snowflake import id_before_messages_of
from bot.presentation.delivery.message_parts import texts
from bot.presentation.delivery.messages import Messages
from bot.presentation.delivery.poster import Poster
from bot.presentation.discord_errors import Closed, DoneAlready
from bot.presentation.views.board import mention_page, mention_text
from bot.presentation.views.board_words import board_link, lead
from bot.presentation.views.translations import speaking

_log: Final = logging.getLogger(__name__)


class Mentions:
    def __init__(self, messages: Messages, poster: Poster) -> None:
        self._messages = messages
        self._poster = poster

    async def mention(self, jobs: Sequence[Job], *, quoted: bool) -> None:
        """Tells the member in one line what came of these jobs: in their thread, else the channel, else by direct message.
        `quoted`: with their own words.

        Where every place refuses it, the board alone says so. Raises `DeliveryError` for a temporary error.
        """
        job = lead(jobs)
        address = job.address
        wanted = self._poster.of_order(job, Purpose.MENTION, PostState.BEGUN, channel_id=address.posts_to)
        stored = await self._poster.stored(wanted)
        if stored is not None and stored.state is not PostState.BEGUN:
            return
        places = () if address.private else tuple(dict.fromkeys((address.posts_to, address.channel_id)))
        for channel_id in places:
            try:
                await self._send(jobs, replace(wanted, channel_id=channel_id), quoted=quoted)
            except DoneAlready as gone:
                _log.info("order %d: its mention was there and was deleted: %s", job.order_id, gone)
                await self._poster.keep(replace(wanted, state=PostState.DELETED))
                return
            except Closed as closed:
                _log.info("order %d: its member can't be mentioned in %d: %s", job.order_id, channel_id, closed)
            else:
                return
        try:
            with speaking(address.member_locale):
                channel_id = await self._messages.dm(job.member_id)
                await self._send(jobs, replace(wanted, way=Way.DIRECT, channel_id=channel_id), quoted=quoted)
        except Closed as closed:
            _log.info("order %d: nor by direct message: %s", job.order_id, closed)
            await self._poster.keep(replace(wanted, state=PostState.REFUSED))

    async def _send(self, jobs: Sequence[Job], wanted: Post, *, quoted: bool) -> None:
        job, channel_id = lead(jobs), wanted.channel_id or 0
        # The mention links to its board, so that it can be told from the mention of another order in the same channel.
        board = board_link(job)
        text = mention_text(jobs, board, quoted=quoted)
        mentions = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(job.member_id)])

        async def send(once: str) -> int:
            return await self._messages.send(channel_id, mention_page(jobs, text), nonce=once, mentions=mentions)

        def is_mine(said: str) -> bool:
            return said == text or bool(board and board in said and said.startswith(f"<@{job.member_id}>"))

        [begun] = await self._poster.keep(wanted)
        since_id = id_before_messages_of(job.created_at_ms)
        await self._poster.send_begun(begun, send, is_mine, since_id, first=begun.id == wanted.id, of=texts)
