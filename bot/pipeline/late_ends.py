"""Brings up to date what Discord did not take when it came: ends of jobs, on their cards and progress messages, and lines to
the operator. The application runs it beside the engine.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bot.errors import Interrupted, StorageError
from bot.ports import Clock, Engine, Posts
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
EVERY_SECONDS: Final = 60.0
"""Between two looks. An end that was refused rests for an hour at least."""
AT_ONCE_MOST: Final = 20
"""At most so many ends are shown at each look, so that thousands in a server that closed all its channels hold nobody up."""


class LateEnds:
    """`took_over` is told under which fence this process holds each of the jobs, before it is woken. `tell_left` sends the
    lines to the operator that could not be sent, and may raise `StorageError`.
    """

    def __init__(
        self,
        posts: Posts,
        engine: Engine,
        took_over: Callable[[Mapping[int, int]], None],
        tell_left: Callable[[], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self._posts = posts
        self._tell_left = tell_left
        self._engine = engine
        self._took_over = took_over
        self._clock = clock

    async def run(self) -> None:
        """Looks now and every minute until cancelled."""
        while True:
            try:
                with own_cancels_only():
                    await self._tell_left()
                    await self.wake()
            except (StorageError, Interrupted) as error:
                _log.warning("what Discord refused waits, the database is in trouble: %s", error)
            await self._clock.sleep(EVERY_SECONDS)

    async def wake(self) -> None:
        """Wakes the jobs whose refused ends are due, the oldest first. Raises `StorageError`."""
        late = await self._posts.refused(self._clock.now_ms(), AT_ONCE_MOST)
        self._took_over({job.id: job.fence for job in late})
        for job in late:
            self._engine.wake(job.id)
