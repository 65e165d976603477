"""Keeps progress messages fresh: one loop looks at the followed jobs in turn, as fast as the edit budget allows.

Knows which jobs are followed and when each was last shown; what is shown and where, `show` knows.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
from dataclasses import dataclass
from itertools import count
from typing import Final, Protocol

from bot.errors import HappyHorseError
from bot.ports import Clock, Progress, ProgressReader
from bot.presentation.delivery.rate_limit import BURST, PROGRESS_PER_SECOND, RateLimit
from bot.presentation.discord_errors import Closed
from bot.tasks import Tell, kept, over, own_cancels_only

_log: Final = logging.getLogger(__name__)
_BETWEEN_EDITS_MS: Final = 4_000
"""Of one message. Discord allows about five edits in five seconds; people read slower than that."""
_NEWS_AFTER_MS: Final = 1_000
"""A job that has moved on is looked at so soon: a short clip is over before its turn comes."""
_AFTER_TROUBLE_MS: Final = 30_000
_REFUSED_MOST_MS: Final = 900_000
_REFUSED_COUNTED: Final = 10
_EDITS_AT_ONCE: Final = 8
_EDIT_SECONDS: Final = 20.0
_LAST_EDIT_SECONDS: Final = 5.0


@dataclass(slots=True)
class Followed:
    """`shown` is the hash of the text that stands there, `headline` the card's own word ("" for none), None when not known.

    Before `messages_due_ms` a missing thread or progress message is not asked for again. `reopened`: its thread was taken out
    of the archive once; `thread_closed`: the card shows the progress instead. `refused` counts edits in a row that were
    refused. `next` is the place in the line that counts, `news` that it has moved on while it was looked at.
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
        """Edits what has changed and notes it in `followed`.

        Raises `Closed` and `DeliveryError` where the edit came to nothing; the next one may be taken.
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
        """`tell` tells the operator when the loop dies; it is started again."""
        self._loop = asyncio.create_task(kept("the progress of clips", self._update_all, tell), name="progress")

    async def stop(self) -> None:
        tasks = [task for task in (self._loop, *self._under_way.values()) if task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self._loop = None

    def follow(self, job_id: int) -> None:
        """One that is followed already has moved on, and is looked at soon."""
        followed = self._followed.get(job_id)
        if followed is None:
            followed = self._followed[job_id] = Followed(job_id)
            self._queue(followed)
        elif job_id in self._under_way:
            followed.news = True
        elif self._hurried(followed):
            self._queue(followed)

    def _hurried(self, followed: Followed) -> bool:
        """Brings its next turn forward; what rests after a refusal goes on resting."""
        now = self._clock.now_ms()
        hurried = now + _NEWS_AFTER_MS < followed.due_ms <= now + _BETWEEN_EDITS_MS
        if hurried:
            followed.due_ms = now + _NEWS_AFTER_MS
        return hurried

    def unfollow(self, job_id: int) -> None:
        followed = self._followed.pop(job_id, None)
        if followed is not None and followed.due_ms - self._clock.now_ms() > _AFTER_TROUBLE_MS:
            # All others leave the line in their turn, which comes soon.
            self._line = [each for each in self._line if each[2] is not followed]
            heapq.heapify(self._line)

    async def quiet(self, job_id: int) -> bool:
        """Returns when no edit of this job is under way and none will begin: whether one was."""
        self.unfollow(job_id)
        task = self._under_way.get(job_id)
        if task is None:
            return False
        # Cutting an edit off early could let it overtake the last one at Discord; a hung one must not hold up the clip.
        await over(task, _LAST_EDIT_SECONDS)
        return True

    async def refresh(self, followed: Followed) -> None:
        """One look at one job, and one edit if something changed; then its next turn is set."""
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
        """The one that is due longest; new ones before all others."""
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
            # The next text may be taken, or the place be open again. One that stays closed is asked ever more seldom.
            _log.info("progress of job %d is not taken by Discord: %s", followed.job_id, error)
            followed.due_ms = self._clock.now_ms() + min(_AFTER_TROUBLE_MS * 2**followed.refused, _REFUSED_MOST_MS)
            followed.refused = min(followed.refused + 1, _REFUSED_COUNTED)
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
