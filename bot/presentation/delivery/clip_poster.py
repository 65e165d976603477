"""Posts the finished clip once: in the thread, else the channel, else as the card itself, else as a direct message.
`DiscordNotifier` calls it.

If the clip may have been posted before, it first looks for that post in every place that can still be read.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import discord

from bot.detail import Detail, DetailCode
from bot.domain.filename import clip_filename
from bot.domain.job import Address, Job, Way
from bot.domain.snowflake import id_before_messages_of
from bot.errors import DeliveryError, NowhereToPost, PostInDoubt, StorageError, UploadTooLarge
from bot.ports import Delivery, JobMessages, Posted
from bot.presentation.delivery.answers import Answers
from bot.presentation.delivery.message_parts import Files, custom_ids
from bot.presentation.delivery.messages import Messages
from bot.presentation.delivery.quoting import Quoting
from bot.presentation.delivery.upload_limits import SAFE_BYTES, UploadLimits
from bot.presentation.discord_codes import UNKNOWN_CHANNEL
from bot.presentation.discord_errors import Closed, DoneAlready
from bot.presentation.views.clip_message import clip_page
from bot.presentation.views.custom_ids import Action, button_id
from bot.presentation.views.layout import Page
from bot.presentation.views.translations import speaking

_log: Final = logging.getLogger(__name__)
_UPLOAD_SECONDS: Final = 600.0
_URL: Final = re.compile(r"/channels/(?:\d+|@me)/(\d+)/\d+$")


def channel_of(address: Address) -> int | None:
    """The channel in which the clip was posted, from its link; None where there is no link (an ephemeral message)."""
    match = _URL.search(address.result_url or "")
    return int(match[1]) if match else None


@dataclass(frozen=True, slots=True)
class _Search:
    """`posted` is the message that was found. `unread` says why the place to which the clip was sent last can't be read; else
    None."""

    posted: Posted | None = None
    unread: Detail | None = None


class ClipPoster:
    """Remembers the jobs whose last try had no clear answer, so that their clip may be posted already."""

    def __init__(
        self,
        messages: Messages,
        answers: Answers,
        job_messages: JobMessages,
        limits: UploadLimits,
        quoting: Quoting,
        *,
        finals: bool = False,
    ) -> None:
        self._messages = messages
        self._answers = answers
        self._job_messages = job_messages
        self._limits = limits
        self._quoting = quoting
        self._finals = finals
        self._doubtful: set[int] = set()

    async def deliver(self, job: Job, delivery: Delivery) -> Posted:
        """Posts the clip, or finds its earlier post. Raises `UploadTooLarge`, `DeliveryError` for a temporary error,
        `NowhereToPost` when no place takes it.

        Raises `PostInDoubt` where it may have been posted in a place that can't be read any more: then it is sent nowhere else.
        """
        address = job.address
        if address.result_id is not None:
            return Posted(channel_of(address) or address.posts_to, address.result_id, address.result_url or "")
        try:
            async with asyncio.timeout(_UPLOAD_SECONDS):
                posted = await self._once(job, delivery)
        except (NowhereToPost, PostInDoubt, UploadTooLarge):
            raise
        except BaseException as error:
            if not (isinstance(error, DeliveryError) and error.unsent):
                # The message may have been posted all the same: the next try looks first.
                self._doubtful.add(job.id)
            if isinstance(error, TimeoutError):
                raise DeliveryError(Detail(DetailCode.POST_SLOW, (round(_UPLOAD_SECONDS),))) from error
            raise
        self._doubtful.add(job.id)
        await self._job_messages.readdress(job.id, result_id=posted.message_id, result_url=posted.url)
        self._doubtful.discard(job.id)
        return posted

    async def find(self, job: Job) -> Posted | None:
        """The clip's message, from all places of this job that can still be read. Raises `DeliveryError`: a temporary error."""
        return (await self._search(job)).posted

    def may_be_there(self, job: Job) -> bool:
        """Whether an earlier try had no clear answer: of this process, or of one that died after posting began."""
        return job.id in self._doubtful or job.posting_fence != job.fence

    def forget(self, job_id: int) -> None:
        """Drops what is known of the job: it has ended, or is posted in another place from now on."""
        self._doubtful.discard(job_id)

    async def tell(self, job: Job, page_of: Callable[[bool], Page], kind: str) -> None:
        """Sends a page about a private job as a direct message, once: an earlier one is found by its buttons.

        `page_of(quoted)` makes the page with or without the member's text. `kind` is one letter for each sort of page, used in
        the nonce. Raises `Closed` and `DeliveryError`.
        """
        mine = frozenset(custom_ids(page_of(True).children))  # noqa: FBT003  as `Quoting` calls it
        channel_id = await self._messages.dm(job.member_id)
        if await self._messages.find(channel_id, id_before_messages_of(job.created_at_ms), mine.__contains__) is not None:
            return

        async def once(quoted: bool) -> int:  # noqa: FBT001  as `Quoting` calls it
            return await self._messages.send(channel_id, page_of(quoted), nonce=f"{job.id}{kind}")

        await self._quoting.send(job.id, once)

    # -- one post ------------------------------------------------------------------------------------------------------

    async def _once(self, job: Job, delivery: Delivery) -> Posted:
        if not self.may_be_there(job):
            return await self._ladder(job, delivery)
        if job.address.way is Way.ANSWER and self._answers.answerable(job.address):
            with suppress(Closed):
                # Editing the answer again is safe, whether or not it was done before.
                return await self._answer(job, delivery)
        search = await self._search(job)
        if search.posted is not None:
            return search.posted
        if search.unread is not None:
            raise PostInDoubt(Detail(DetailCode.PERHAPS_POSTED, causes=(search.unread,)))
        return await self._ladder(job, delivery)

    async def _search(self, job: Job) -> _Search:
        """Looks in every place in which the clip may have been posted. Raises `DeliveryError` for a temporary error."""
        address = job.address
        places = () if address.private else tuple(dict.fromkeys((address.posts_to, address.channel_id)))
        tried = address.channel_id if address.way is Way.CHANNEL else address.posts_to if address.way is None else None
        unread: Detail | None = None
        for channel_id in places:
            try:
                if (message_id := await self._find_in(job, channel_id)) is not None:
                    return _Search(Posted(channel_id, message_id, _jump_link(address.guild_id, channel_id, message_id)))
            except Closed as closed:
                _log.info("job %s: could not look for its clip in %d: %s", job.job_code, channel_id, closed)
                # If the channel was deleted, a clip in it is gone too, so there is no doubt.
                if channel_id == tried and closed.code != UNKNOWN_CHANNEL:
                    unread = closed.reason
        match address.way:
            case Way.DIRECT:
                return await self._search_directly(job)
            case Way.ANSWER:
                return await self._search_answer(job)
            case _:
                return _Search(unread=unread)

    async def _search_directly(self, job: Job) -> _Search:
        try:
            channel_id = await self._messages.dm(job.member_id)
            message_id = await self._find_in(job, channel_id)
        except Closed as closed:
            return _Search(unread=Detail(DetailCode.DIRECTLY, causes=(closed.reason,)))
        return _Search(None if message_id is None else Posted(channel_id, message_id, _jump_link(None, channel_id, message_id)))

    async def _search_answer(self, job: Job) -> _Search:
        address = job.address
        if address.private or address.card_id is None:
            return _Search(unread=Detail(DetailCode.IN_ANSWER))
        try:
            there = await self._messages.holds(address.channel_id, address.card_id, _mine(job))
        except Closed as closed:
            return _Search(unread=Detail(DetailCode.IN_ANSWER, causes=(closed.reason,)))
        link = _jump_link(address.guild_id, address.channel_id, address.card_id)
        return _Search(Posted(address.channel_id, address.card_id, link) if there else None)

    async def _ladder(self, job: Job, delivery: Delivery) -> Posted:
        address = job.address
        reasons: list[Detail] = []
        if not address.private:
            for channel_id in dict.fromkeys((address.posts_to, address.channel_id)):
                _must_fit(delivery, self._limits.of_channel(address))
                job = await self._begin(job, None if channel_id == address.posts_to else Way.CHANNEL)
                try:
                    return await self._post(job, delivery, channel_id, address.guild_id)
                except Closed as closed:
                    reasons.append(Detail(DetailCode.IN_CHANNEL, (channel_id,), causes=(closed.reason,)))
        if self._answers.answerable(address):
            try:
                return await self._answer(job, delivery)
            except Closed as closed:
                reasons.append(Detail(DetailCode.ON_CARD, causes=(closed.reason,)))
        try:
            _must_fit(delivery, SAFE_BYTES)
            channel_id = await self._messages.dm(job.member_id)
            job = await self._begin(job, Way.DIRECT)
            with speaking(address.member_locale):
                return await self._post(job, delivery, channel_id, None)
        except Closed as closed:
            reasons.append(Detail(DetailCode.DIRECTLY, causes=(closed.reason,)))
        nowhere = Detail(DetailCode.NOWHERE, causes=tuple(reasons))
        _log.warning("job %s: nowhere to post: %s", job.job_code, nowhere)
        raise NowhereToPost(nowhere)

    async def _post(self, job: Job, delivery: Delivery, channel_id: int, guild_id: int | None) -> Posted:
        mentions = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(job.member_id)])
        nonce = str(job.id)

        async def once(quoted: bool) -> int:  # noqa: FBT001  as `Quoting` calls it
            sent = _named(job, delivery, quoted=quoted)
            page = clip_page(job, sent, mention=not job.address.private, quoted=quoted, finals=self._finals)
            return await self._messages.send(channel_id, page, nonce=nonce, files=_files(sent), mentions=mentions)

        try:
            message_id = await self._quoting.send(job.id, once)
        except DoneAlready as gone:
            # A nonce is valid for all channels of its author. So the deleted message was this job's post, here or in an earlier
            # place.
            _log.info("job %s was posted, and deleted before it was known: %s", job.job_code, gone)
            return Posted(channel_id, None, "")
        return Posted(channel_id, message_id, _jump_link(guild_id, channel_id, message_id))

    async def _answer(self, job: Job, delivery: Delivery) -> Posted:
        """Edits the answer to the interaction into the clip. Safe to repeat."""
        address = job.address
        _must_fit(delivery, address.upload_limit)
        begun = await self._begin(job, Way.ANSWER)

        async def once(quoted: bool) -> int:  # noqa: FBT001  as `Quoting` calls it
            sent = _named(job, delivery, quoted=quoted)
            page = clip_page(job, sent, mention=False, quoted=quoted, finals=self._finals)
            return (await self._answers.edit(address, page, _files(sent)))[0]

        try:
            message_id = await self._quoting.send(job.id, once)
        except (Closed, UploadTooLarge):
            if address.way is not Way.ANSWER:
                # Discord refused, and no earlier try was made this way: the clip can't be there.
                await self._not_begun(begun, address.way)
            raise
        url = "" if address.private else _jump_link(address.guild_id, address.channel_id, message_id)
        return Posted(address.channel_id, message_id, url)

    async def _not_begun(self, job: Job, way: Way | None) -> None:
        try:
            await self._begin(job, way)
        except StorageError as error:
            # Then the next try searches there too, which is harmless. The refusal must still be raised.
            _log.warning("job %s: that its answer was refused could not be written: %s", job.job_code, error)

    async def _begin(self, job: Job, way: Way | None) -> Job:
        """Writes down by which way the clip is sent, before it is sent, for the case that the process dies in between."""
        if job.address.way is way:
            return job
        await self._job_messages.readdress(job.id, way=way)
        return replace(job, address=replace(job.address, way=way))

    async def _find_in(self, job: Job, channel_id: int) -> int | None:
        """Looks for the clip in one channel, from the order on. Raises `Closed` where the
        channel can't be read.
        """
        address = job.address
        # If the clip is posted elsewhere later, the card is the answer to the interaction that posts it. This answer may be the
        # clip itself, so the search begins just before it.
        since_id = id_before_messages_of(job.created_at_ms)
        if job.unposted_at_ms is not None and address.card_id is not None:
            since_id = address.card_id - 1
        known = address.progress_id if channel_id == address.thread_id else address.card_id
        empty = address.private or known is None or channel_id not in {address.thread_id, address.channel_id}
        return await self._messages.find(channel_id, since_id, _mine(job), empty=empty)


def _mine(job: Job) -> Callable[[str], bool]:
    """Recognises the clip's message by a button that no other message about the job has."""
    mine = button_id(Action.MORE, job.id)
    return lambda custom_id: custom_id == mine


def _must_fit(delivery: Delivery, limit: int | None) -> None:
    """Raises `UploadTooLarge` for a file over the limit (bytes; None: not known), so that no upload is tried in vain."""
    if delivery.path is not None and delivery.facts is not None and limit is not None and delivery.facts.size > limit:
        raise UploadTooLarge(Detail(DetailCode.UPLOAD_LARGER, (delivery.facts.size, limit)), limit=limit)


def _named(job: Job, delivery: Delivery, *, quoted: bool) -> Delivery:
    """The delivery; where the member's text is blocked, with a file name without it."""
    return delivery if quoted else replace(delivery, filename=clip_filename(job, quoted=False))


def _files(delivery: Delivery) -> Files:
    return {} if delivery.path is None else {delivery.filename: delivery.path}


def _jump_link(guild_id: int | None, channel_id: int, message_id: int) -> str:
    return f"https://discord.com/channels/{guild_id or '@me'}/{channel_id}/{message_id}"
