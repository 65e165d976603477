"""Tells the operator of notices: always in the log, in English, and in a Discord channel where one is configured.

`DiscordNotifier` calls `tell`; the pipeline's `LateEnds` calls `tell_left`. A line for the channel is written down before it is
sent. What could not be sent is sent later, by another process too, for a day.
"""

from __future__ import annotations

import logging
from typing import Final

from bot.domain import nonce
from bot.domain.post import Post, PostState
from bot.domain.snowflake import id_before_messages_of, time_ms
from bot.errors import HappyHorseError, StorageError
from bot.notice import Notice
from bot.ports import Clock, Posts
from bot.presentation.delivery.message_parts import texts
from bot.presentation.delivery.messages import Messages
from bot.presentation.delivery.poster import Poster
from bot.presentation.discord_errors import Closed
from bot.presentation.views import escaping
from bot.presentation.views.error_pages import note_page
from bot.presentation.views.layout import AMBER
from bot.presentation.views.notices import sentence
from bot.presentation.views.translations import ENGLISH, Language, _, speaking
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
_CHARACTERS: Final = 1500
_LEFT_MOST: Final = 20
"""Lines that one look sends."""
_KEPT_MS: Final = 24 * 60 * 60 * 1000
"""A line that could not be sent in a day is old, and stands in the log."""


class OperatorsChannel:
    """`channel_id` is None where no channel is configured. `language` is that of the shell which started the bot."""

    def __init__(
        self, messages: Messages, poster: Poster, posts: Posts, clock: Clock, channel_id: int | None, language: Language
    ) -> None:
        self._messages = messages
        self._poster = poster
        self._posts = posts
        self._clock = clock
        self._channel_id = channel_id
        self._hears = False
        self._language = language

    @property
    def hears(self) -> bool:
        """Whether the last text arrived. Only then members are told that the people who run the bot know."""
        return self._hears

    async def tell(self, notice: Notice) -> None:
        with speaking(ENGLISH):
            _log.warning("for the operator: %s", sentence(notice))
        if self._channel_id is None:
            return
        self._hears = False
        with speaking(self._language):
            text = escaping.inline(sentence(notice), _CHARACTERS)
        wanted = self._poster.line(self._channel_id, text)
        try:
            # A restart may bring the same text again: it is told once in some minutes.
            post = await self._posts.recent_line(text, self._clock.now_ms() - nonce.REMEMBERED_MS)
            if post is None:
                [post] = await self._posts.keep(wanted)
        except StorageError as error:
            # The database's own trouble must be told too. Nobody sends this line again.
            _log.warning("a line to the operator could not be written down: %s", error)
            post = wanted
        self._hears = post.state is PostState.SENT or await self._post(post, first=post.id == wanted.id)

    async def tell_left(self) -> None:
        """Sends what could not be sent before. Raises `StorageError`."""
        now = self._clock.now_ms()
        if self._channel_id is None:
            return
        for post in await self._posts.lines_left(now, now - _KEPT_MS, _LEFT_MOST):
            if not await self._post(post, first=False):
                await self._posts.put_line_off(post, now)
                return
            self._hears = True

    async def _post(self, post: Post, *, first: bool) -> bool:
        """Sends a line that is stored as begun, once. Whether it is there."""
        channel_id = post.channel_id or 0
        with speaking(self._language):
            page = note_page(_("For the operator"), post.content, AMBER)
        theirs = set(texts(page.children))
        since_id = id_before_messages_of(time_ms(post.id))

        async def send(once: str) -> int:
            return await self._messages.send(channel_id, page, nonce=once)

        try:
            with own_cancels_only():
                await self._poster.send_begun(post, send, theirs.__contains__, since_id, first=first, of=texts)
        except StorageError as error:
            _log.warning("that a line to the operator arrived could not be written down: %s", error)
            return True
        except (Closed, HappyHorseError) as error:
            _log.error("the operator's channel %d does not take messages: %s", channel_id, error)
            return False
        return True
