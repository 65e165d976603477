"""Posts the finished clip, once: thread, else channel, else the card itself, else a direct message.

Before any post that may have happened already it looks for it in every place that can still be read. Knows neither progress
nor why a clip ended.
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

from bot.domain.filename import clip_filename
from bot.domain.job import Address, Job, Way
from bot.errors import DeliveryError, NowhereToPost, PostInDoubt, StorageError, UploadTooLarge
from bot.ports import Delivery, JobStore, Posted
from bot.presentation.delivery.message_parts import Files, custom_ids
from bot.presentation.delivery.messages import Messages
from bot.presentation.delivery.quoting import Quoting
from bot.presentation.delivery.upload_limits import SAFE_BYTES, UploadLimits
from bot.presentation.discord_codes import UNKNOWN_CHANNEL
from bot.presentation.discord_errors import Closed, DoneAlready
from bot.presentation.views.clip_message import clip_page
from bot.presentation.views.layout import Page

_log: Final = logging.getLogger(__name__)
_UPLOAD_SECONDS: Final = 600.0
_URL: Final = re.compile(r"/channels/(?:\d+|@me)/(\d+)/\d+$")


def channel_of(address: Address) -> int | None:
    """The channel that the clip was posted in, from its link; None where it has none (an ephemeral message)."""
    match = _URL.search(address.result_url or "")
    return int(match[1]) if match else None


@dataclass(frozen=True, slots=True)
class _Search:
    """`posted` is what was found. `unread`, where nothing was: why the place can't be read to which it was sent last."""

    posted: Posted | None = None
    unread: str | None = None


