"""Makes an order's card, its thread and its progress message, each once. `DiscordNotifier` calls it for each job.

The card comes first. Discord may refuse new threads for minutes, so a thread is opened in a task of its own, one at a time in a
channel, and `DiscordNotifier` asks again later. The job's stored address shows which messages are still missing.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from dataclasses import replace
from typing import Final

from bot.domain.job import Job
from bot.domain.post import Post, PostState, Purpose
from bot.domain.snowflake import id_before_messages_of
from bot.errors import DeliveryError, HappyHorseError
from bot.fair_semaphore import FairSemaphore
from bot.presentation.delivery.answers import Answers
from bot.presentation.delivery.boards import Boards
from bot.presentation.delivery.card_edits import CardEdits
from bot.presentation.delivery.credit_notices import CreditNotices
from bot.presentation.delivery.message_parts import Files
from bot.presentation.delivery.messages import Messages
from bot.presentation.delivery.poster import IsMine, Poster
from bot.presentation.delivery.quoting import Quoting
from bot.presentation.delivery.threads import Threads
from bot.presentation.discord_errors import Closed
from bot.presentation.views import escaping, job_card
from bot.presentation.views.board_words import anchor
from bot.presentation.views.custom_ids import Action, button_id
from bot.presentation.views.layout import Page
from bot.presentation.views.progress_text import first_text, progress_page
from bot.tasks import over, own_cancels_only

_log: Final = logging.getLogger(__name__)
_THREADS_AT_ONCE: Final = 8
_MOMENT_SECONDS: Final = 2.0
"""How long the first progress edit waits for the thread; if it comes in time, the card need not be edited."""
_LAST_SECONDS: Final = 5.0
"""How long a made clip waits for a thread that is being opened."""


def lacks_progress_message(job: Job) -> bool:
    """Whether the job has no message yet that shows its progress."""
    return job.address.progress_id is None and (not job.address.in_place or job.address.by_operator)


class Announcer:
    """Remembers the headline of each new card until `said` is called."""

    def __init__(
        self,
        messages: Messages,
        answers: Answers,
        threads: Threads,
        poster: Poster,
        card_edits: CardEdits,
        boards: Boards,
        quoting: Quoting,
        credit_notices: CreditNotices,
    ) -> None:
        self._messages = messages
        self._answers = answers
        self._threads = threads
        self._poster = poster
        self._cards = card_edits
        self._boards = boards
        self._quoting = quoting
        self._credit_notices = credit_notices
        self._opening = FairSemaphore(1, _THREADS_AT_ONCE)
        self._asked: Counter[int] = Counter()
        self._under_way: dict[int, asyncio.Task[Job]] = {}
        self._said: dict[int, str] = {}

    def said(self, job_id: int) -> str | None:
        """The headline with which the job's card was made. None where it is not known, and from the second call on."""
        return self._said.pop(job_id, None)

    async def stop(self) -> None:
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def card(self, job: Job) -> Job:
        """Makes the card; the job with its completed address. Does not raise when Discord refuses: the clip is made anyway."""
        progress = first_text(job) if job.address.in_place else None
        card_id = None
        try:
            card_id = await (self._boards.draw(job, first=True) if job.on_board else self._draw(job, progress))
        except (Closed, DeliveryError) as error:
            _log.info("job %s goes on without its card: %s", job.job_code, error)
        else:
            if progress is None and not job.on_board:
                self._said[job.id] = job_card.headline(job)
            await self._credit_notices.tell(job)
        return await self._card_made(job, card_id)

    async def _draw(self, job: Job, progress: str | None) -> int:
        pictures = await self._cards.pictures(job)
        if job.address.by_operator and job.address.card_id is None and not job.address.private:
            return await self._post_card(job, progress, pictures)
        return await self._cards.draw(job, pictures, progress=progress)

    async def complete(self, job: Job, text: str) -> Job:
        """Opens the missing thread and posts the progress message with `text` in it.

        Waits two seconds at most; what comes later is in the job's stored address. Returns the job as far as it came.
        """
        channel_id, order_id = job.address.channel_id, job.order_id
        task = self._under_way.get(order_id)
        if task is None:
            task = asyncio.create_task(self._completed(job, text), name=f"place-{order_id}")
            self._under_way[order_id] = task
            self._asked[channel_id] += 1
            task.add_done_callback(lambda _: self._over(order_id, channel_id))
        if self._asked[channel_id] <= 1:
            # Only if no other thread of its channel comes before it; otherwise the time can't be known.
            await asyncio.wait([task], timeout=_MOMENT_SECONDS)
        if not task.done() or task.cancelled():
            return job
        # It may have run for another job of the order.
        return task.result() if task.result().id == job.id else await self._boards.again(job)

    async def quiet(self, order_id: int) -> bool:
        """Waits until no request of `complete` runs for this order. Whether one ran."""
        task = self._under_way.get(order_id)
        if task is None:
            return False
        await over(task, _LAST_SECONDS)
        return True

    async def thread(self, job: Job) -> Job:
        """One more try to open the job's thread before its clip is posted: Discord's limit may be over by now."""
        if job.address.thread_id is not None or job.address.in_place:
            return job
        try:
            async with asyncio.timeout(_LAST_SECONDS):
                if job.on_board:
                    return await self._thread_of_order(job)
                return (await self._open_thread(job))[0]
        except TimeoutError:
            return job

    async def with_progress(self, job: Job) -> Job:
        """The job with its progress message, also where an earlier process died before it knew that Discord had taken it.

        Raises `DeliveryError` for a temporary error.
        """
        thread_id = job.address.thread_id
        if thread_id is None or job.address.progress_id is not None:
            return job
        wanted = self._poster.of_order(job, Purpose.PROGRESS, PostState.BEGUN, channel_id=thread_id)
        post = await self._poster.stored(wanted)
        if post is None or post.state is not PostState.BEGUN:
            return job
        mine = _mine(anchor(await self._boards.jobs_of(job)), Action.CHOOSE) if job.on_board else _mine(job)
        try:
            progress_id = await self._messages.find(thread_id, _since(job), mine)
        except Closed as closed:
            _log.info("job %s: its thread can't be looked through: %s", job.job_code, closed)
            return job
        if progress_id is None:
            return job
        await self._poster.keep(replace(post, message_id=progress_id, state=PostState.SENT))
        return replace(job, address=replace(job.address, progress_id=progress_id))

    def _over(self, order_id: int, channel_id: int) -> None:
        self._under_way.pop(order_id, None)
        self._asked[channel_id] -= 1
        if not self._asked[channel_id]:
            del self._asked[channel_id]

    # -- inside --------------------------------------------------------------------------------------------------------

    async def _completed(self, job: Job, text: str) -> Job:
        try:
            with own_cancels_only():
                async with self._opening.of(job.address.channel_id):
                    return await self._make_missing(job, text)
        except Exception:  # noqa: BLE001  logged with the job's code; the next progress edit tries again
            _log.exception("job %s has no place for its progress yet", job.job_code)
            return job

    async def _thread_of_order(self, job: Job) -> Job:
        async with self._opening.of(job.address.channel_id):
            job = await self._boards.again(job)
            return job if job.address.in_place else (await self._open_thread(job))[0]

    async def _make_missing(self, job: Job, text: str) -> Job:
        if job.on_board or job.address.card_id is None:
            # It may have waited long for its turn behind other threads of its channel.
            job = await self._boards.again(job)
        if job.address.card_id is None:
            if job.ended or job.card_may_be_clip:
                return job
            job = await self.card(job)
        if job.address.in_place:
            return job
        job, progress = await self._open_thread(job)
        return await self._post_progress(job, text, progress)

    async def _card_made(self, job: Job, card_id: int | None) -> Job:
        """Writes down which message the card is, and that it shows the progress where there is no thread."""
        address = job.address
        is_new = card_id is not None and card_id != address.card_id
        card_id = card_id or address.card_id
        shows_progress = address.in_place and address.progress_id is None and card_id is not None
        posts: list[Post] = []
        if is_new and not address.by_operator:
            posts.append(self._sent(job, Purpose.CARD, address.channel_id, card_id))
        if shows_progress:
            posts.append(self._sent(job, Purpose.PROGRESS, address.channel_id, card_id))
        if posts:
            await self._poster.keep(*posts)
        progress_id = card_id if shows_progress else address.progress_id
        return replace(job, address=replace(address, card_id=card_id, progress_id=progress_id))

    def _sent(self, job: Job, purpose: Purpose, channel_id: int, message_id: int | None) -> Post:
        return self._poster.of_order(job, purpose, PostState.SENT, channel_id=channel_id, message_id=message_id)

    async def _post_card(self, job: Job, progress: str | None, pictures: Files) -> int:
        """Posts the card of a job without an interaction as a message of the bot, once. Its message id."""
        channel_id = job.address.channel_id
        wanted = self._poster.of_order(job, Purpose.CARD, PostState.BEGUN, channel_id=channel_id)
        stored = await self._poster.stored(wanted)

        async def send(once: str) -> int:
            async def quoting(quoted: bool) -> int:  # noqa: FBT001  as `Quoting` calls it
                card = job_card.card(job, pictures=len(pictures), progress=progress, quoted=quoted)
                return await self._messages.send(channel_id, card, nonce=once, files=pictures)

            return await self._quoting.send(job.id, quoting)

        if stored is not None and stored.state is not PostState.WANTED:
            return await self._poster.send_begun(stored, send, _mine(job), _since(job), first=False)
        [begun] = await self._poster.keep(wanted)
        return await self._poster.send_begun(begun, send, _mine(job), _since(job), first=True)

    async def _open_thread(self, job: Job) -> tuple[Job, Post | None]:
        """The job with its thread, and the post of its progress message where that is begun with it."""
        address = job.address
        if address.thread_id is not None:
            return job, None
        if address.card_id is None:
            return job if self._answers.answerable(address) else await self._in_place(job), None
        channel_id, card_id = address.channel_id, address.card_id
        prompt = await self._boards.prompt(job) if job.on_board else job.request.prompt

        async def once(quoted: bool) -> None:  # noqa: FBT001  as `Quoting` calls it
            name = escaping.thread_name(prompt) if quoted else escaping.unnamed_thread()
            await self._threads.open(channel_id, card_id, name)

        try:
            await self._quoting.send(job.order_id if job.on_board else job.id, once)
        except DeliveryError as error:
            # Temporary error: go on without a thread; the next progress edit tries again.
            _log.warning("job %s has no thread yet: %s", job.job_code, error)
            return job, None
        except Closed as error:
            _log.info("job %s stays in place, no thread: %s", job.job_code, error)
            return await self._in_place(job), None
        wanted = self._poster.of_order(job, Purpose.PROGRESS, PostState.BEGUN, channel_id=card_id)
        _, progress = await self._poster.keep(self._sent(job, Purpose.THREAD, channel_id, card_id), wanted)
        job = replace(job, address=replace(address, thread_id=card_id))
        # Where it is stored with another id, it was begun before.
        return job, progress if progress.id == wanted.id else None

    async def _in_place(self, job: Job) -> Job:
        """There will be no thread: the card shows the progress."""
        address = job.address
        posts = [self._poster.of_order(job, Purpose.THREAD, PostState.REFUSED, channel_id=address.channel_id)]
        if address.card_id is not None:
            posts.append(self._sent(job, Purpose.PROGRESS, address.channel_id, address.card_id))
        await self._poster.keep(*posts)
        progress_id = address.progress_id if address.card_id is None else address.card_id
        return replace(job, address=replace(address, in_place=True, progress_id=progress_id))

    async def _post_progress(self, job: Job, text: str, begun: Post | None) -> Job:
        thread_id = job.address.thread_id
        if thread_id is None or job.address.progress_id is not None:
            return job
        mine = _mine(anchor(await self._boards.jobs_of(job)), Action.CHOOSE) if job.on_board else _mine(job)

        async def send(once: str) -> int:
            if not job.on_board:
                return await self._messages.send(thread_id, progress_page(job, text), nonce=once)

            async def of_order(page: Page) -> int:
                self._boards.says(job, page)
                return await self._messages.send(thread_id, page, nonce=once)

            return await self._boards.progress_message(job, of_order)

        try:
            if begun is not None:
                progress_id = await self._poster.send_begun(begun, send, mine, _since(job), first=True)
            else:
                wanted = self._poster.of_order(job, Purpose.PROGRESS, PostState.BEGUN, channel_id=thread_id)
                progress_id = await self._poster.send(wanted, send, mine, _since(job))
        except (Closed, HappyHorseError) as error:
            _log.info("job %s has no progress message: %s", job.job_code, error)
            return job
        return replace(job, address=replace(job.address, progress_id=progress_id))


def _mine(job: Job, action: Action = Action.CANCEL) -> IsMine:
    """Recognises a card or progress message by its button."""
    mine = button_id(action, job.id)
    return lambda custom_id: custom_id == mine


def _since(job: Job) -> int:
    """An id from which on the messages of the job's order are looked for."""
    return id_before_messages_of(job.created_at_ms)
