"""Makes a job's card, its thread and its progress message, each once: the card first, the thread when Discord lets it come.

Opening threads is limited for minutes at times, and nobody waits for that: a thread is asked for beside everything else, one at
a time in a channel, and again later by whoever follows the job. That a job lacks its place is written with the job.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from typing import Final

from bot.domain.job import Job
from bot.errors import DeliveryError, HappyHorseError
from bot.fair_semaphore import FairSemaphore
from bot.ports import AddressChanges, Clock, JobStore
from bot.presentation.delivery.card_edits import CardEdits
from bot.presentation.delivery.message_parts import Files
from bot.presentation.delivery.messages import Messages
from bot.presentation.delivery.quoting import Quoting
from bot.presentation.discord_errors import Closed
from bot.presentation.views import escaping, job_card, wording
from bot.presentation.views.layout import AMBER, Page
from bot.presentation.views.progress_text import first_text, progress_page
from bot.tasks import over, own_cancels_only

_log: Final = logging.getLogger(__name__)
_FRESH_MS: Final = 120_000
"""As long as this the nonce surely keeps a repeated post from becoming a second message."""
_THREADS_AT_ONCE: Final = 8
_MOMENT_SECONDS: Final = 2.0
"""A thread that comes within this time costs the card no edit."""
_LAST_SECONDS: Final = 5.0
"""How long a clip that is made waits for a thread that is under way."""


def lacks_progress_message(job: Job) -> bool:
    """Whether there is no message yet in which its progress shows."""
    return job.address.progress_id is None and (not job.address.in_place or job.address.by_operator)


class Announcer:
    """Remembers what a card says since it was announced, until the first look at its job."""

    def __init__(self, messages: Messages, jobs: JobStore, card_edits: CardEdits, quoting: Quoting, clock: Clock) -> None:
        self._messages = messages
        self._jobs = jobs
        self._cards = card_edits
        self._quoting = quoting
        self._clock = clock
        self._threads = FairSemaphore(1, _THREADS_AT_ONCE)
        self._asked: Counter[int] = Counter()
        self._under_way: dict[int, asyncio.Task[Job]] = {}
        self._said: dict[int, str] = {}

    def said(self, job_id: int) -> str | None:
        """The card's own word as it was announced; None where that is not known, and from the second question on."""
        return self._said.pop(job_id, None)

    async def stop(self) -> None:
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def card(self, job: Job) -> Job:
        """Never raises for what Discord refuses: a job without its card still makes its clip."""
        progress = first_text(job) if job.address.in_place else None
        pictures = await self._cards.pictures(job)
        card_id = None
        try:
            own = job.address.by_operator and job.address.card_id is None and not job.address.private
            drawn = self._post_card(job, progress, pictures) if own else self._cards.draw(job, pictures, progress=progress)
            card_id = await drawn
        except (Closed, DeliveryError) as error:
            _log.info("job %s goes on without its card: %s", job.job_code, error)
        else:
            if progress is None:
                self._said[job.id] = job_card.headline(job)
            await self._warn(job)
        learned: AddressChanges = {}
        if card_id is not None and job.address.card_id != card_id:
            learned["card_id"] = card_id
        if job.address.in_place and job.address.progress_id is None and (card_id or job.address.card_id):
            learned["progress_id"] = card_id or job.address.card_id
        return await self._learn(job, learned)

    async def complete(self, job: Job, text: str) -> Job:
        """Asks for what is missing, the thread and in it the progress message, which says `text`.

        Waits for it a moment at most; what comes later stands in the books. Returns the job as far as it came.
        """
        channel_id = job.address.channel_id
        task = self._under_way.get(job.id)
        if task is None:
            task = asyncio.create_task(self._completed(job, text), name=f"place-{job.id}")
            self._under_way[job.id] = task
            self._asked[channel_id] += 1
            task.add_done_callback(lambda _: self._over(job.id, channel_id))
        if self._asked[channel_id] <= 1:
            # Behind others in its channel nobody knows how long it takes.
            await asyncio.wait([task], timeout=_MOMENT_SECONDS)
        return task.result() if task.done() and not task.cancelled() else job

    async def quiet(self, job_id: int) -> bool:
        """Returns when nothing is asked for it any more: whether something was under way until now."""
        task = self._under_way.get(job_id)
        if task is None:
            return False
        await over(task, _LAST_SECONDS)
        return True

    async def thread(self, job: Job) -> Job:
        """A last try before the clip is posted: the limit that kept it from having a thread may be over by now."""
        if job.address.thread_id is not None or job.address.in_place:
            return job
        try:
            async with asyncio.timeout(_LAST_SECONDS):
                return await self._open_thread(job)
        except TimeoutError:
            return job

    def _over(self, job_id: int, channel_id: int) -> None:
        self._under_way.pop(job_id, None)
        self._asked[channel_id] -= 1
        if not self._asked[channel_id]:
            del self._asked[channel_id]

    # -- inside --------------------------------------------------------------------------------------------------------

    async def _completed(self, job: Job, text: str) -> Job:
        try:
            with own_cancels_only():
                async with self._threads.of(job.address.channel_id):
                    return await self._make_missing(job, text)
        except Exception:  # noqa: BLE001  logged with the reference; the next look asks again, the clip is worth more
            _log.exception("job %s has no place for its progress yet", job.job_code)
            return job

    async def _make_missing(self, job: Job, text: str) -> Job:
        if job.address.card_id is None:
            job = await self.card(job)
        if job.address.in_place:
            return job
        job = await self._open_thread(job)
        return job if job.address.thread_id is None else await self._post_progress(job, text)

    async def _post_card(self, job: Job, progress: str | None, pictures: Files) -> int:
        """The card of a job that no interaction waits for is a message of the bot's own, posted once; its message id."""
        channel_id = job.address.channel_id

        async def once(quoted: bool) -> int:  # noqa: FBT001  as `Quoting` calls it
            card = job_card.card(job, pictures=len(pictures), progress=progress, quoted=quoted)
            return await self._messages.send(channel_id, card, nonce=f"{job.id}c", files=pictures)

        return await self._earlier(job, channel_id) or await self._quoting.send(job.id, once)

    async def _open_thread(self, job: Job) -> Job:
        address = job.address
        if address.thread_id is not None:
            return job
        if address.card_id is None:
            answerable = self._messages.answerable(address)
            return job if answerable else await self._learn(job, {"in_place": True})
        channel_id, card_id = address.channel_id, address.card_id

        async def once(quoted: bool) -> None:  # noqa: FBT001  as `Quoting` calls it
            name = escaping.thread_name(job.request.prompt) if quoted else escaping.UNNAMED_THREAD
            await self._messages.open_thread(channel_id, card_id, name)

        try:
            await self._quoting.send(job.id, once)
        except DeliveryError as error:
            # What passes is no reason to do without: whoever follows the job asks again.
            _log.warning("job %s has no thread yet: %s", job.job_code, error)
            return job
        except Closed as error:
            _log.info("job %s stays in place, no thread: %s", job.job_code, error)
            return await self._learn(job, {"in_place": True, "progress_id": address.card_id})
        return await self._learn(job, {"thread_id": address.card_id})

    async def _post_progress(self, job: Job, text: str) -> Job:
        thread_id = job.address.thread_id
        if thread_id is None or job.address.progress_id is not None:
            return job
        try:
            found = await self._earlier(job, thread_id)
            page = progress_page(job, text)
            progress_id = found or await self._messages.send(thread_id, page, nonce=f"{job.id}p")
        except (Closed, HappyHorseError) as error:
            _log.info("job %s has no progress message: %s", job.job_code, error)
            return job
        return await self._learn(job, {"progress_id": progress_id})

    async def _warn(self, job: Job) -> None:
        """A line for its member alone, under the card that everybody sees, where credits run out."""
        line = wording.last_one(job)
        fresh = self._clock.now_ms() - job.created_at_ms <= _FRESH_MS
        if not line or not fresh or job.address.private or not self._messages.answerable(job.address):
            return
        try:
            await self._messages.whisper(job.address, Page(AMBER).text(line))
        except (Closed, HappyHorseError) as error:
            _log.info("job %s: its member could not be told what is left: %s", job.job_code, error)

    async def _earlier(self, job: Job, channel_id: int) -> int | None:
        """What an earlier process may have posted, so long ago that no nonce tells it."""
        if self._clock.now_ms() - job.created_at_ms <= _FRESH_MS:
            return None
        mine = f"hh:cancel:{job.id}"
        with suppress(Closed):
            return await self._messages.find(channel_id, job.id, lambda custom_id: custom_id == mine)
        return None

    async def _learn(self, job: Job, learned: AddressChanges) -> Job:
        if not learned:
            return job
        await self._jobs.readdress(job.id, **learned)
        return replace(job, address=replace(job.address, **learned))
