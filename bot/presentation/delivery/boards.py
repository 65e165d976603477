"""Draws the card of an order of several clips, and says what its progress message shows. `Announcer`, `BoardEnds`,
`PostedClips` and `DiscordNotifier` call it.

Whatever job of the order has news, all jobs are read again and the whole card is drawn. One edit goes at a time, and after
it the jobs are read once more: what changed meanwhile, here or in another process, is drawn too. So the card never goes back
to older news, and news that came together cost one edit.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from bot.domain.job import Job, State
from bot.domain.post import PostState, Purpose, of_order
from bot.ports import Clock, JobReader, Posts, Progress, ProgressReader
from bot.presentation.delivery.card_edits import CardEdits
from bot.presentation.delivery.message_parts import NO_FILES, Files, Kept
from bot.presentation.delivery.poster_links import PosterLinks
from bot.presentation.delivery.poster_pictures import PosterPictures
from bot.presentation.delivery.quoting import Quoting
from bot.presentation.discord_codes import ARCHIVED
from bot.presentation.discord_errors import NotTaken
from bot.presentation.views import board, job_card
from bot.presentation.views.asked_prompt import asked_prompt
from bot.presentation.views.board_words import is_here, lead
from bot.presentation.views.layout import Page

_T = TypeVar("_T")
_DRAWN_MOST: Final = 3
"""So often one call draws the card while jobs change. Later changes have calls of their own."""
_BETWEEN_MS: Final = 4_000
"""Between two edits for progress alone, of card or progress message. Discord allows about five edits in five seconds."""
_NEWS_AFTER_MS: Final = 1_000
"""A changed state is shown sooner, and what else changed in this time with it."""


@dataclass(slots=True)
class _Board:
    """What this process knows of an order: when its progress was shown last, and the jobs' states then; a hash of its progress
    message (None: not known).
    """

    editing: asyncio.Lock = field(default_factory=asyncio.Lock)
    shown_ms: int = 0
    states: Mapping[int, State] = field(default_factory=dict[int, State])
    progress: int | None = None


class Boards:
    def __init__(
        self,
        jobs: JobReader,
        progress_reader: ProgressReader,
        card_edits: CardEdits,
        quoting: Quoting,
        posters: PosterPictures,
        poster_links: PosterLinks,
        posts: Posts,
        clock: Clock,
        holds: Callable[[Job], bool],
        *,
        finals: bool = False,
    ) -> None:
        """`finals` and `holds` as in `DiscordNotifier`."""
        self._holds = holds
        self._finals = finals
        self._jobs = jobs
        self._progress_reader = progress_reader
        self._cards = card_edits
        self._quoting = quoting
        self._posters = posters
        self._poster_links = poster_links
        self._posts = posts
        self._clock = clock
        self._boards: dict[int, _Board] = {}

    def editing(self, job: Job) -> asyncio.Lock:
        """Held while a message of the job's order is made or edited."""
        return self._board(job).editing

    def leave(self, jobs: Sequence[Job]) -> None:
        """Drops what is known of the order of these jobs, unless this process goes on with one of them. `jobs` are all that the
        order has, or the only one that matters here.
        """
        if not any(not each.ended and self._holds(each) for each in jobs):
            self.forget(jobs)

    def forget(self, jobs: Sequence[Job], follows: Callable[[int], bool] | None = None) -> None:
        """The order of these jobs is over, or another process has it. Nothing is dropped where this process still `follows` one
        of its jobs.
        """
        job = lead(jobs)
        known = self._boards.get(job.order_id)
        if known is not None and follows is not None and any(map(follows, known.states)):
            return
        self._boards.pop(job.order_id, None)
        self._cards.forget(job)
        self._quoting.forget(job.order_id)
        for job_id in {*(each.id for each in jobs), *(known.states if known is not None else ())}:
            self._posters.forget(job_id)

    async def jobs_of(self, job: Job) -> list[Job]:
        """The jobs of the order as they are now, in their order; also those whose clips are posted elsewhere."""
        return await self._jobs.of_order(job.order_id) or [job]

    async def again(self, job: Job) -> Job:
        """The job as it is now: another job of its order may have made a message of theirs."""
        return await self._jobs.get(job.id) or job

    async def at(self, jobs: Sequence[Job]) -> Job | None:
        """A job that knows the way to the order's card, and to its thread and progress message where it has them. None where
        nobody knows it any more: the card of a private order can be edited with its command's token only.

        Once all clips were posted elsewhere, each job has a card of its own, and only `posts` says where the order's messages
        are.
        """
        job = lead(jobs)
        if job.on_board:
            return job
        order = await self._jobs.order(job.order_id)
        card = await self._posts.find(of_order(job.order_id), Purpose.CARD)
        if order is None or order.private or card is None or card.state is not PostState.SENT or card.channel_id is None:
            return None
        thread = await self._posts.find(of_order(job.order_id), Purpose.THREAD)
        progress = await self._posts.find(of_order(job.order_id), Purpose.PROGRESS)
        here = replace(
            job.address,
            channel_id=card.channel_id,
            card_id=card.message_id,
            thread_id=None if thread is None else thread.message_id,
            progress_id=None if progress is None else progress.message_id,
            locale=order.locale,
            token="",
            private=False,
        )
        return replace(job, elsewhere=False, address=here)

    async def prompt(self, job: Job) -> str:
        """The prompt of all jobs of the order (see `asked_prompt`); "" where that of one of them must not be shown."""
        jobs = await self.jobs_of(job)
        return "" if board.hides_prompt(jobs) else asked_prompt(jobs)

    def due(self, job: Job) -> bool:
        """Whether the order's progress is to be shown now. `job` is one of its jobs as it is now."""
        known, now = self._board(job), self._clock.now_ms()
        since_ms = now - known.shown_ms
        news = known.states.get(job.id) is not job.state
        if since_ms < (_NEWS_AFTER_MS if news else _BETWEEN_MS):
            return False
        known.shown_ms = now
        return True

    # -- drawing -------------------------------------------------------------------------------------------------------

    async def draw(self, job: Job, *, first: bool = False, progress: bool = False, urgent: bool = True) -> int | None:
        """Edits the order's card to the current state of its jobs; its message id. An edit that looks like the last one is not
        sent.

        `first`: no earlier process has drawn it, as far as this job knows. `progress`: the card shows bars and places in
        line. Raises as `CardEdits.edit`.
        """
        async with self.editing(job):
            jobs, card_id = await self.jobs_of(job), None
            for _ in range(_DRAWN_MOST):
                at = await self.at(jobs)
                if at is None:
                    return None
                card_id = await self._draw(at, jobs, first=first, progress=progress, urgent=urgent)
                drawn, jobs = jobs, await self.jobs_of(job)
                if jobs == drawn:
                    break
            return card_id

    async def progress_message(self, job: Job, send: Callable[[Page], Awaitable[_T]]) -> _T:
        """Calls `send` with the order's progress message as it should look now; without its member's words where a server's
        filters block them.
        """
        jobs = await self.jobs_of(job)
        progress = await self._progress(jobs)
        self._board(job).states = {each.id: each.state for each in jobs}

        async def once(quoted: bool) -> _T:  # noqa: FBT001  as `Quoting` calls it
            return await send(board.progress_of_order(jobs, progress, quoted=quoted))

        return await self._quoting.send(job.order_id, once)

    def says(self, job: Job, page: Page) -> bool:
        """Notes that the order's progress message shows `page` from now on. Returns whether it did so before."""
        known, now = self._board(job), hash(json.dumps(page.to_components(), sort_keys=True))
        before, known.progress = known.progress, now
        return before == now

    def unsaid(self, job: Job) -> None:
        """The edit of the progress message did not work."""
        self._board(job).progress = None

    # -- inside --------------------------------------------------------------------------------------------------------

    def _board(self, job: Job) -> _Board:
        return self._boards.setdefault(job.order_id, _Board())

    async def _progress(self, jobs: Sequence[Job]) -> dict[int, Progress]:
        found: dict[int, Progress] = {}
        for each in jobs:
            if each.ended or each.elsewhere or each.state is State.UNPOSTED:
                continue
            progress = await self._progress_reader.progress_of(each.id)
            if progress is not None and progress.job.state is each.state:
                found[each.id] = progress
        return found

    async def _draw(self, at: Job, jobs: Sequence[Job], *, first: bool, progress: bool, urgent: bool) -> int:
        shown = await self._progress(jobs) if progress or at.address.in_place else None
        if shown is not None:
            self._board(at).states = {each.id: each.state for each in jobs}
        files = await self._files(at, jobs, first=first)
        try:
            return await self._edit(at, jobs, files, shown, urgent=urgent)
        except NotTaken as refused:
            if not files or refused.code == ARCHIVED:
                raise
            # Discord does not take the pictures: the text matters more.
            return await self._edit(at, jobs, NO_FILES, shown, urgent=urgent)

    async def _edit(
        self, at: Job, jobs: Sequence[Job], files: Files, progress: Mapping[int, Progress] | None, *, urgent: bool
    ) -> int:
        pictures = sum(job_card.picture_file(place) in files for place in range(1, board.pictures_shown(jobs) + 1))
        posters = {each.id for each in jobs if job_card.poster_file(each) in files}

        async def once(quoted: bool) -> int:  # noqa: FBT001  as `Quoting` calls it
            page = board.board(jobs, pictures=pictures, posters=posters, progress=progress, quoted=quoted, finals=self._finals)
            return await self._cards.edit(at, page, files, urgent=urgent)

        card_id = await self._quoting.send(at.order_id, once)
        self._shown(at, jobs, posters)
        return card_id

    def _shown(self, at: Job, jobs: Sequence[Job], posters: set[int]) -> None:
        """Notes which posters are on the card."""
        there = self._cards.known(at)
        for each in jobs:
            kept = there.get(job_card.poster_file(each))
            if each.id in posters and kept is not None:
                self._poster_links.seen(each.id, kept.url)
                self._posters.forget(each.id)

    async def _files(self, at: Job, jobs: Sequence[Job], *, first: bool) -> dict[str, bytes | Kept]:
        """Thumbnails of the reference pictures, and the posters of clips that are there."""
        found: dict[str, bytes | Kept] = {}
        names = [job_card.picture_file(place) for place in range(1, board.pictures_shown(jobs) + 1)]
        posted = [each for each in jobs if each.on_board and is_here(each)]
        if not names and not posted:
            return found
        # A card with a posted clip is not drawn for the first time, whatever this job knows.
        there = await self._cards.there(at) if posted or not first else self._cards.known(at)
        if all(name in there for name in names):
            found |= {name: there[name] for name in names}
        elif first:
            found |= await self._cards.pictures(at)
        for each in posted:
            name = job_card.poster_file(each)
            poster = there.get(name) or self._posters.new(each.id) or await self._posters.kept(each)
            if poster is not None:
                found[name] = poster
        return found
