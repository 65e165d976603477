"""Sends posts once: writes down where and by which way one is sent before it is, and looks for it before it is sent again.

The other modules of this folder call it. What a post shows, and in which places a clip is tried, is theirs.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from bot.domain import nonce
from bot.domain.job import Job, Way
from bot.domain.post import OPERATOR, Post, PostState, Purpose, nonce_of, of_asked, of_job, of_messages
from bot.domain.snowflake import RANDOM_END, new_ids, time_ms
from bot.ports import Clock, Posts
from bot.presentation.delivery.message_parts import custom_ids
from bot.presentation.delivery.messages import Messages, Of
from bot.presentation.discord_errors import Closed

_log: Final = logging.getLogger(__name__)
IsMine = Callable[[str], bool]
"""Whether a message with a component of this custom id is the one that is looked for."""


class Poster:
    """Remembers the posts whose last try had no clear answer, so that they may be there already."""

    def __init__(self, posts: Posts, messages: Messages, clock: Clock) -> None:
        self._posts = posts
        self._messages = messages
        self._clock = clock
        self._doubtful: set[tuple[str, Purpose]] = set()

    # -- what is stored ------------------------------------------------------------------------------------------------

    def of_order(self, job: Job, purpose: Purpose, state: PostState, *, channel_id: int, message_id: int | None = None) -> Post:
        """A post of the job's order, or of the job where it has messages of its own, in a channel or thread."""
        asked_id = job.address.asked_id if purpose is Purpose.CARD else None
        return Post(
            self._new_id(),
            of_messages(job),
            purpose,
            "",
            way=Way.CHANNEL if asked_id is None else Way.ANSWER,
            channel_id=channel_id,
            message_id=message_id,
            state=state,
            fence=job.fence,
            asked_id=asked_id,
        )

    def of_job(self, job: Job, purpose: Purpose, way: Way | None, channel_id: int | None, *, part: int = 0) -> Post:
        """A post of the job: about to be sent by this `way`; where `way` is None, only wanted."""
        state = PostState.WANTED if way is None else PostState.BEGUN
        fence = job.fence if job.posting_fence is None else job.posting_fence
        return Post(self._new_id(), of_job(job.id), purpose, "", part, way, channel_id, state=state, fence=fence)

    def of_asked(self, asked_id: int) -> Post:
        """The post that tells a member that what they asked for with this interaction came to nothing. Its place is not known
        yet.
        """
        return Post(self._new_id(), of_asked(asked_id), Purpose.NOTICE, "")

    def line(self, channel_id: int, text: str) -> Post:
        """A line to the operator, about to be sent."""
        post_id = self._new_id()
        return Post(
            post_id,
            OPERATOR,
            Purpose.LINE,
            nonce_of(post_id),
            post_id,
            Way.CHANNEL,
            channel_id,
            state=PostState.BEGUN,
            content=text,
        )

    async def keep(self, *posts: Post) -> tuple[Post, ...]:
        """As `Posts.keep`."""
        return await self._posts.keep(*posts)

    async def stored(self, post: Post) -> Post | None:
        """The post of this subject, purpose and part as it is stored."""
        return await self._posts.find(post.subject, post.purpose, post.part)

    # -- sending -------------------------------------------------------------------------------------------------------

    async def send(self, wanted: Post, send: Callable[[str], Awaitable[int]], is_mine: IsMine, since_id: int) -> int:
        """Sends a message to `wanted.channel_id` with `send(nonce)`, once; its id, which is stored.

        A message that an earlier try may have sent is looked for from the id `since_id` on, once Discord may have forgotten its
        nonce. Raises what `send` raises.
        """
        [post] = await self._posts.keep(replace(wanted, state=PostState.BEGUN))
        return await self.send_begun(post, send, is_mine, since_id, first=post.id == wanted.id)

    async def send_begun(
        self,
        post: Post,
        send: Callable[[str], Awaitable[int]],
        is_mine: IsMine,
        since_id: int,
        *,
        first: bool,
        of: Of = custom_ids,
    ) -> int:
        """As `send`, for a post that is stored. `first`: no earlier try can have sent it."""
        if post.message_id is not None:
            return post.message_id
        message_id = None
        if not first and self._clock.now_ms() - time_ms(post.id) > nonce.REMEMBERED_MS and post.channel_id is not None:
            try:
                message_id = await self._messages.find(post.channel_id, since_id, is_mine, of=of)
            except Closed as closed:
                _log.info("could not look for an earlier %s in %d: %s", post.purpose, post.channel_id, closed)
        if message_id is None:
            message_id = await send(post.nonce)
        await self._posts.keep(replace(post, message_id=message_id, state=PostState.SENT))
        return message_id

    def doubt(self, post: Post) -> None:
        """The last try to send it had no clear answer."""
        self._doubtful.add((post.subject, post.purpose))

    def is_clear(self, post: Post) -> None:
        self._doubtful.discard((post.subject, post.purpose))

    def clip_may_be_there(self, job: Job) -> bool:
        """Whether an earlier try to post the clip had no clear answer: of this process, or of one that died after it began."""
        return (of_job(job.id), Purpose.CLIP) in self._doubtful or job.posting_fence != job.fence

    def forget(self, job_id: int) -> None:
        """Drops what is known of the job's clip: the job has ended, or is posted in another place from now on."""
        self._doubtful.discard((of_job(job_id), Purpose.CLIP))

    def _new_id(self) -> int:
        drawn = random.randrange(RANDOM_END)  # noqa: S311  tells posts of one millisecond apart, guards nothing
        return new_ids(self._clock.now_ms(), (drawn,))[0]
