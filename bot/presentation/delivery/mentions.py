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
from bot.presentation.delivery.quoting import Quoting
from bot.presentation.discord_errors import Closed, DoneAlready
from bot.presentation.views.board import mention_page, mention_text
from bot.presentation.views.board_words import board_link, lead
from bot.presentation.views.translations import speaking

_log: Final = logging.getLogger(__name__)


class Mentions:
    def __init__(self, messages: Messages, poster: Poster, quoting: Quoting) -> None:
        self._messages = messages
        self._poster = poster
        self._quoting = quoting

    async def mention(self, jobs: Sequence[Job]) -> None:
        """Tells the member in one line what came of these jobs: in their thread, else the channel, else by direct message.

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
                await self._send(jobs, replace(wanted, channel_id=channel_id))
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
                await self._send(jobs, replace(wanted, way=Way.DIRECT, channel_id=channel_id))
        except Closed as closed:
            _log.info("order %d: nor by direct message: %s", job.order_id, closed)
            await self._poster.keep(replace(wanted, state=PostState.REFUSED))

    async def _send(self, jobs: Sequence[Job], wanted: Post) -> None:
        job, channel_id = lead(jobs), wanted.channel_id or 0
        # The mention links to its board, so that it can be told from the mention of another order in the same channel.
        board = board_link(job)
        texts_of_it = {quoted: mention_text(jobs, board, quoted=quoted) for quoted in (True, False)}
        mentions = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(job.member_id)])

        async def send(once: str) -> int:
            async def quoting(quoted: bool) -> int:  # noqa: FBT001  as `Quoting` calls it
                page = mention_page(jobs, texts_of_it[quoted])
                return await self._messages.send(channel_id, page, nonce=once, mentions=mentions)

            return await self._quoting.send(job.order_id, quoting)

        def is_mine(said: str) -> bool:
            linked = bool(board and board in said and said.startswith(f"<@{job.member_id}>"))
            return linked or said in texts_of_it.values()

        [begun] = await self._poster.keep(wanted)
        since_id = id_before_messages_of(job.created_at_ms)
        await self._poster.send_begun(begun, send, is_mine, since_id, first=begun.id == wanted.id, of=texts)
