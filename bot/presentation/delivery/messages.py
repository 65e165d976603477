"""Sends, edits, finds and deletes our messages at Discord, as the bot. The other modules of this folder call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import discord

from bot.detail import Detail, DetailCode
from bot.presentation.delivery.discord_requests import NO_MENTIONS, DiscordRequests
from bot.presentation.delivery.message_parts import NO_FILES, Files, Kept, custom_ids, files_of, opened
from bot.presentation.discord_errors import Closed
from bot.presentation.views.layout import Page

Of = Callable[[Sequence[Any]], Iterator[str]]
"""What of a message's components is looked at."""
_HISTORY_PAGE: Final = 100
"""Messages that discord.py asks for in one request."""


class Messages:
    def __init__(self, requests: DiscordRequests) -> None:
        self._requests = requests

    async def edit(
        self, channel_id: int, message_id: int, page: Page, files: Files = NO_FILES, *, urgent: bool = True
    ) -> Mapping[str, Kept]:
        """Edits a message of the bot and returns its files. Afterwards it has exactly `files`.

        If it is in an archived thread, an `urgent` edit reopens the thread. Raises `Closed` or `DeliveryError`.
        """
        message = self._requests.client.get_partial_messageable(channel_id).get_partial_message(message_id)

        async def once() -> discord.Message:
            await self._requests.take(urgent=urgent)
            with opened(files) as attachments:
                return await message.edit(view=page, allowed_mentions=NO_MENTIONS, attachments=attachments)

        with self._requests.guarded(f"edit {channel_id}"):
            # An edit that is not urgent is not repeated: the next one comes soon.
            edited = await (
                self._requests.in_open_thread(channel_id, lambda: self._requests.unbroken(once)) if urgent else once()
            )
        return files_of(edited)

    async def send(
        self,
        channel_id: int,
        page: Page,
        *,
        nonce: str,
        files: Files = NO_FILES,
        mentions: discord.AllowedMentions = NO_MENTIONS,
        silent: bool = False,
    ) -> int:
        """Posts a message; its id. With the same nonce within a few minutes Discord returns the existing message instead. A
        `silent` one notifies nobody.

        Raises `DoneAlready` where that message was deleted, else `Closed`, `DeliveryError` or `UploadTooLarge`.
        """
        channel = self._requests.client.get_partial_messageable(channel_id)

        async def once() -> int:
            await self._requests.take()
            with opened(files) as attachments:
                sent = await channel.send(view=page, files=attachments, nonce=nonce, allowed_mentions=mentions, silent=silent)
            return sent.id

        return await self._requests.showing(f"send {channel_id}", once)

    async def find(
        self, channel_id: int, since_id: int, is_it: Callable[[str], bool], *, empty: bool = True, of: Of = custom_ids
    ) -> int | None:
        """The id of our latest message after `since_id` with a custom id for which `is_it` is true; None where there is none.

        With another `of`, `is_it` is called with other parts of the message, such as its texts.
        `empty` False: the channel has messages, so an empty history means that we may not read it, which Discord says in no
        other way. Raises `Closed` where we may not read, `DeliveryError` for a temporary error.
        """
        looked = 0
        with self._requests.guarded(f"read {channel_id}"):
            async for message in self._requests.client.get_partial_messageable(channel_id).history(limit=None):
                if looked % _HISTORY_PAGE == 0:
                    await self._requests.take()
                looked += 1
                if message.id <= since_id:
                    break
                if self._is_mine(message, is_it, of):
                    return message.id
        if not looked and not empty:
            raise Closed(Detail(DetailCode.HISTORY_CLOSED, (channel_id,)))
        return None

    async def holds(self, channel_id: int, message_id: int, is_it: Callable[[str], bool]) -> bool:
        """Whether this message is ours and has a custom id for which `is_it` is true. Raises as `find`."""
        await self._requests.take()
        with self._requests.guarded(f"read {channel_id}"):
            return self._is_mine(
                await self._requests.client.get_partial_messageable(channel_id).fetch_message(message_id), is_it
            )

    async def shown(self, channel_id: int, message_id: int) -> Mapping[str, Kept]:
        """The files of a message of ours by name. Other requests go first. Raises `Closed` or `DeliveryError`."""
        await self._requests.take(urgent=False)
        with self._requests.guarded(f"read {channel_id}"):
            return files_of(await self._requests.client.get_partial_messageable(channel_id).fetch_message(message_id))

    async def dm(self, member_id: int) -> int:
        """The channel for direct messages with this member. Raises `Closed` where they take none, or `DeliveryError`."""
        await self._requests.take()
        with self._requests.guarded("direct"):
            channel = await self._requests.client.create_dm(discord.Object(member_id))
        return channel.id

    async def delete(self, channel_id: int, message_id: int) -> None:
        """Deletes a message; one that is gone already is fine. Raises `Closed` where we may not, or `DeliveryError`."""
        message = self._requests.client.get_partial_messageable(channel_id).get_partial_message(message_id)

        async def once() -> None:
            await self._requests.take()
            with suppress(discord.NotFound):
                await message.delete()

        with self._requests.guarded(f"delete {channel_id}"):
            await self._requests.in_open_thread(channel_id, once)

    def _is_mine(self, message: discord.Message, is_it: Callable[[str], bool], of: Of = custom_ids) -> bool:
        me = self._requests.client.user
        return me is not None and message.author.id == me.id and any(map(is_it, of(message.components)))
