"""Our messages at Discord: sent, edited, found again and deleted, by the bot's own route or through an interaction's token.

The one place that spends the request budget. It knows addresses and pages, and nothing of what they say.
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
"""The first answer to an interaction where its id is not known; the library's signature thinks of numbers only."""
_TOKEN_MARGIN_MS: Final = 20_000
"""A token this near its end is not begun with: an upload takes a while."""
_NO_MENTIONS: Final = discord.AllowedMentions.none()
_WEEK_MINUTES: Final = 10_080
"""The longest time after which Discord archives a thread in which nobody writes."""
_HISTORY_PAGE: Final = 100
"""Messages that the library asks for at a time."""
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
        """True while the interaction's token can still edit its answer."""
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
        """Edits the answer to the command; its message id, and `files`, all that it has then, as they stand there.

        Repeating it changes nothing. An archived thread is opened for it where it is `urgent`.
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
        """A message to who gave the command alone, once its answer is there. Raises `Closed` or `DeliveryError`."""
        webhook = discord.Webhook.partial(address.application_id, address.token, client=self._client)
        # What an interaction's token leads to; the library takes a partial one for a channel's own.
        webhook.type = discord.WebhookType.application
        with self._asking(f"whisper {address.token}"):
            await webhook.send(view=page, ephemeral=True, allowed_mentions=_NO_MENTIONS, wait=True)

    async def edit(
        self, channel_id: int, message_id: int, page: Page, files: Files = NO_FILES, *, urgent: bool = True
    ) -> Mapping[str, Kept]:
        """Edits a message of ours by the bot's own route; `files`, all that it has then, as they stand there.

        An archived thread is opened for it where it is `urgent`.
        """
        message = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)

        async def once() -> discord.Message:
            await self._rate_limit.take(urgent=urgent)
            with opened(files) as attachments:
                return await message.edit(view=page, allowed_mentions=_NO_MENTIONS, attachments=attachments)

        with self._asking(f"edit {channel_id}"):
            # What is not urgent has a turn of its own soon.
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
        """Posts a message; the same nonce within a few minutes answers with the one that exists.

        Raises `DoneAlready` where that one exists no more.
        """
        channel = self._client.get_partial_messageable(channel_id)

        async def once() -> int:
            await self._rate_limit.take()
            with opened(files) as attachments:
                sent = await channel.send(view=page, files=attachments, nonce=nonce, allowed_mentions=mentions)
            return sent.id

        return await self._showing(f"send {channel_id}", once)

    async def open_thread(self, channel_id: int, message_id: int, name: str) -> None:
        """A public thread on a message, whose id it has; the one that exists is as good. Raises `Closed` or `DeliveryError`."""

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
        """Takes a thread out of the archive. Raises `Closed` or `DeliveryError`."""
        await self._rate_limit.take()
        with self._asking(f"reopen {thread_id}"):
            await self._client.http.edit_channel(thread_id, archived=False)

    async def rename_thread(self, thread_id: int, name: str) -> None:
        """Ours to do, since the thread is ours; Discord takes two names in ten minutes. Raises `Closed` or `DeliveryError`."""

        async def once() -> None:
            await self._rate_limit.take()
            await self._client.http.edit_channel(thread_id, name=name)

        with self._asking(f"rename {thread_id}"):
            await self._in_open_thread(thread_id, lambda: self._unbroken(once))

    async def find(self, channel_id: int, since_id: int, is_it: Callable[[str], bool], *, empty: bool = True) -> int | None:
        """Our latest message since that snowflake with a custom id that `is_it` knows, however many came in between.

        `empty` says that nothing may stand there at all; else a place that shows nothing is one whose history we may not read,
        which Discord tells in no other way. Raises `Closed` where we may not look, `DeliveryError` for what may pass.
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
        """Whether this message is ours and has such a custom id. Raises as `find`."""
        await self._rate_limit.take()
        with self._asking(f"read {channel_id}"):
            return self._is_mine(await self._client.get_partial_messageable(channel_id).fetch_message(message_id), is_it)

    def _is_mine(self, message: discord.Message, is_it: Callable[[str], bool]) -> bool:
        me = self._client.user
        return me is not None and message.author.id == me.id and any(is_it(each) for each in custom_ids(message.components))

    async def attached(self, address: Address) -> Mapping[str, Kept]:
        """The files on the card, by name; none where we can't look. Raises `DeliveryError`."""
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
        """The files on a message of ours, by name; whatever else is asked goes before. Raises `Closed` or `DeliveryError`."""
        await self._rate_limit.take(urgent=False)
        with self._asking(f"read {channel_id}"):
            return files_of(await self._client.get_partial_messageable(channel_id).fetch_message(message_id))

    async def dm(self, member_id: int) -> int:
        """The channel of our direct messages with this member. Raises `Closed` where they do not take any."""
        await self._rate_limit.take()
        with self._asking("direct"):
            channel = await self._client.create_dm(discord.Object(member_id))
        return channel.id

    async def delete(self, channel_id: int, message_id: int) -> None:
        """Raises `Closed` where it is not ours to delete; one that is gone already is as good."""
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
        """Around every request. One route's limit stops that route alone; see `refusals`."""
        return refusals(self._client, self._rests, route)

    async def _unbroken(self, once: Callable[[], Awaitable[_T]]) -> _T:
        """The library repeats neither a 503 nor a connection that broke off; whatever we send may be repeated."""
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
        """`_asking` and `_unbroken` for what makes a message visible, which a try that broke off may have done.

        That a place is closed to a later try says nothing about the earlier one: it is `DeliveryError`, so that whoever repeats
        the call looks first.
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
