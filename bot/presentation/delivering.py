"""Posts the finished clip, once: thread, else channel, else the card itself, else a direct message.

Before any post that may have happened already it looks for it. Knows neither progress nor why a clip ended.
"""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Final

import discord

from bot.domain.job import Address, Job
from bot.errors import DeliveryError, NowhereToPost, UploadTooLarge
from bot.ports import Clock, Delivery, JobStore, Posted
from bot.presentation.clip_message import clip_page
from bot.presentation.messages import Closed, Files, Messages, id_at
from bot.presentation.page import Page

_log: Final = logging.getLogger(__name__)
_NONCE_SURE_MS: Final = 120_000
"""Discord forgets a nonce after a few minutes; past this we look before we post."""
_UPLOAD_SECONDS: Final = 600.0
_SKEW_MS: Final = 300_000
"""Our clock may run ahead of Discord's by this much, and a search by time must still find the message."""
_URL: Final = re.compile(r"/channels/(?:\d+|@me)/(\d+)/\d+$")


def channel_of(address: Address) -> int | None:
    """The channel that the clip was posted in, from its link; None where it has none (an ephemeral message)."""
    match = _URL.search(address.result_url or "")
    return int(match[1]) if match else None


class Delivering:
    def __init__(self, messages: Messages, jobs: JobStore, clock: Clock) -> None:
        self._messages = messages
        self._jobs = jobs
        self._clock = clock
        self._doubtful: set[int] = set()

    async def deliver(self, job: Job, delivery: Delivery) -> Posted:
        """Raises `UploadTooLarge`, `DeliveryError` for what may pass, `NowhereToPost` when every place is closed."""
        address = job.address
        if address.result_id is not None:
            return Posted(channel_of(address) or address.posts_to, address.result_id, address.result_url or "")
        try:
            async with asyncio.timeout(_UPLOAD_SECONDS):
                posted = await self._ladder(job, delivery)
        except (NowhereToPost, UploadTooLarge):
            raise
        except BaseException as error:
            # Whatever happened, the message may be there: the next try looks first.
            self._doubtful.add(job.id)
            if isinstance(error, TimeoutError):
                msg = f"the clip was not posted within {_UPLOAD_SECONDS:.0f} s"
                raise DeliveryError(msg) from error
            raise
        self._doubtful.add(job.id)
        await self._jobs.readdress(job.id, result_id=posted.message_id, result_url=posted.url)
        self._doubtful.discard(job.id)
        return posted

    async def tell(self, job: Job, page: Page) -> None:
        """A page about a private job by direct message, once within the nonce's window."""
        channel_id = await self._messages.dm(job.member_id)
        await self._messages.send(channel_id, page, nonce=f"{job.id}e")

    async def _ladder(self, job: Job, delivery: Delivery) -> Posted:
        address = job.address
        reasons: list[str] = []
        if not address.private:
            for channel_id in dict.fromkeys((address.posts_to, address.channel_id)):
                try:
                    return await self._post(job, delivery, channel_id, address.guild_id)
                except Closed as closed:
                    reasons.append(f"{channel_id}: {closed}")
        if self._messages.answerable(address):
            try:
                page = clip_page(job, delivery, mention=False)
                message_id = await self._messages.edit_answer(address, page, _files(delivery))
            except Closed as closed:
                reasons.append(f"card: {closed}")
            else:
                public = not address.private
                return Posted(
                    address.channel_id,
                    message_id,
                    _jump_link(address.guild_id, address.channel_id, message_id) if public else "",
                )
        try:
            return await self._post(job, delivery, await self._messages.dm(job.member_id), None)
        except Closed as closed:
            reasons.append(f"direct message: {closed}")
        _log.warning("job %s: nowhere to post: %s", job.reference_code, "; ".join(reasons))
        raise NowhereToPost("; ".join(reasons))

    async def _post(self, job: Job, delivery: Delivery, channel_id: int, guild_id: int | None) -> Posted:
        message_id = await self._earlier(job, channel_id)
        if message_id is None:
            page = clip_page(job, delivery, mention=not job.address.private)
            mentions = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(job.member_id)])
            message_id = await self._messages.send(
                channel_id, page, nonce=str(job.id), files=_files(delivery), mentions=mentions
            )
        return Posted(channel_id, message_id, _jump_link(guild_id, channel_id, message_id))

    async def _earlier(self, job: Job, channel_id: int) -> int | None:
        """The clip's message where one may be there already: asked for, or begun by a process before this one."""
        # A taken-over job has its fence raised, and its `updated_at_ms` is then the take-over's.
        ours = job.fence == 0 and self._clock.now_ms() - job.updated_at_ms < _NONCE_SURE_MS
        if ours and job.id not in self._doubtful:
            return None
        since_ms = (job.generated_at_ms or job.created_at_ms) - _SKEW_MS
        mine = f"hh:more:{job.id}"
        return await self._messages.find(channel_id, id_at(since_ms), lambda custom_id: custom_id == mine)


def _files(delivery: Delivery) -> Files | None:
    return None if delivery.path is None else {delivery.filename: delivery.path}


def _jump_link(guild_id: int | None, channel_id: int, message_id: int) -> str:
    return f"https://discord.com/channels/{guild_id or '@me'}/{channel_id}/{message_id}"
