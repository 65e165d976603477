"""Updates progress messages: one loop goes through the followed jobs, as fast as the rate limit allows.

`DiscordNotifier` owns it and passes `show`, which edits the messages of one job.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Final, Protocol

from bot.domain.backoff import Doubling
from bot.errors import HappyHorseError
from bot.notice import Part
from bot.ports import Clock, Progress, ProgressReader
from bot.presentation.delivery.rate_limit import BURST, PROGRESS_PER_SECOND, RateLimit
from bot.presentation.discord_errors import Closed
from bot.tasks import Tell, kept, over, own_cancels_only

_log: Final = logging.getLogger(__name__)
_BETWEEN_EDITS_MS: Final = 4_000
"""Between two edits of one message. Discord allows about five in five seconds; people read slower than that."""
_NEWS_AFTER_MS: Final = 1_000
"""A job that has changed its state is shown after this time, since a short clip may be done before its usual turn."""
_AFTER_TROUBLE_MS: Final = 30_000
_REFUSED: Final = Doubling(first=30, longest=900)
"""Seconds until a place is asked again that takes no edits. One that stays closed is asked ever more seldom."""
_EDITS_AT_ONCE: Final = 8
_EDIT_SECONDS: Final = 20.0
_LAST_EDIT_SECONDS: Final = 5.0


@dataclass(slots=True)
class Followed:
    """One followed job, due at `due_ms`. `shown` is the hash of the text shown last, `headline` the card's headline ("" for
    none); both None when not known.

    A missing thread or progress message is not asked for before `messages_due_ms`. `reopened`: the thread was unarchived once.
    `thread_closed`: the card shows the progress instead. `refused` counts refused edits in a row. `queue_number` marks the
    valid entry in the queue. `news`: the job changed its state during an edit.
    """

    job_id: int
    due_ms: int = 0
    shown: int | None = None
    headline: str | None = None
    messages_due_ms: int = 0
    reopened: bool = False
    thread_closed: bool = False
    refused: int = 0
    queue_number: int = -1
    news: bool = False


class Show(Protocol):
    async def __call__(self, progress: Progress, followed: Followed) -> None:
        """Edits the job's messages where they have changed, and notes that in `followed`.

        Raises `Closed` and `DeliveryError` where an edit failed; the next one may succeed.
        """
        ...


class ProgressUpdater:
    def __init__(self, progress_reader: ProgressReader, clock: Clock, show: Show) -> None:
        self._progress_reader = progress_reader
        self._clock = clock
        self._show = show
        self._followed: dict[int, Followed] = {}
        self._line: list[tuple[int, int, Followed]] = []
        self._order = count()
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._rate_limit = RateLimit(PROGRESS_PER_SECOND, burst=BURST)
        self._gate = asyncio.Semaphore(_EDITS_AT_ONCE)
        self._wanted = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None

    def start(self, tell: Tell) -> None:
        """Starts the loop. If it dies, it is started again and `tell` is called with a notice for the operator."""
        self._loop = asyncio.create_task(kept(Part.PROGRESS, self._update_all, tell), name="progress")

    async def stop(self) -> None:
        tasks = [task for task in (self._loop, *self._under_way.values()) if task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self._loop = None

    def follow(self, job_id: int) -> None:
        """Follows the job. If it is followed already, it has changed its state, and is shown soon."""
        followed = self._followed.get(job_id)
        if followed is None:
            followed = self._followed[job_id] = Followed(job_id)
            self._queue(followed)
        elif job_id in self._under_way:
            followed.news = True
        elif self._hurried(followed):
            self._queue(followed)

    def _hurried(self, followed: Followed) -> bool:
        """Brings the job's next turn forward, unless it waits after a refusal. Whether it did."""
        now = self._clock.now_ms()
        hurried = now + _NEWS_AFTER_MS < followed.due_ms <= now + _BETWEEN_EDITS_MS
        if hurried:
            followed.due_ms = now + _NEWS_AFTER_MS
        return hurried

    def follows(self, job_id: int) -> bool:
        """Whether progress of this job is shown here."""
        return job_id in self._followed

    def unfollow(self, job_id: int) -> None:
        followed = self._followed.pop(job_id, None)
        if followed is not None and followed.due_ms - self._clock.now_ms() > _AFTER_TROUBLE_MS:
            # Only a job with a long wait is removed from the queue here; others are dropped when their turn comes.
            self._line = [each for each in self._line if each[2] is not followed]
            heapq.heapify(self._line)

    def when_quiet(self, job_id: int, call: Callable[[], None]) -> None:
        """Calls `call` now, or once an edit of the job's messages that is under way is over."""
        task = self._under_way.get(job_id)
        if task is None:
            call()
        else:
            task.add_done_callback(lambda _: call())

    async def quiet(self, job_id: int) -> bool:
        """Stops following the job and waits for an edit that is under way. Whether there was one."""
        self.unfollow(job_id)
        task = self._under_way.get(job_id)
        if task is None:
            return False
        # A running edit is not cancelled at once, since it could arrive at Discord after the last one. But a hung one must not
        # hold up the clip.
        await over(task, _LAST_EDIT_SECONDS)
        return True

    async def refresh(self, followed: Followed) -> None:
        """Reads the progress of one job, edits its messages if something changed, and sets its next turn."""
        progress = await self._progress_reader.progress_of(followed.job_id)
        if progress is None:
            self.unfollow(followed.job_id)
            return
        await self._show(progress, followed)
        followed.refused = 0
        followed.due_ms = self._clock.now_ms() + _BETWEEN_EDITS_MS

    async def _update_all(self) -> None:
        while True:
            await self._gate.acquire()
            try:
                await self._rate_limit.take()
                followed = await self._next()
            except BaseException:
                # Raised on: `kept` logs it, tells the operator and starts the loop again.
                self._gate.release()
                raise
            task = asyncio.create_task(self._guarded(followed), name=f"progress-{followed.job_id}")
            self._under_way[followed.job_id] = task

    def _queue(self, followed: Followed) -> None:
        followed.queue_number = next(self._order)
        heapq.heappush(self._line, (followed.due_ms, followed.queue_number, followed))
        self._wanted.set()

    async def _next(self) -> Followed:
        """Waits for the next due job and returns it: the one that has been due for the longest time, new ones first."""
        while True:
            if not self._line:
                self._wanted.clear()
                await self._wanted.wait()
                continue
            due_ms, queue_number, followed = self._line[0]
            gone = self._followed.get(followed.job_id) is not followed or queue_number != followed.queue_number
            wait_ms = due_ms - self._clock.now_ms()
            if gone or wait_ms <= 0:
                heapq.heappop(self._line)
                if not gone:
                    return followed
            else:
                await self._rest(wait_ms / 1000)

    async def _rest(self, seconds: float) -> None:
        self._wanted.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._wanted.wait()
        except TimeoutError:
            pass

    async def _guarded(self, followed: Followed) -> None:
        try:
            with own_cancels_only():
                async with asyncio.timeout(_EDIT_SECONDS):
                    await self.refresh(followed)
        except Closed as error:
            # A later edit may be taken. While it is refused, it is tried less and less often.
            _log.info("progress of job %d is not taken by Discord: %s", followed.job_id, error)
            followed.refused += 1
            followed.due_ms = self._clock.now_ms() + round(_REFUSED.pause(followed.refused) * 1000)
        except (HappyHorseError, TimeoutError) as error:
            _log.info("progress of job %d waits: %s", followed.job_id, error or type(error).__name__)
            rest_ms = round((getattr(error, "retry_after", None) or 0.0) * 1000)
            followed.due_ms = self._clock.now_ms() + max(_AFTER_TROUBLE_MS, rest_ms)
        except Exception:  # noqa: BLE001  a progress edit must never stop the loop for all others
            _log.exception("progress of job %d could not be shown", followed.job_id)
            followed.due_ms = self._clock.now_ms() + _AFTER_TROUBLE_MS
        finally:
            self._gate.release()
            self._under_way.pop(followed.job_id, None)
            if self._followed.get(followed.job_id) is followed:
                if followed.news:
                    followed.news = False
                    self._hurried(followed)
                self._queue(followed)