class ClipPoster:
    """Remembers the jobs whose post may be there though nobody could say where."""

    def __init__(
        self, messages: Messages, jobs: JobStore, limits: UploadLimits, quoting: Quoting, *, finals: bool = False
    ) -> None:
        self._messages = messages
        self._jobs = jobs
        self._limits = limits
        self._quoting = quoting
        self._finals = finals
        self._doubtful: set[int] = set()

    async def deliver(self, job: Job, delivery: Delivery) -> Posted:
        """Raises `UploadTooLarge`, `DeliveryError` for what may pass, `NowhereToPost` when every place is closed.

        Raises `PostInDoubt` where it may stand in a place that can't be read any more: then it is sent nowhere else.
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

    async def find(self, job: Job) -> Posted | None:
        """The clip's message in any place of this job that can still be read. Raises `DeliveryError` for what may pass."""
        return (await self._search(job)).posted

    def may_be_there(self, job: Job) -> bool:
        """Whether a try whose outcome nobody knows was made: by this process, or by one that died since posting began."""
        return job.id in self._doubtful or job.posting_fence != job.fence

    def forget(self, job_id: int) -> None:
        """The job is posted elsewhere from now on, or not any more."""
        self._doubtful.discard(job_id)

    async def tell(self, job: Job, page_of: Callable[[bool], Page], kind: str) -> None:
        """A page about a private job by direct message, once: an earlier one is known by its buttons.

        `page_of(quoted)` makes it, with the member's words or without. `kind` is a letter that tells pages about the same job
        apart. Raises `Closed` and `DeliveryError`.
        """
        mine = frozenset(custom_ids(page_of(True).children))  # noqa: FBT003  as `Quoting` calls it
        channel_id = await self._messages.dm(job.member_id)
        if await self._messages.find(channel_id, job.id, mine.__contains__) is not None:
            return

        async def once(quoted: bool) -> int:  # noqa: FBT001  as `Quoting` calls it
            return await self._messages.send(channel_id, page_of(quoted), nonce=f"{job.id}{kind}")

        await self._quoting.send(job.id, once)

    # -- one post ------------------------------------------------------------------------------------------------------

    async def _once(self, job: Job, delivery: Delivery) -> Posted:
        if not self.may_be_there(job):
            return await self._ladder(job, delivery)
        if job.address.way is Way.ANSWER and self._messages.answerable(job.address):
            with suppress(Closed):
                # Whether it was done before or not, it is done now.
                return await self._answer(job, delivery)
        search = await self._search(job)
        if search.posted is not None:
            return search.posted
        if search.unread is not None:
            msg = f"it may have been posted before in a place that can't be read any more: {search.unread}"
            raise PostInDoubt(msg)
        return await self._ladder(job, delivery)

    async def _search(self, job: Job) -> _Search:
        """Looks in every place in which it may have been posted. Raises `DeliveryError` for what may pass."""
        address = job.address
        places = () if address.private else tuple(dict.fromkeys((address.posts_to, address.channel_id)))
        tried = address.channel_id if address.way is Way.CHANNEL else address.posts_to if address.way is None else None
        unread: str | None = None
        for channel_id in places:
            try:
                if (message_id := await self._find_in(job, channel_id)) is not None:
                    return _Search(Posted(channel_id, message_id, _jump_link(address.guild_id, channel_id, message_id)))
            except Closed as closed:
                _log.info("job %s: could not look for its clip in %d: %s", job.job_code, channel_id, closed)
                # With a channel that was deleted, the clip in it is gone too.
                if channel_id == tried and closed.code != UNKNOWN_CHANNEL:
                    unread = str(closed)
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
            return _Search(unread=f"direct message: {closed}")
        return _Search(None if message_id is None else Posted(channel_id, message_id, _jump_link(None, channel_id, message_id)))

    async def _search_answer(self, job: Job) -> _Search:
        address = job.address
        if address.private or address.card_id is None:
            return _Search(unread="the answer to the command")
        try:
            there = await self._messages.holds(address.channel_id, address.card_id, _mine(job))
        except Closed as closed:
            return _Search(unread=f"the answer to the command: {closed}")
        link = _jump_link(address.guild_id, address.channel_id, address.card_id)
        return _Search(Posted(address.channel_id, address.card_id, link) if there else None)

    async def _ladder(self, job: Job, delivery: Delivery) -> Posted:
        address = job.address
        reasons: list[str] = []
        if not address.private:
            for channel_id in dict.fromkeys((address.posts_to, address.channel_id)):
                _must_fit(delivery, self._limits.of_channel(address))
                job = await self._begin(job, None if channel_id == address.posts_to else Way.CHANNEL)
                try:
                    return await self._post(job, delivery, channel_id, address.guild_id)
                except Closed as closed:
                    reasons.append(f"{channel_id}: {closed}")
        if self._messages.answerable(address):
            try:
                return await self._answer(job, delivery)
            except Closed as closed:
                reasons.append(f"card: {closed}")
        try:
            _must_fit(delivery, SAFE_BYTES)
            channel_id = await self._messages.dm(job.member_id)
            job = await self._begin(job, Way.DIRECT)
            return await self._post(job, delivery, channel_id, None)
        except Closed as closed:
            reasons.append(f"direct message: {closed}")
        _log.warning("job %s: nowhere to post: %s", job.job_code, "; ".join(reasons))
        raise NowhereToPost("; ".join(reasons))

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
            # A nonce is its author's, whatever the channel: it was this job's post, here or in the place before.
            _log.info("job %s was posted, and deleted before it was known: %s", job.job_code, gone)
            return Posted(channel_id, None, "")
        return Posted(channel_id, message_id, _jump_link(guild_id, channel_id, message_id))

    async def _answer(self, job: Job, delivery: Delivery) -> Posted:
        """The answer to the interaction becomes the clip. Doing it again changes nothing."""
        address = job.address
        _must_fit(delivery, address.upload_limit)
        begun = await self._begin(job, Way.ANSWER)

        async def once(quoted: bool) -> int:  # noqa: FBT001  as `Quoting` calls it
            sent = _named(job, delivery, quoted=quoted)
            page = clip_page(job, sent, mention=False, quoted=quoted, finals=self._finals)
            return (await self._messages.edit_answer(address, page, _files(sent)))[0]

        try:
            message_id = await self._quoting.send(job.id, once)
        except (Closed, UploadTooLarge):
            if address.way is not Way.ANSWER:
                # Refused, and not begun before: nothing can have come of it.
                await self._not_begun(begun, address.way)
            raise
        url = "" if address.private else _jump_link(address.guild_id, address.channel_id, message_id)
        return Posted(address.channel_id, message_id, url)

    async def _not_begun(self, job: Job, way: Way | None) -> None:
        try:
            await self._begin(job, way)
        except StorageError as error:
            # The clip is looked for there again then, which is little; that it was refused must not get lost over it.
            _log.warning("job %s: that its answer was refused could not be written: %s", job.job_code, error)

    async def _begin(self, job: Job, way: Way | None) -> Job:
        """Writes down where the clip is sent, before it is: a process that dies then leaves that behind."""
        if job.address.way is way:
            return job
        await self._jobs.readdress(job.id, way=way)
        return replace(job, address=replace(job.address, way=way))

    async def _find_in(self, job: Job, channel_id: int) -> int | None:
        """Since the interaction, by Discord's own clock: its id is the moment. Raises `Closed` where it can't be read."""
        address = job.address
        # Posted again elsewhere, the days before that interaction need no look; its answer may be the clip itself.
        since_id = job.id if job.unposted_at_ms is None or address.card_id is None else address.card_id - 1
        known = address.progress_id if channel_id == address.thread_id else address.card_id
        empty = address.private or known is None or channel_id not in {address.thread_id, address.channel_id}
        return await self._messages.find(channel_id, since_id, _mine(job), empty=empty)


def _mine(job: Job) -> Callable[[str], bool]:
    """Knows the clip's own message by a button that no other message about the job has."""
    mine = f"hh:more:{job.id}"
    return lambda custom_id: custom_id == mine


def _must_fit(delivery: Delivery, limit: int | None) -> None:
    """Nothing is uploaded that is known to be refused: raises `UploadTooLarge`."""
    if delivery.path is not None and delivery.facts is not None and limit is not None and delivery.facts.size > limit:
        msg = f"{delivery.facts.size:,} bytes where {limit:,} are taken"
        raise UploadTooLarge(msg, limit=limit)


def _named(job: Job, delivery: Delivery, *, quoted: bool) -> Delivery:
    """Where the member's words are blocked, the file's name has none of them either."""
    return delivery if quoted else replace(delivery, filename=clip_filename(job, quoted=False))


def _files(delivery: Delivery) -> Files:
    return {} if delivery.path is None else {delivery.filename: delivery.path}


def _jump_link(guild_id: int | None, channel_id: int, message_id: int) -> str:
    return f"https://discord.com/channels/{guild_id or '@me'}/{channel_id}/{message_id}"
