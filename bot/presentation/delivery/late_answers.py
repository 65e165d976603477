"""Tells members that a request came to nothing because the bot could not answer it in time. `going_on` calls it.

What it sends is a post of what was asked: its way and place are written down before it is sent. A later try looks there first.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import discord

from bot.domain.job import Way
from bot.domain.post import Post, PostState
from bot.ports import Asked, Outcome
from bot.presentation.delivery.discord_requests import NO_MENTIONS
from bot.presentation.delivery.message_parts import custom_ids
from bot.presentation.delivery.messages import Messages
from bot.presentation.delivery.poster import Poster
from bot.presentation.discord_errors import Closed, DoneAlready
from bot.presentation.views.layout import Page
from bot.presentation.views.translations import speaking

_log: Final = logging.getLogger(__name__)


class LateAnswers:
    def __init__(self, messages: Messages, poster: Poster) -> None:
        self._messages = messages
        self._poster = poster

    async def tell(self, asked: Asked, page_of: Callable[[int | None], Page]) -> bool:
        """Sends a direct message, or where the member takes none, posts where everybody saw the request. False: neither works.

        `page_of` makes the page, with a mention of the member whose id it is given. Safe to repeat: an earlier message is found
        by its buttons. False, too, where one may be in a place that can't be read any more: then nothing else is sent. Raises
        `DeliveryError` and `StorageError`.
        """
        wanted = self._poster.of_asked(asked.id)
        stored = await self._poster.stored(wanted)
        post = wanted if stored is None else stored
        if post.state is PostState.BEGUN:
            post = await self._looked_for(asked, post, page_of)
        if post.state is PostState.WANTED:
            # Earlier versions of the bot kept no post of it, only this outcome.
            post = await self._sent(asked, post, page_of, looks=stored is None and asked.outcome is Outcome.TELLING)
        return post.state in {PostState.SENT, PostState.DELETED}

    async def _looked_for(self, asked: Asked, post: Post, page_of: Callable[[int | None], Page]) -> Post:
        """The post of an earlier try that had no clear answer, as Discord shows it now: `SENT`, `WANTED` where it is not there,
        `BEGUN` where nobody can say.
        """
        try:
            message_id = await self._find(asked, post.channel_id or 0, page_of(None))
        except Closed as closed:
            _log.info("whether member %d was told can't be looked up: %s", asked.member_id, closed)
            return post
        if message_id is None:
            return replace(post, state=PostState.WANTED)
        [post] = await self._poster.keep(replace(post, message_id=message_id, state=PostState.SENT))
        return post

    async def _sent(self, asked: Asked, post: Post, page_of: Callable[[int | None], Page], *, looks: bool) -> Post:
        """The post once it was sent, or refused everywhere. `looks`: an earlier message may be in any place."""
        try:
            direct = replace(post, way=Way.DIRECT, channel_id=await self._messages.dm(asked.member_id))
            with speaking(asked.locale):
                return await self._once(asked, direct, page_of(None), NO_MENTIONS, looks=looks)
        except Closed as closed:
            _log.info("member %d takes no direct message: %s", asked.member_id, closed)
        if not asked.private and asked.guild_locale is not None and asked.channel_id is not None:
            public = replace(post, way=Way.CHANNEL, channel_id=asked.channel_id)
            mentions = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(asked.member_id)])
            try:
                with speaking(asked.guild_locale):
                    return await self._once(asked, public, page_of(asked.member_id), mentions, looks=looks)
            except Closed as closed:
                _log.info("nor can member %d be told in channel %d: %s", asked.member_id, asked.channel_id, closed)
        [post] = await self._poster.keep(replace(post, state=PostState.REFUSED))
        return post

    async def _once(self, asked: Asked, post: Post, page: Page, mentions: discord.AllowedMentions, *, looks: bool) -> Post:
        channel_id = post.channel_id or 0
        [post] = await self._poster.keep(replace(post, state=PostState.BEGUN))
        message_id = await self._find(asked, channel_id, page) if looks else None
        try:
            if message_id is None:
                message_id = await self._messages.send(channel_id, page, nonce=post.nonce, mentions=mentions)
        except DoneAlready as gone:
            _log.info("member %d was told, and that message was deleted: %s", asked.member_id, gone)
            [post] = await self._poster.keep(replace(post, state=PostState.DELETED))
            return post
        [post] = await self._poster.keep(replace(post, message_id=message_id, state=PostState.SENT))
        return post

    async def _find(self, asked: Asked, channel_id: int, page: Page) -> int | None:
        mine = frozenset(custom_ids(page.children))
        return await self._messages.find(channel_id, asked.id, mine.__contains__)
