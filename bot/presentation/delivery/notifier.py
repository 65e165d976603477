"""Implements `Notifier` with Discord messages: makes a job's messages, updates its progress, posts the clip, shows the end.

The pipeline calls it. Each step first looks at what exists already, so that it can be repeated after a crash.
A job's messages are in the language of its address.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import discord

from bot.domain.job import Job, State
from bot.domain.post import Purpose
from bot.first_answers import FirstAnswers
from bot.notice import Notice
from bot.ports import Clock, Delivery, JobReader, KeptPictures, Media, Posted, Posts, Progress, ProgressReader
from bot.presentation.delivery.announcer import Announcer, lacks_progress_message
from bot.presentation.delivery.answers import Answers
from bot.presentation.delivery.board_ends import BoardEnds
from bot.presentation.delivery.boards import Boards
from bot.presentation.delivery.card_edits import CardEdits
from bot.presentation.delivery.clip_poster import ClipPoster
from bot.presentation.delivery.credit_notices import CreditNotices
from bot.presentation.delivery.discord_requests import DiscordRequests
from bot.presentation.delivery.end_messages import EndMessages
from bot.presentation.delivery.late_answers import LateAnswers
from bot.presentation.delivery.mentions import Mentions
from bot.presentation.delivery.messages import Messages
from bot.presentation.delivery.operators_channel import OperatorsChannel
from bot.presentation.delivery.posted_clips import PostedClips
from bot.presentation.delivery.poster import Poster
from bot.presentation.delivery.poster_links import PosterLinks
from bot.presentation.delivery.poster_pictures import KeptPoster, PosterPictures
from bot.presentation.delivery.progress_updater import Followed, ProgressUpdater
from bot.presentation.delivery.quoting import Quoting
from bot.presentation.delivery.threads import Threads
from bot.presentation.delivery.upload_limits import UploadLimits
from bot.presentation.discord_codes import ARCHIVED
from bot.presentation.discord_errors import Closed, NotTaken
from bot.presentation.views import job_card
from bot.presentation.views.board_words import lead
from bot.presentation.views.layout import Page
from bot.presentation.views.progress_text import progress_page, progress_text
from bot.presentation.views.translations import Language, speaking

_log: Final = logging.getLogger(__name__)
_THREAD_AGAIN_MS: Final = 60_000
"""Between two tries to make a missing thread or progress message."""


class DiscordNotifier:
    """`operator_channel_id` is the channel for texts to the operator, in `operator_language`; None: only the log.

    Buttons and lists call the methods of `posted_clips`; `late_answers` tells members what the start could not go on with.
    """

    def __init__(
        self,
        client: discord.Client,
        *,
        jobs: JobReader,
        posts: Posts,
        kept_pictures: KeptPictures,
        kept_poster: KeptPoster,
        media: Media,
        progress_reader: ProgressReader,
        clock: Clock,
        operator_channel_id: int | None,
        operator_language: Language,
        first_answers: FirstAnswers,
        holds: Callable[[Job], bool],
        finals: bool = False,
    ) -> None:
        """`finals`: a posted preview has a button that makes it as a real clip, whatever its resolution. `holds`: whether an
        unfinished job is this process's."""
        self._jobs = jobs
        self._clock = clock
        self.requests = DiscordRequests(client, clock, first_answers)
        self._messages = Messages(self.requests)
        self._answers = Answers(self.requests, clock)
        self._threads = Threads(self.requests)
        self._poster = Poster(posts, self._messages, clock)
        self.operators = OperatorsChannel(self._messages, self._poster, posts, clock, operator_channel_id, operator_language)
        self._progress_updater = ProgressUpdater(progress_reader, clock, self._show)
        self._quoting = Quoting(first_answers)
        self._posters = PosterPictures(kept_poster)
        links = PosterLinks(self._messages, clock)
        self._cards = CardEdits(self._messages, self._answers, kept_pictures, media, self._quoting, self.operators, links)
        self._boards = Boards(
            jobs, progress_reader, self._cards, self._quoting, self._posters, links, posts, clock, holds, finals=finals
        )
        self._limits = UploadLimits(client)
        credit_notices = CreditNotices(self._answers, self._poster, clock)
        self._announcer = Announcer(
            self._messages, self._answers, self._threads, self._poster, self._cards, self._boards, self._quoting, credit_notices
        )
        self._clip_poster = ClipPoster(
            self._messages, self._answers, self._poster, self._limits, self._quoting, self._announcer.thread, finals=finals
        )
        self._end_messages = EndMessages(
            self._messages, self._answers, self._threads, self._cards, self._clip_poster, self._posters, self.operators
        )
        mentions = Mentions(self._messages, self._poster, self._quoting)
        self._board_ends = BoardEnds(self._boards, self._messages, self._threads, mentions)
        self.late_answers = LateAnswers(self._messages, self._poster)
        self.posted_clips = PostedClips(
            self._messages,
            self._answers,
            self._poster,
            self._end_messages,
            links,
            self.ended,
            posts,
            clock,
            self._show_on_board,
            self._boards,
        )

    def start(self) -> None:
        """Starts the loop that updates progress messages; needs a running event loop."""
        self._progress_updater.start(self.tell_operator)

    async def stop(self) -> None:
        await self._progress_updater.stop()
        await self._announcer.stop()

    # -- the port ------------------------------------------------------------------------------------------------------

    async def announce(self, job: Job) -> Job:
        with speaking(job.address.locale):
            return await self._announcer.card(job)

    def follow(self, job_id: int) -> None:
        self._progress_updater.follow(job_id)

    def unfollow(self, job: Job, *, lost: bool = False) -> None:
        self._progress_updater.unfollow(job.id)
        self._announcer.said(job.id)
        if lost:
            self._progress_updater.when_quiet(job.id, partial(self._forget, job, lost=True))

    async def deliver(self, job: Job, delivery: Delivery) -> Posted:
        job = await self._quiet(job)
        with speaking(job.address.locale):
            posted = await self._clip_poster.deliver(job, delivery)
        if delivery.poster is not None:
            self._posters.came(job.id, delivery.poster)
        return posted

    def upload_limits(self, job: Job) -> Sequence[int]:
        # A clip of an order of several never takes the place of the answer, for which members have limits of their own.
        return self._limits.of(job.address, answerable=self._answers.answerable(job.address) and not job.on_board)

    async def find_post(self, job: Job) -> Posted | None:
        return await self._clip_poster.find(job)

    async def unposted(self, job: Job) -> Collection[Purpose]:
        job = await self._announcer.with_progress(await self._quiet(job))
        self._poster.forget(job.id)
        self._posters.forget(job.id)
        with speaking(job.address.locale):
            return await (self._board_ends.show(job) if job.on_board else self._end_messages.unposted(job))

    async def ended(self, job: Job) -> Collection[Purpose]:
        """As the port says. Messages that can't be edited stay as they are."""
        job = await self._announcer.with_progress(await self._quiet(job))
        with speaking(job.address.locale):
            refused = await (self._board_ends.show(job) if job.on_board else self._end_messages.end(job))
        if job.elsewhere:
            refused |= await self._show_on_board(job)
        self._announcer.said(job.id)
        self._forget(job)
        return refused

    def _forget(self, job: Job, *, lost: bool = False) -> None:
        if lost:
            self._boards.forget([job], self._progress_updater.follows)
        if not job.on_board:
            self._posters.forget(job.id)
            self._cards.forget(job)
        self._quoting.forget(job.id)
        self._poster.forget(job.id)

    async def _show_on_board(self, job: Job) -> set[Purpose]:
        """Has the board show what became of a clip that is posted elsewhere. Returns as `ended`."""
        jobs = await self._boards.jobs_of(job)
        first = lead(jobs)
        with speaking((await self._boards.at(jobs) or first).address.locale):
            return await (self._board_ends.show(first) if first.on_board else self._board_ends.show_left(first))

    async def tell_operator(self, notice: Notice) -> None:
        await self.operators.tell(notice)

    @property
    def operators_told(self) -> bool:
        """Whether the last text to the operator's channel arrived."""
        return self.operators.hears

    async def _quiet(self, job: Job) -> Job:
        """Stops all progress requests of the job and waits for running ones. The job with its newest address, which such a
        request may have changed.
        """
        edited, completed = await self._progress_updater.quiet(job.id), await self._announcer.quiet(job.order_id)
        # Another job of its order may have made a message of theirs.
        now = await self._jobs.get(job.id) if edited or completed or job.on_board else None
        return job if now is None else replace(job, address=now.address)

    # -- showing -------------------------------------------------------------------------------------------------------

    async def _show(self, progress: Progress, followed: Followed) -> None:
        with speaking(progress.job.address.locale):
            if not progress.job.on_board:
                await self._update_messages(progress, followed)
            elif self._boards.due(progress.job):
                await self._update_board(progress.job, followed)

    async def _update_board(self, job: Job, followed: Followed) -> None:
        """Shows the progress of all jobs of the order, in their thread or else on their card."""
        job = await self._completed(job, followed, "")
        address = job.address
        if address.in_place or address.thread_id is None or address.progress_id is None or followed.thread_closed:
            await self._boards.draw(job, progress=True, urgent=False)
            return
        try:
            async with self._boards.editing(job):
                editing = partial(self._edit_board_progress, job, address.thread_id, address.progress_id, followed)
                await self._boards.progress_message(job, editing)
        except Closed as closed:
            if isinstance(closed, NotTaken) and closed.code != ARCHIVED:
                raise
            _log.info("order %d shows its progress on its card, not in its thread: %s", job.order_id, closed)
            followed.thread_closed = True
            await self._boards.draw(job, progress=True, urgent=False)
            return
        waits = all(each.state is State.QUEUED for each in await self._boards.jobs_of(job))
        if waits and not self._cards.drew(job) and not self._answers.answerable(address):
            # As in `_show_headline`: after a restart, edits must not be spent on unchanged cards.
            return
        try:
            await self._boards.draw(job, urgent=False)
        except Closed as closed:
            _log.info("order %d: its card stays as it is: %s", job.order_id, closed)

    async def _update_messages(self, progress: Progress, followed: Followed) -> None:
        text = progress_text(progress, told=self.operators.hears)
        job = await self._completed(progress.job, followed, text)
        address = job.address
        if address.in_place or address.thread_id is None or address.progress_id is None or followed.thread_closed:
            await self._show_on_card(job, followed, text)
            return
        if followed.shown != hash(text):
            try:
                await self._edit_progress(address.thread_id, address.progress_id, followed, progress_page(job, text))
            except Closed as closed:
                if isinstance(closed, NotTaken) and closed.code != ARCHIVED:
                    raise
                _log.info("job %s shows its progress on its card, not in its thread: %s", job.job_code, closed)
                followed.thread_closed = True
                await self._show_on_card(job, followed, text)
                return
            followed.shown = hash(text)
        await self._show_headline(job, followed)

    async def _edit_board_progress(self, job: Job, thread_id: int, progress_id: int, followed: Followed, page: Page) -> None:
        if self._boards.says(job, page):
            return
        try:
            await self._edit_progress(thread_id, progress_id, followed, page)
        except BaseException:
            # Raised on: the updater's `_guarded` logs it and tries again, and then this text counts as new.
            self._boards.unsaid(job)
            raise

    async def _show_on_card(self, job: Job, followed: Followed, text: str) -> None:
        if job.card_may_be_clip:
            return
        shown = hash(("card", text))
        if followed.shown != shown:
            await self._cards.redraw(job, progress=text, urgent=False)
            followed.shown = shown
        # The card shows the progress instead of its headline; the headline comes back once there is a thread.
        self._announcer.said(job.id)
        followed.headline = ""

    async def _edit_progress(self, thread_id: int, progress_id: int, followed: Followed, page: Page) -> None:
        try:
            await self._messages.edit(thread_id, progress_id, page, urgent=False)
        except NotTaken as error:
            if error.code != ARCHIVED or followed.reopened:
                raise
            # Reopened once only: somebody who archives it again wants it archived.
            followed.reopened = True
            await self.requests.reopen(thread_id)
            await self._messages.edit(thread_id, progress_id, page, urgent=False)

    async def _show_headline(self, job: Job, followed: Followed) -> None:
        """Updates the card's headline, while the progress is shown in the thread."""
        if job.card_may_be_clip:
            return
        headline = job_card.headline(job)
        if followed.headline is None:
            followed.headline = self._announcer.said(job.id)
        if followed.headline is None and job.state is State.QUEUED and not self._answers.answerable(job.address):
            # Assume that the card shows this headline: after a restart with many waiting jobs, edits must not be spent on
            # unchanged cards.
            followed.headline = headline
        if followed.headline != headline:
            try:
                await self._cards.redraw(job, urgent=False)
            except Closed as closed:
                # The thread shows the progress, so a card that can't be edited does not matter.
                _log.info("job %s: its card stays as it is: %s", job.job_code, closed)
            followed.headline = headline

    async def _completed(self, job: Job, followed: Followed, text: str) -> Job:
        """The job with its thread and progress message, as far as Discord allows them now."""
        now = self._clock.now_ms()
        if not lacks_progress_message(job) or job.posting_begun or now < followed.messages_due_ms:
            # No new thread once posting has begun: an earlier try is looked for where it may be. Then `ClipPoster` opens one.
            return job
        followed.messages_due_ms = now + _THREAD_AGAIN_MS
        completed = await self._announcer.complete(job, text)
        if not completed.address.in_place and completed.address.progress_id is not None:
            followed.shown = hash(text)
        return completed
