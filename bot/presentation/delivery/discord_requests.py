"""Sends requests to Discord within the bot's rate limit, again after a broken connection, and turns Discord's errors into ours.
`Messages`, `Answers` and `Threads` call it, and answers to interactions where a thread is to be reopened.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Final, TypeAlias, TypeVar

import aiohttp
import discord

from bot.detail import Detail, DetailCode
from bot.errors import DeliveryError, UploadTooLarge
from bot.first_answers import FirstAnswers
from bot.ports import Clock
from bot.presentation.delivery.rate_limit import BURST, REQUESTS_PER_SECOND, RateLimit
from bot.presentation.discord_codes import ARCHIVED
from bot.presentation.discord_errors import Closed, DoneAlready, NotTaken, Rests, refusals

_log: Final = logging.getLogger(__name__)
_BROKEN_AGAIN_SECONDS: Final = (0.5, 2.0)
_BROKE_OFF: Final = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, ConnectionError)
NO_MENTIONS: Final = discord.AllowedMentions.none()
_T = TypeVar("_T")
Again: TypeAlias = Callable[[Callable[[], Awaitable[None]]], Awaitable[None]]
"""Sends a request, again after trouble."""


class DiscordRequests:
    def __init__(self, client: discord.Client, clock: Clock, first_answers: FirstAnswers) -> None:
        self.client = client
        self._first_answers = first_answers
        self._clock = clock
        self._rate_limit = RateLimit(REQUESTS_PER_SECOND, burst=BURST)
        self._rests = Rests()

    async def take(self, *, urgent: bool = True) -> None:
        """Waits until the bot's rate limit allows one more request; urgent ones go first. Not needed before a request with an
        interaction's token.
        """
        await self._rate_limit.take(urgent=urgent)

    def guarded(self, route: str) -> AbstractContextManager[None]:
        """Wraps every request: translates Discord's errors, and holds back a `route` that is limited; see `refusals`."""
        return refusals(self.client, self._rests, route)

    async def unbroken(self, once: Callable[[], Awaitable[_T]]) -> _T:
        """Repeats a request after a 503 or a broken connection, which discord.py does not. All our requests may be repeated.

        First answers to members go first.
        """
        await self._first_answers.go_first()
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

    async def showing(self, route: str, once: Callable[[], Awaitable[_T]]) -> _T:
        """`guarded` and `unbroken` for requests that make a message visible.

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
            with self.guarded(route):
                return await self.unbroken(noted)
        except (NotTaken, DoneAlready):
            raise
        except (Closed, DeliveryError) as refused:
            if not broke or isinstance(refused, UploadTooLarge):
                raise
            detail = Detail(DetailCode.BROKE_OFF, causes=(refused.reason,))
            raise DeliveryError(detail, retry_after=getattr(refused, "retry_after", None)) from refused

    async def in_open_thread(self, channel_id: int, once: Callable[[], Awaitable[_T]]) -> _T:
        """Sends the request. If Discord refuses it because the thread is archived, reopens the thread and sends it again."""
        try:
            return await once()
        except discord.HTTPException as error:
            if error.code != ARCHIVED:
                raise
            await self.reopen(channel_id)
            return await once()

    async def reopen(self, thread_id: int, again: Again | None = None) -> None:
        """Unarchives a thread. Whatever it is reopened for, Discord's limit of that is kept. `again` is used in place of
        `unbroken`. Raises `Closed` or `DeliveryError`.
        """

        async def once() -> None:
            await self.take()
            await self.client.http.edit_channel(thread_id, archived=False)

        with self.guarded(f"reopen {thread_id}"):
            await (again or self.unbroken)(once)
