"""Has the ends of jobs shown that Discord refused to show when they came. The application runs it beside the engine."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Final

from bot.errors import Interrupted, StorageError
from bot.ports import Clock, Engine, Posts
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
EVERY_SECONDS: Final = 60.0
"""Between two looks. An end that was refused rests for an hour at least."""
AT_ONCE_MOST: Final = 20
"""Ends that one look has shown, so that thousands in a server that closed all its channels are in nobody's way."""


class LateEnds:
    """`took_over` is told under which fence this process holds each of the jobs, before it is woken."""

    def __init__(self, posts: Posts, engine: Engine, took_over: Callable[[Mapping[int, int]], None], clock: Clock) -> None:
        self._posts = posts
        self._engine = engine
        self._took_over = took_over
        self._clock = clock

    async def run(self) -> None:
        """Looks every minute until cancelled."""
        while True:
            await self._clock.sleep(EVERY_SECONDS)
            try:
                with own_cancels_only():
                    await self.wake()
            except (StorageError, Interrupted) as error:
                _log.warning("ends that were refused wait, the database is in trouble: %s", error)

    async def wake(self) -> None:
        """Wakes the jobs whose refused ends are due, the oldest first. Raises `StorageError`."""
        late = await self._posts.refused(self._clock.now_ms(), AT_ONCE_MOST)
        self._took_over({job.id: job.fence for job in late})
        for job in late:
            self._engine.wake(job.id)
