"""Edits a job's messages at its end, or when its clip can't be posted and waits for its owner. `DiscordNotifier` and
`PostedClips` call it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from functools import partial
from typing import Final

from bot.domain.job import Failure, Job, State, Way
from bot.domain.post import Purpose, Told
from bot.errors import DeliveryError
from bot.presentation.delivery.answers import Answers
from bot.presentation.delivery.card_edits import CardEdits
from bot.presentation.delivery.clip_poster import ClipPoster
from bot.presentation.delivery.message_parts import Kept
from bot.presentation.delivery.messages import Messages
from bot.presentation.delivery.operators_channel import OperatorsChannel
from bot.presentation.delivery.poster_pictures import PosterPictures
from bot.presentation.delivery.threads import Threads
from bot.presentation.discord_errors import Closed, NotTaken, may_open
from bot.presentation.views import escaping, job_card, layout, outcomes, unposted
from bot.presentation.views.error_pages import note_page
from bot.presentation.views.layout import Page
from bot.presentation.views.translations import _

_log: Final = logging.getLogger(__name__)


class EndMessages:
    """Every method may be repeated. A message that can't be edited any more stays as it is."""

    def __init__(
        self,
        messages: Messages,
        answers: Answers,
        threads: Threads,
        card_edits: CardEdits,
        posts: ClipPoster,
        posters: PosterPictures,
        operators: OperatorsChannel,
    ) -> None:
        self._messages = messages
        self._answers = answers
        self._threads = threads
        self._cards = card_edits
        self._clip_poster = posts
        self._posters = posters
        self._operators = operators

    async def end(self, job: Job) -> set[Purpose]:
        """Shows the end. Returns which of card and progress message Discord refuses to have edited, and may allow later."""
        address = job.address
        refused: set[Purpose] = set()
        if address.result_id is None or address.result_id != address.card_id:
            try:
                await self._end_card(job)
            except Closed as closed:
                _log.info("job %s: its card can't show the end: %s", job.job_code, closed)
                if _may_take_it_later(job, closed):
                    refused.add(Purpose.CARD)
                if address.private and job.state is not State.DONE:
                    await _try(job, "tell the member", self._clip_poster.tell(job, partial(self._card, job), Told.END))
        if address.thread_id is not None and address.progress_id is not None:
            editing = self._end_progress(job, address.thread_id, address.progress_id)
            if not await _try(job, "end the progress", editing):
                refused.add(Purpose.PROGRESS)
        if address.thread_id is not None and job.hides_prompt:
            naming = self._threads.rename(address.thread_id, escaping.unnamed_thread())
            await _try(job, "take its prompt off the thread", naming)
        return refused

    def _card(self, job: Job, quoted: bool) -> Page:  # noqa: FBT001  as `Quoting` calls it
        return job_card.card(job, quoted=quoted, told=self._operators.hears)

    async def _end_card(self, job: Job) -> None:
        poster = await self._poster_of(job)
        files: dict[str, bytes | Kept] = {} if poster is None else {job_card.POSTER_FILE: poster}
        try:
            await self._cards.draw(job, files | await self._cards.pictures(job), poster=bool(files))
        except NotTaken as refused:
            _log.info("job %s: its card is ended with files of its own: %s", job.job_code, refused)
            anew = {name: each for name, each in files.items() if not isinstance(each, Kept)}
            await self._cards.draw(job, anew | await self._cards.pictures(job, anew=True), poster=bool(anew))

    async def _poster_of(self, job: Job) -> bytes | Kept | None:
        """The poster for the card of a job with messages of its own; None where it shows none."""
        address = job.address
        if job.state is not State.DONE or address.result_id is None or address.in_place:
            return None
        new = self._posters.new(job.id)
        if new is not None:
            return new
        # An earlier process may have attached it and died before it could write that down: then it is kept there.
        there = await self._answers.files(address)
        return there.get(job_card.POSTER_FILE) or await self._posters.kept(job)

    async def _end_progress(self, job: Job, thread_id: int, progress_id: int) -> None:
        """Deletes the progress message if the clip is in the same thread; otherwise edits it to a line about the end."""
        if job.address.result_id is not None and job.address.clip_channel_id == thread_id:
            await self._messages.delete(thread_id, progress_id)
        else:
            await self._messages.edit(thread_id, progress_id, _ended_progress(job, told=self._operators.hears))

    async def unposted(self, job: Job) -> set[Purpose]:
        """Shows that the clip waits for its owner. Returns as `end`; raises `DeliveryError` for a temporary error."""
        address = job.address
        refused: set[Purpose] = set()
        may_be_clip = job.failure is Failure.DOUBTFUL and address.way is Way.ANSWER
        # If the card may have become the clip, it stays as it is; then only `/jobs` offers to post it.
        if not may_be_clip and not await self._wait_on_card(job):
            refused.add(Purpose.CARD)
        if address.thread_id is not None and address.progress_id is not None:
            editing = self._messages.edit(address.thread_id, address.progress_id, unposted.page_of(job))
            if not await _try(job, "say in its thread that it waits", editing):
                refused.add(Purpose.PROGRESS)
        return refused

    async def _wait_on_card(self, job: Job) -> bool:
        """False where Discord refuses to have the card say that the clip waits, and may allow it later."""
        try:
            await self._cards.redraw(job)
        except Closed as closed:
            _log.info("job %s: its card can't say that it waits for a place: %s", job.job_code, closed)
            if job.address.private and job.failure is not Failure.DOUBTFUL:
                await _try(job, "tell the member", self._clip_poster.tell(job, lambda _: unposted.page_of(job), Told.UNPOSTED))
            return not _may_take_it_later(job, closed)
        return True

    async def posted_elsewhere(self, job: Job, posting: Job) -> None:
        """Says on the messages of `job` (with its old address) that its clip is posted elsewhere (the address of `posting`)."""
        address = job.address
        if posting.address.private:
            where = _("Its owner has it posted elsewhere.")
        else:
            # Translators: {channel} is the channel's name.
            where = _("Its owner has it posted in {channel}.").format(channel=f"<#{posting.address.channel_id}>")
        said = note_page(_("Posted elsewhere"), where, layout.GREY)
        try:
            if not address.private:
                await _try(job, "say on its old card where it went", self._cards.edit(job, said, {}))
            if address.thread_id is not None and address.progress_id is not None:
                editing = self._messages.edit(address.thread_id, address.progress_id, said)
                await _try(job, "say in its old thread where it went", editing)
        except DeliveryError as error:
            _log.info("job %s: its old messages stay as they are: %s", job.job_code, error)


async def _try(job: Job, what: str, doing: Awaitable[object]) -> bool:
    """False where it was refused, and may be allowed later."""
    try:
        await doing
    except Closed as closed:
        _log.info("job %s: could not %s: %s", job.job_code, what, closed)
        return not may_open(closed)
    return True


def _may_take_it_later(job: Job, closed: Closed) -> bool:
    """Whether a card that refused an edit is still there, and an edit may be allowed again."""
    return job.address.card_id is not None and not job.address.private and may_open(closed)


def _ended_progress(job: Job, *, told: bool) -> Page:
    ending = outcomes.ending(job, told=told)
    page = Page(ending.accent)
    if job.state is State.DONE and job.address.result_id is not None:
        done, watch, url = _("Done"), _("Watch the clip"), job.address.result_url
        return page.text(f"**{done}** · [{watch}]({url})" if url else f"**{done}**")
    page.text(f"**{ending.headline}**", ending.sentence, ending.charge, outcomes.job_code_line(job))
    return page.buttons(*(job_card.job_button(step, job.id) for step in ending.next_steps))
