"""Shows on an order's messages that one of its several clips has ended or waits for a place, and mentions the member once all
have. `DiscordNotifier` calls it; every method may be repeated.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import Final

from bot.domain.job import Job, State
from bot.domain.post import Purpose
from bot.presentation.delivery.boards import Boards
from bot.presentation.delivery.mentions import Mentions
from bot.presentation.delivery.messages import Messages
from bot.presentation.delivery.threads import Threads
from bot.presentation.discord_errors import Closed, may_open
from bot.presentation.views import escaping
from bot.presentation.views.board_words import is_here, lead
from bot.presentation.views.layout import Page

_log: Final = logging.getLogger(__name__)


class BoardEnds:
    def __init__(self, boards: Boards, messages: Messages, threads: Threads, mentions: Mentions) -> None:
        self._boards = boards
        self._messages = messages
        self._threads = threads
        self._mentions = mentions

    async def show(self, job: Job) -> set[Purpose]:
        """Shows what became of the job. Returns which of card and progress message Discord refuses to have edited, and may
        allow later.

        Raises `DeliveryError` for a temporary error.
        """
        refused: set[Purpose] = set() if await self._show_card(job) else {Purpose.CARD}
        async with self._boards.editing(job):
            jobs = await self._boards.jobs_of(job)
            over = all(each.ended or each.state is State.UNPOSTED for each in jobs)
            if over:
                await self._mentions.mention(jobs)
            if not await self._show_progress(lead(jobs), jobs, over=over):
                refused.add(Purpose.PROGRESS)
            if job.hides_prompt and job.address.thread_id is not None:
                await self._rename(job, job.address.thread_id)
        self._boards.leave(jobs)
        return refused

    async def show_left(self, job: Job) -> set[Purpose]:
        """As `show`, for an order whose clips were all posted elsewhere: its card and progress message lead to them. Nobody is
        mentioned, since each clip has messages of its own, which tell the member.
        """
        refused: set[Purpose] = set() if await self._show_card(job) else {Purpose.CARD}
        async with self._boards.editing(job):
            jobs = await self._boards.jobs_of(job)
            at, over = await self._boards.at(jobs), all(each.ended for each in jobs)
            if at is not None and not await self._show_progress(at, jobs, over=over):
                refused.add(Purpose.PROGRESS)
        self._boards.leave(jobs)
        return refused

    async def _show_card(self, job: Job) -> bool:
        """False where Discord refuses it, and may allow it later."""
        try:
            await self._boards.draw(job)
        except Closed as closed:
            _log.info("job %s: its order's card can't show its end: %s", job.job_code, closed)
            return job.address.card_id is None or job.address.private or not may_open(closed)
        return True

    async def _show_progress(self, job: Job, jobs: Sequence[Job], *, over: bool) -> bool:
        """Deletes the progress message once nothing runs and a clip is in the same thread; else has it list all clips. `job`
        knows the way to it, and is one of `jobs`.

        False where Discord refuses that, and may allow it later.
        """
        thread_id, progress_id = job.address.thread_id, job.address.progress_id
        if thread_id is None or progress_id is None:
            return True
        try:
            if over and any(is_here(each) and each.address.clip_channel_id == thread_id for each in jobs):
                await self._messages.delete(thread_id, progress_id)
            else:
                await self._boards.progress_message(job, partial(self._edit, job, thread_id, progress_id))
        except Closed as closed:
            _log.info("order %d: its progress message stays as it is: %s", job.order_id, closed)
            return not may_open(closed)
        return True

    async def _edit(self, job: Job, thread_id: int, progress_id: int, page: Page) -> None:
        await self._messages.edit(thread_id, progress_id, page)
        self._boards.says(job, page)

    async def _rename(self, job: Job, thread_id: int) -> None:
        try:
            await self._threads.rename(thread_id, escaping.unnamed_thread())
        except Closed as closed:
            _log.info("job %s: could not take its prompt off the thread: %s", job.job_code, closed)
