"""Sends, edits, finds and deletes our messages at Discord, as the bot or with an interaction's token.

The other modules of this folder send all their requests through it, so that the rate limit and error handling are in one place.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, suppress
from http import HTTPStatus
from typing import Final, TypeVar, cast

import aiohttp
import discord

from bot.domain.job import Address
from bot.errors import DeliveryError, UploadTooLarge
from bot.ports import Clock
from bot.presentation.delivery.message_parts import NO_FILES, Files, Kept, custom_ids, files_of, opened
from bot.presentation.delivery.rate_limit import BURST, REQUESTS_PER_SECOND, RateLimit
from bot.presentation.discord_codes import ARCHIVED, THREAD_EXISTS
from bot.presentation.discord_errors import Closed, DoneAlready, NotTaken, Rests, refusals
from bot.presentation.views.layout import Page

_log: Final = logging.getLogger(__name__)
_ORIGINAL: Final = cast("int", "@original")
"""Discord's name for the first answer to an interaction, used where its id is not known. discord.py's type hint says int."""
_TOKEN_MARGIN_MS: Final = 20_000
"""A token that expires within this time is not used any more, since an upload takes time."""
_NO_MENTIONS: Final = discord.AllowedMentions.none()
_WEEK_MINUTES: Final = 10_080
"""Discord archives our threads after a week without messages, its longest setting."""
_HISTORY_PAGE: Final = 100
"""Messages that discord.py asks for in one request."""
_BROKEN_AGAIN_SECONDS: Final = (0.5, 2.0)
_BROKE_OFF: Final = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, ConnectionError)
_T = TypeVar("_T")


class Messages:
    def __init__(self, client: discord.Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._rate_limit = RateLimit(REQUESTS_PER_SECOND, burst=BURST)
        self._rests = Rests()

    def answerable(self, address: Address) -> bool:
        """Whether the interaction's token can still be used to edit its answer."""
        return bool(address.token) and self._clock.now_ms() < address.token_expires_at_ms - _TOKEN_MARGIN_MS

    async def edit_answer(
        self,
        address: Address,
        page: Page,
        files: Files = NO_FILES,
        mentions: discord.AllowedMentions = _NO_MENTIONS,
        *,
        urgent: bool = True,
    ) -> tuple[int, Mapping[str, Kept]]:
        """Edits the answer to the command. Returns its message id and its files. Afterwards it has exactly `files`.

        Safe to repeat. If it is in an archived thread, an `urgent` edit reopens the thread. Raises `Closed` or `DeliveryError`.
        """
        webhook = discord.Webhook.partial(address.application_id, address.token, client=self._client)

        async def once() -> discord.Message:
            with opened(files) as attachments:
                return await webhook.edit_message(
                    address.card_id or _ORIGINAL, view=page, allowed_mentions=mentions, attachments=attachments
                )

        opening = (lambda: self._in_open_thread(address.channel_id, once)) if urgent else once
        message = await self._showing(f"answer {address.token}", opening)
        return message.id, files_of(message)

    async def whisper(self, address: Address, page: Page) -> None:
        """Sends a message that only the member of the command sees, after its answer. Raises `Closed` or `DeliveryError`."""
        webhook = discord.Webhook.partial(address.application_id, address.token, client=self._client)
        # An interaction's webhook is of this type; discord.py takes a partial one for that of a channel.
        webhook.type = discord.WebhookType.application
        with self._asking(f"whisper {address.token}"):
            await webhook.send(view=page, ephemeral=True, allowed_mentions=_NO_MENTIONS, wait=True)

    async def edit(
        self, channel_id: int, message_id: int, page: Page, files: Files = NO_FILES, *, urgent: bool = True
    ) -> Mapping[str, Kept]:
        """Edits a message of the bot and returns its files. Afterwards it has exactly `files`.

        If it is in an archived thread, an `urgent` edit reopens the thread. Raises `Closed` or `DeliveryError`.
        """
        message = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)

        async def once() -> discord.Message:
            await self._rate_limit.take(urgent=urgent)
            with opened(files) as attachments:
                return await message.edit(view=page, allowed_mentions=_NO_MENTIONS, attachments=attachments)

        with self._asking(f"edit {channel_id}"):
            # An edit that is not urgent is not repeated: the next one comes soon.
            edited = await (self._in_open_thread(channel_id, lambda: self._unbroken(once)) if urgent else once())
        return files_of(edited)

    async def send(
        self,
        channel_id: int,
        page: Page,
        *,
        nonce: str,
        files: Files = NO_FILES,
        mentions: discord.AllowedMentions = _NO_MENTIONS,
    ) -> int:
        """Posts a message; its id. With the same nonce within a few minutes Discord returns the existing message instead.

        Raises `DoneAlready` where that message was deleted, else `Closed`, `DeliveryError` or `UploadTooLarge`.
        """
        channel = self._client.get_partial_messageable(channel_id)

        async def once() -> int:
            await self._rate_limit.take()
            with opened(files) as attachments:
                sent = await channel.send(view=page, files=attachments, nonce=nonce, allowed_mentions=mentions)
            return sent.id

        return await self._showing(f"send {channel_id}", once)

    async def open_thread(self, channel_id: int, message_id: int, name: str) -> None:
        """Opens a public thread on a message; the thread gets the message's id. One that exists already is fine.

        Raises `Closed` or `DeliveryError`.
        """

        async def once() -> None:
            await self._rate_limit.take()
            await self._client.http.start_thread_with_message(
                channel_id, message_id, name=name, auto_archive_duration=_WEEK_MINUTES
            )

        try:
            with self._asking(f"thread {channel_id}"):
                await self._unbroken(once)
        except DoneAlready as done:
            if done.code != THREAD_EXISTS:
                raise

    async def reopen(self, thread_id: int) -> None:
        """Unarchives a thread. Raises `Closed` or `DeliveryError`."""
        await self._rate_limit.take()
        with self._asking(f"reopen {thread_id}"):
            await self._client.http.edit_channel(thread_id, archived=False)

    async def rename_thread(self, thread_id: int, name: str) -> None:
        """Renames a thread of ours; Discord allows two new names in ten minutes. Raises `Closed` or `DeliveryError`."""

        async def once() -> None:
            await self._rate_limit.take()
            await self._client.http.edit_channel(thread_id, name=name)

        with self._asking(f"rename {thread_id}"):
            await self._in_open_thread(thread_id, lambda: self._unbroken(once))

    async def find(self, channel_id: int, since_id: int, is_it: Callable[[str], bool], *, empty: bool = True) -> int | None:
        """The id of our latest message after `since_id` with a custom id for which `is_it` is true; None where there is none.

        `empty` False: the channel has messages, so an empty history means that we may not read it, which Discord says in no
        other way. Raises `Closed` where we may not read, `DeliveryError` for a temporary error.
        """
        looked = 0
        with self._asking(f"read {channel_id}"):
            async for message in self._client.get_partial_messageable(channel_id).history(limit=None):
                if looked % _HISTORY_PAGE == 0:
                    await self._rate_limit.take()
                looked += 1
                if message.id <= since_id:
                    break
                if self._is_mine(message, is_it):
                    return message.id
        if not looked and not empty:
            msg = f"the history of {channel_id} can't be read"
            raise Closed(msg)
        return None

    async def holds(self, channel_id: int, message_id: int, is_it: Callable[[str], bool]) -> bool:
        """Whether this message is ours and has a custom id for which `is_it` is true. Raises as `find`."""
        await self._rate_limit.take()
        with self._asking(f"read {channel_id}"):
            return self._is_mine(await self._client.get_partial_messageable(channel_id).fetch_message(message_id), is_it)

    def _is_mine(self, message: discord.Message, is_it: Callable[[str], bool]) -> bool:
        me = self._client.user
        return me is not None and message.author.id == me.id and any(is_it(each) for each in custom_ids(message.components))

    async def attached(self, address: Address) -> Mapping[str, Kept]:
        """The files of the card by name; empty where it can't be read. Raises `DeliveryError`."""
        try:
            with self._asking(f"card {address.channel_id}"):
                if self.answerable(address):
                    webhook = discord.Webhook.partial(address.application_id, address.token, client=self._client)
                    return files_of(await webhook.fetch_message(address.card_id or _ORIGINAL))
                if address.card_id is not None and not address.private:
                    await self._rate_limit.take()
                    channel = self._client.get_partial_messageable(address.channel_id)
                    return files_of(await channel.fetch_message(address.card_id))
        except Closed as closed:
            _log.info("could not look at a card in %d: %s", address.channel_id, closed)
        return NO_FILES

    async def shown(self, channel_id: int, message_id: int) -> Mapping[str, Kept]:
        """The files of a message of ours by name. Other requests go first. Raises `Closed` or `DeliveryError`."""
        await self._rate_limit.take(urgent=False)
        with self._asking(f"read {channel_id}"):
            return files_of(await self._client.get_partial_messageable(channel_id).fetch_message(message_id))

    async def dm(self, member_id: int) -> int:
        """The channel for direct messages with this member. Raises `Closed` where they take none, or `DeliveryError`."""
        await self._rate_limit.take()
        with self._asking("direct"):
            channel = await self._client.create_dm(discord.Object(member_id))
        return channel.id

    async def delete(self, channel_id: int, message_id: int) -> None:
        """Deletes a message; one that is gone already is fine. Raises `Closed` where we may not, or `DeliveryError`."""
        message = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)

        async def once() -> None:
            await self._rate_limit.take()
            with suppress(discord.NotFound):
                await message.delete()

        with self._asking(f"delete {channel_id}"):
            await self._in_open_thread(channel_id, once)

    async def delete_answer(self, address: Address) -> None:
        webhook = discord.Webhook.partial(address.application_id, address.token, client=self._client)
        with self._asking(f"answer {address.token}"), suppress(discord.NotFound):
            await webhook.delete_message(address.card_id or _ORIGINAL)

    def _asking(self, route: str) -> AbstractContextManager[None]:
        """Wraps every request: translates Discord's errors, and holds back a `route` that is limited; see `refusals`."""
        return refusals(self._client, self._rests, route)

    async def _unbroken(self, once: Callable[[], Awaitable[_T]]) -> _T:
        """Repeats a request after a 503 or a broken connection, which discord.py does not. All our requests may be repeated."""
        for wait in _BROKEN_AGAIN_SECONDS:
            try:
                return await once()
            except _BROKE_OFF as error:
                _log.info("the connection to Discord broke off, trying again in %s s: %s", wait, error)
            except discord.DiscordServerError as error:
                if error.status != HTTPStatus.SERVICE_UNAVAILABLE:
                    raise
            await self._clock.sleep(wait)
        return await once()

    async def _showing(self, route: str, once: Callable[[], Awaitable[_T]]) -> _T:
        """`_asking` and `_unbroken` for requests that make a message visible.

        A try whose connection broke may have made the message. If a later try is then refused, that says nothing about the
        first: it raises `DeliveryError`, so that the caller looks for the message before it tries again.
        """
        broke = False

        async def noted() -> _T:
            nonlocal broke
            try:
                return await once()
            except _BROKE_OFF:
                broke = True
                raise

        try:
            with self._asking(route):
                return await self._unbroken(noted)
        except (NotTaken, DoneAlready):
            raise
        except (Closed, DeliveryError) as refused:
            if not broke or isinstance(refused, UploadTooLarge):
                raise
            msg = f"refused after a try that broke off: {refused}"
            raise DeliveryError(msg, retry_after=getattr(refused, "retry_after", None)) from refused

    async def _in_open_thread(self, channel_id: int, once: Callable[[], Awaitable[_T]]) -> _T:
        try:
            return await once()
        except discord.HTTPException as error:
            if error.code != ARCHIVED:
                raise
            await self._rate_limit.take()
            await self._client.http.edit_channel(channel_id, archived=False)
            return await once()
