"""Opens and renames the threads of jobs. `Announcer`, `BoardEnds` and `EndMessages` call it."""

from __future__ import annotations

from typing import Final

from bot.presentation.delivery.discord_requests import DiscordRequests
from bot.presentation.discord_codes import THREAD_EXISTS
from bot.presentation.discord_errors import DoneAlready

_WEEK_MINUTES: Final = 10_080
"""Discord archives our threads after a week without messages, its longest setting."""


class Threads:
    def __init__(self, requests: DiscordRequests) -> None:
        self._requests = requests

    async def open(self, channel_id: int, message_id: int, name: str) -> None:
        """Opens a public thread on a message; the thread gets the message's id. One that exists already is fine.

        Raises `Closed` or `DeliveryError`.
        """

        async def once() -> None:
            await self._requests.take()
            await self._requests.client.http.start_thread_with_message(
                channel_id, message_id, name=name, auto_archive_duration=_WEEK_MINUTES
            )

        try:
            with self._requests.guarded(f"thread {channel_id}"):
                await self._requests.unbroken(once)
        except DoneAlready as done:
            if done.code != THREAD_EXISTS:
                raise

    async def rename(self, thread_id: int, name: str) -> None:
        """Renames a thread of ours; Discord allows two new names in ten minutes. Raises `Closed` or `DeliveryError`."""

        async def once() -> None:
            await self._requests.take()
            await self._requests.client.http.edit_channel(thread_id, name=name)

        with self._requests.guarded(f"rename {thread_id}"):
            await self._requests.in_open_thread(thread_id, lambda: self._requests.unbroken(once))
