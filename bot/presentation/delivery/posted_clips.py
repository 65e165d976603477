"""What members do with posted clips: delete one, list their posters, have one posted elsewhere. Buttons and `/jobs` call it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from typing import Final

from bot.domain.job import Job
from bot.domain.post import PostState, Purpose
from bot.errors import DeliveryError
from bot.ports import Clock, Posts
from bot.presentation.delivery.answers import Answers
from bot.presentation.delivery.boards import Boards
from bot.presentation.delivery.end_messages import EndMessages
from bot.presentation.delivery.messages import Messages
from bot.presentation.delivery.poster import Poster
from bot.presentation.delivery.poster_links import PosterLinks
from bot.presentation.discord_errors import Closed
from bot.presentation.views.translations import speaking

_log: Final = logging.getLogger(__name__)


class PostedClips:
    """`ended` is the method of `Notifier`: it shows a job's end on its messages anew. `show_on_board` has card and progress
    message of an order show what became of one of its clips that is posted elsewhere; it raises `DeliveryError`.
    """

    def __init__(
        self,
        messages: Messages,
        answers: Answers,
        poster: Poster,
        end_messages: EndMessages,
        posters: PosterLinks,
        ended: Callable[[Job], Awaitable[Collection[Purpose]]],
        posts: Posts,
        clock: Clock,
        show_on_board: Callable[[Job], Awaitable[Collection[Purpose]]],
        boards: Boards,
    ) -> None:
        self._show_on_board = show_on_board
        self._boards = boards
        self._posts = posts
        self._clock = clock
        self._messages = messages
        self._answers = answers
        self._poster = poster
        self._end_messages = end_messages
        self._posters = posters
        self._ended = ended

    async def delete(self, job: Job) -> bool:
        """Deletes the clip's message and shows that on card and progress message. False where Discord does not allow it."""
        address = job.address
        if address.result_id is None:
            return True
        channel_id = address.clip_channel_id if address.result_url else None
        try:
            if channel_id is not None:
                await self._messages.delete(channel_id, address.result_id)
            elif self._answers.answerable(address):
                await self._answers.delete(address)
            else:
                return False
        except (Closed, DeliveryError) as error:
            _log.info("job %s: its clip could not be deleted: %s", job.job_code, error)
            return False
        deleted = await self._deleted(job)
        if address.result_id == address.card_id:
            await self._posts.shown(deleted)
        else:
            await self.show(deleted)
        return True

    async def show(self, job: Job) -> None:
        """Has the messages of an ended job show what it is now. What Discord does not take now is tried again later."""
        try:
            refused = await self._ended(job)
        except DeliveryError as error:
            _log.warning("job %s: its messages do not show what it is now: %s", job.job_code, error)
            refused = (Purpose.CARD, Purpose.PROGRESS)
        await self._posts.shown(job, refused, self._clock.now_ms())

    async def _deleted(self, job: Job) -> Job:
        """Stores that the clip was deleted, and that its messages are to show that. The job as they show it then."""
        address = job.address
        post = self._poster.of_job(job, Purpose.CLIP, address.way, address.clip_channel_id)
        await self._poster.keep(replace(post, state=PostState.DELETED))
        return await self._posts.want(replace(job, address=replace(address, result_id=None, result_url=None)))

    async def posters(self, jobs: Sequence[Job]) -> dict[int, str]:
        """Links to the posters on the cards of these jobs, by job id, for a list."""
        return await self._posters.of(jobs)

    async def posted_elsewhere(self, job: Job, posting: Job) -> None:
        """Says on the messages that the job had before (`job`) where its clip is posted now."""
        with speaking(job.address.locale):
            if not job.on_board:
                await self._end_messages.posted_elsewhere(job, posting)
                # The press may have come to another process than the one that posts the clip.
                self._boards.leave([posting])
                return
            try:
                await self._show_on_board(posting)
            except DeliveryError as error:
                _log.info("order %d: its messages do not say yet where a clip went: %s", job.order_id, error)
