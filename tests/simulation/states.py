"""Lets simulated members wait for a state of a job: each write wakes them, which is faster than polling."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.world import World


class States:
    """The waiting members of one life."""

    def __init__(self, world: World, loop: asyncio.AbstractEventLoop) -> None:
        self._world = world
        self._loop = loop
        self._awaited: dict[asyncio.Future[None], tuple[int, str]] = {}

    async def reached(self, job_id: int, state: str, seconds: float) -> None:
        """Returns when the job is in that state, or after so many seconds."""
        future = self._loop.create_future()
        self._awaited[future] = (job_id, state)
        try:
            self.changed()
            await asyncio.wait([future], timeout=seconds)
        finally:
            self._awaited.pop(future, None)

    def changed(self) -> None:
        """Called after each write to the database."""
        if not self._awaited:
            return
        now = dict(self._world.books.execute("SELECT id, state FROM jobs").fetchall())
        for future, (job_id, state) in list(self._awaited.items()):
            if now.get(job_id) == state and not future.done():
                future.set_result(None)
