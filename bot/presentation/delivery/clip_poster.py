"""Posts the finished clip once: in the thread, else the channel, else as the card itself, else as a direct message.
`DiscordNotifier` calls it, and `EndMessages` calls `tell`. A clip of an order of several never takes the place of their card.

If the clip may have been posted before, it first looks for that post in every place that can still be read. Before it sends
the clip, it opens a thread where that is missing; never before an earlier post was looked for and found nowhere.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final

import discord

from bot.detail import Detail, DetailCode
from bot.domain.filename import clip_filename
from bot.domain.job import Job, Way
from bot.domain.post import Post, PostState, Purpose, Told, jump_link
from bot.domain.snowflake import id_before_messages_of
from bot.errors import DeliveryError, Interrupted, NowhereToPost, PostInDoubt, StorageError, UploadTooLarge
from bot.ports import Delivery, Posted
from bot.presentation.delivery.answers import Answers
from bot.presentation.delivery.clip_search import ClipSearch, Found
from bot.presentation.delivery.message_parts import Files, custom_ids
from bot.presentation.delivery.messages import Messages
from bot.presentation.delivery.poster import IsMine, Poster
from bot.presentation.delivery.quoting import Quoting
from bot.presentation.delivery.upload_limits import SAFE_BYTES, UploadLimits
from bot.presentation.discord_errors import Closed, DoneAlready
from bot.presentation.views.clip_message import clip_page
from bot.presentation.views.custom_ids import Action, button_id
from bot.presentation.views.layout import Page
from bot.presentation.views.translations import speaking
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
_UPLOAD_SECONDS: Final = 600.0


class ClipPoster:
    """Decides in which place a clip is tried next. `ClipSearch` looks for what an earlier try may have posted."""

    def __init__(
        self,
        messages: Messages,
        answers: Answers,
        poster: Poster,
        limits: UploadLimits,
        quoting: Quoting,
        open_thread: Callable[[Job], Awaitable[Job]],
        *,
        finals: bool = False,
    ) -> None:
        """`open_thread` is `Announcer.thread`."""
        self._messages = messages
        self._answers = answers
        self._poster = poster
        self._search = ClipSearch(messages)
        self._limits = limits
        self._quoting = quoting
        self._open_thread = open_thread
        self._finals = finals

    async def deliver(self, job: Job, delivery: Delivery) -> Posted:
        """Posts the clip, or finds its earlier post. Raises `UploadTooLarge`, `DeliveryError` for a temporary error,
        `NowhereToPost` when no place takes it.

        Raises `PostInDoubt` where it may have been posted in a place that can't be read any more: then it is sent nowhere else.
        """
        address = job.address
        if address.result_id is not None:
            return Posted(address.clip_channel_id or address.posts_to, address.result_id, address.result_url or "")
        post = await self._stored(job)
        try:
            async with asyncio.timeout(_UPLOAD_SECONDS):
                posted, post = await self._once(job, delivery, post)
        except (NowhereToPost, PostInDoubt, UploadTooLarge):
            raise
        except BaseException as error:
            if not (isinstance(error, DeliveryError) and error.unsent):
                # The message may have been posted all the same: the next try looks first.
                self._poster.doubt(post)
            if isinstance(error, TimeoutError):
                raise DeliveryError(Detail(DetailCode.POST_SLOW, (round(_UPLOAD_SECONDS),))) from error
            raise
        self._poster.doubt(post)
        state = PostState.DELETED if posted.message_id is None else PostState.SENT
        await self._poster.keep(replace(post, channel_id=posted.channel_id, message_id=posted.message_id, state=state))
        self._poster.is_clear(post)
        return posted

    async def find(self, job: Job) -> Posted | None:
        """The clip's message, from all places of this job that can still be read. Raises `DeliveryError`: a temporary error."""
        return _posted(job, await self._search.search(job, _mine(job)))

    async def tell(self, job: Job, page_of: Callable[[bool], Page], what: Told) -> None:
        """Sends a page about a private job as a direct message, once: an earlier one is found by its buttons.

        `page_of(quoted)` makes the page with or without the member's text. Raises
        `Closed` and `DeliveryError`.
        """
        wanted = self._poster.of_job(job, Purpose.NOTICE, Way.DIRECT, None, part=what)
        stored = await self._poster.stored(wanted)
        if stored is not None and stored.state is PostState.SENT:
            return
        mine = frozenset(custom_ids(page_of(True).children))  # noqa: FBT003  as `Quoting` calls it
        channel_id = await self._messages.dm(job.member_id)

        async def send(once: str) -> int:
            async def quoting(quoted: bool) -> int:  # noqa: FBT001  as `Quoting` calls it
                return await self._messages.send(channel_id, page_of(quoted), nonce=once)

            return await self._quoting.send(job.id, quoting)

        since_id = id_before_messages_of(job.created_at_ms)
        await self._poster.send(replace(wanted, channel_id=channel_id), send, mine.__contains__, since_id)

    # -- one post ------------------------------------------------------------------------------------------------------

    async def _stored(self, job: Job) -> Post:
        """The post of the clip; it is stored since the job came to this state."""
        wanted = self._poster.of_job(job, Purpose.CLIP, None, None)
        stored = await self._poster.stored(wanted)
        if stored is None:
            [stored] = await self._poster.keep(wanted)
        return stored

    async def _once(self, job: Job, delivery: Delivery, post: Post) -> tuple[Posted, Post]:
        """The clip's message, and its post as it was begun there."""
        if not self._poster.clip_may_be_there(job):
            return await self._ladder(job, delivery, post)
        if post.way is Way.ANSWER and self._answers.answerable(job.address):
            with suppress(Closed):
                # Editing the answer again is safe, whether or not it was done before.
                return await self._answer(job, delivery, post)
        found = await self._search.search(job, _mine(job))
        posted = _posted(job, found)
        if posted is not None:
            return posted, replace(post, way=_way_of(job, found))
        if found.unread is not None:
            raise PostInDoubt(Detail(DetailCode.PERHAPS_POSTED, causes=(found.unread,)))
        return await self._ladder(job, delivery, post)

    async def _ladder(self, job: Job, delivery: Delivery, post: Post) -> tuple[Posted, Post]:
        # Not before an earlier try was looked for: until then `job` must name the places to which that may have sent the clip.
        job = await self._open_thread(job)
        address = job.address
        earlier = post if self._poster.clip_may_be_there(job) else None
        reasons: list[Detail] = []
        if not address.private:
            for channel_id in dict.fromkeys((address.posts_to, address.channel_id)):
                _must_fit(delivery, self._limits.of_channel(address))
                post = await self._begin(post, Way.CHANNEL, channel_id)
                try:
                    posted = await self._post(job, delivery, post, channel_id, address.guild_id)
                except Closed as closed:
                    reasons.append(Detail(DetailCode.IN_CHANNEL, (channel_id,), causes=(closed.reason,)))
                else:
                    return await self._there(job, posted, earlier), post
        if self._answers.answerable(address) and not job.on_board:
            try:
                return await self._answer(job, delivery, post)
            except Closed as closed:
                reasons.append(Detail(DetailCode.ON_CARD, causes=(closed.reason,)))
        try:
            _must_fit(delivery, SAFE_BYTES)
            channel_id = await self._messages.dm(job.member_id)
            post = await self._begin(post, Way.DIRECT, channel_id)
            with speaking(address.member_locale):
                return await self._post(job, delivery, post, channel_id, None), post
        except Closed as closed:
            reasons.append(Detail(DetailCode.DIRECTLY, causes=(closed.reason,)))
        nowhere = Detail(DetailCode.NOWHERE, causes=tuple(reasons))
        _log.warning("job %s: nowhere to post: %s", job.job_code, nowhere)
        raise NowhereToPost(nowhere)

    async def _post(self, job: Job, delivery: Delivery, post: Post, channel_id: int, guild_id: int | None) -> Posted:
        mentions = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(job.member_id)])

        async def once(quoted: bool) -> int:  # noqa: FBT001  as `Quoting` calls it
            sent = _named(job, delivery, quoted=quoted)
            mention = not (job.address.private or job.on_board)
            page = clip_page(job, sent, mention=mention, quoted=quoted, finals=self._finals)
            return await self._messages.send(
                channel_id, page, nonce=post.nonce, files=_files(sent), mentions=mentions, silent=job.on_board
            )

        try:
            message_id = await self._quoting.send(job.id, once)
        except DoneAlready as gone:
            # A nonce is valid for all channels of its author. So the deleted message was this job's post, here or in an earlier
            # place.
            _log.info("job %s was posted, and deleted before it was known: %s", job.job_code, gone)
            return Posted(channel_id, None, "")
        return Posted(channel_id, message_id, jump_link(guild_id, channel_id, message_id))

    async def _there(self, job: Job, posted: Posted, earlier: Post | None) -> Posted:
        """Where the message is, after an `earlier` try that may have sent it to another channel. If that arrived only after the
        search, Discord knows the nonce and answers with that message, without a word that it is in another channel.
        """
        if earlier is None or earlier.way is not Way.CHANNEL or earlier.channel_id is None or posted.message_id is None:
            return posted
        if earlier.channel_id == posted.channel_id:
            return posted
        try:
            await self._messages.holds(posted.channel_id, posted.message_id, _mine(job))
        except DoneAlready:
            url = jump_link(job.address.guild_id, earlier.channel_id, posted.message_id)
            return Posted(earlier.channel_id, posted.message_id, url)
        except Closed as closed:
            _log.info("job %s: could not look at its clip in %d: %s", job.job_code, posted.channel_id, closed)
        return posted

    async def _answer(self, job: Job, delivery: Delivery, post: Post) -> tuple[Posted, Post]:
        """Edits the answer to the interaction into the clip. Safe to repeat."""
        address = job.address
        _must_fit(delivery, address.upload_limit)
        begun = await self._begin(post, Way.ANSWER, address.channel_id)

        async def once(quoted: bool) -> int:  # noqa: FBT001  as `Quoting` calls it
            sent = _named(job, delivery, quoted=quoted)
            page = clip_page(job, sent, mention=False, quoted=quoted, finals=self._finals)
            return (await self._answers.edit(address, page, _files(sent)))[0]

        try:
            message_id = await self._quoting.send(job.id, once)
        except (Closed, UploadTooLarge):
            if post.way is not Way.ANSWER:
                # Discord refused, and no earlier try was made this way: the clip can't be there.
                await self._not_begun(job, post)
            raise
        url = "" if address.private else jump_link(address.guild_id, address.channel_id, message_id)
        return Posted(address.channel_id, message_id, url), begun

    async def _not_begun(self, job: Job, post: Post) -> None:
        try:
            with own_cancels_only():
                await self._poster.keep(post)
        except (StorageError, Interrupted) as error:
            # Then the next try searches there too, which is harmless. The refusal must still be raised.
            _log.warning("job %s: that its answer was refused could not be written: %s", job.job_code, error)

    async def _begin(self, post: Post, way: Way, channel_id: int) -> Post:
        """Writes down where the clip is sent, before it is sent, for the case that the process dies in between."""
        if (post.way, post.channel_id) == (way, channel_id):
            return post
        [begun] = await self._poster.keep(replace(post, way=way, channel_id=channel_id, state=PostState.BEGUN))
        return begun


def _posted(job: Job, found: Found) -> Posted | None:
    """The clip's message that a search found."""
    if found.message_id is None:
        return None
    guild_id = None if _way_of(job, found) is Way.DIRECT else job.address.guild_id
    return Posted(found.channel_id, found.message_id, jump_link(guild_id, found.channel_id, found.message_id))


def _way_of(job: Job, found: Found) -> Way | None:
    """By which way the clip that a search found was posted."""
    address = job.address
    if (
        not address.private
        and found.channel_id in {address.posts_to, address.channel_id}
        and found.message_id != address.card_id
    ):
        return Way.CHANNEL
    return address.way


def _mine(job: Job) -> IsMine:
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
