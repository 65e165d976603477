"""Looks for a clip that an earlier try may have posted, in every place that can still be read. `ClipPoster` calls it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from bot.detail import Detail, DetailCode
from bot.domain.job import Job, Way
from bot.domain.snowflake import id_before_messages_of
from bot.presentation.delivery.messages import Messages
from bot.presentation.delivery.poster import IsMine
from bot.presentation.discord_codes import UNKNOWN_CHANNEL
from bot.presentation.discord_errors import Closed

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """The message that a search found, in `channel_id`; `message_id` is None where it found none. `unread` says why the place
    to which the post was sent last can't be read; else None.
    """

    channel_id: int = 0
    message_id: int | None = None
    unread: Detail | None = None


class ClipSearch:
    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    async def search(self, job: Job, is_mine: IsMine) -> Found:
        """Looks for the job's clip wherever it may have been posted. Raises `DeliveryError` for a temporary error."""
        address = job.address
        places = () if address.private else tuple(dict.fromkeys((address.posts_to, address.channel_id)))
        tried = address.clip_channel_id if address.way is Way.CHANNEL else None
        unread: Detail | None = None
        for channel_id in places:
            try:
                if (message_id := await self._look_for_clip(job, channel_id, is_mine)) is not None:
                    return Found(channel_id, message_id)
            except Closed as closed:
                _log.info("job %s: could not look for its clip in %d: %s", job.job_code, channel_id, closed)
                # If the channel was deleted, a clip in it is gone too, so there is no doubt.
                if channel_id == tried and closed.code != UNKNOWN_CHANNEL:
                    unread = closed.reason
        match address.way:
            case Way.DIRECT:
                return await self._search_directly(job, is_mine)
            case Way.ANSWER:
                return await self._search_answer(job, is_mine)
            case _:
                return Found(unread=unread)

    async def _search_directly(self, job: Job, is_mine: IsMine) -> Found:
        try:
            channel_id = await self._messages.dm(job.member_id)
            return Found(channel_id, await self._look_for_clip(job, channel_id, is_mine))
        except Closed as closed:
            return Found(unread=Detail(DetailCode.DIRECTLY, causes=(closed.reason,)))

    async def _search_answer(self, job: Job, is_mine: IsMine) -> Found:
        address = job.address
        if address.private or address.card_id is None:
            return Found(unread=Detail(DetailCode.IN_ANSWER))
        try:
            there = await self._messages.holds(address.channel_id, address.card_id, is_mine)
        except Closed as closed:
            return Found(unread=Detail(DetailCode.IN_ANSWER, causes=(closed.reason,)))
        return Found(address.channel_id, address.card_id if there else None)

    async def _look_for_clip(self, job: Job, channel_id: int, is_mine: IsMine) -> int | None:
        """Looks for the clip in one channel, from the command on. Raises `Closed` where the channel can't be read."""
        address = job.address
        # If the clip is posted elsewhere later, the card is the answer to the interaction that posts it. This answer may be the
        # clip itself, so the search begins just before it.
        since_id = id_before_messages_of(job.created_at_ms)
        if job.unposted_at_ms is not None and address.card_id is not None:
            since_id = address.card_id - 1
        known = address.progress_id if channel_id == address.thread_id else address.card_id
        empty = address.private or known is None or channel_id not in {address.thread_id, address.channel_id}
        return await self._messages.find(channel_id, since_id, is_mine, empty=empty)
