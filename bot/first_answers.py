"""Lets members' first answers go before all other work of this process.

Discord drops a command, press or form that gets no answer within three seconds. When many come at once, the work on earlier
ones would take the processor from them. So `asked` and `responses.wait` say with `due` while a member's "thinking" is still
owed. The engine, `booking` and the requests that show jobs call `go_first` before each piece of work, and the stores that jobs
and bookings use call it after each read and write.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

LONGEST_SECONDS: Final = 0.2
"""How long a piece of work waits for answers at most, so that neither a Discord that answers slowly nor a flood of commands
stops a job.
"""


class FirstAnswers:
    """One for each process. It knows only what this event loop does now, so nothing of it is stored."""

    def __init__(self) -> None:
        self._due = 0
        self._behind: deque[tuple[float, asyncio.Future[None]]] = deque()
        """The work that waits, with the time of the loop when it began to wait."""
        self._next: asyncio.Handle | None = None

    @contextmanager
    def due(self) -> Generator[None]:
        """Wraps the steps up to a first answer."""
        self._due += 1
        try:
            yield
        finally:
            self._due -= 1
            if not self._due:
                self._let_go_on()

    async def go_first(self) -> None:
        """Returns once no first answer is due, or after 0.2 s all the same; and not before the work that began to wait earlier
        was let go on, one piece in each turn of the loop.
        """
        if not self._due and not self._behind:
            return
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._behind.append((loop.time(), turn))
        if self._next is None:
            self._let_go_on()
        await turn

    def _let_go_on(self) -> None:
        """Arranges that the first one goes on: at once, or when it has waited longest."""
        if self._next is not None:
            self._next.cancel()
            self._next = None
        if self._behind:
            loop = asyncio.get_running_loop()
            waits_until = self._behind[0][0] + LONGEST_SECONDS if self._due else 0.0
            self._next = loop.call_at(waits_until, self._one) if waits_until > loop.time() else loop.call_soon(self._one)

    def _one(self) -> None:
        # One in each turn of the loop: if all went on at once, an answer that falls due would wait for all of them.
        self._next = None
        since, turn = self._behind[0]
        if not self._due or asyncio.get_running_loop().time() >= since + LONGEST_SECONDS:
            self._behind.popleft()
            if not turn.done():
                turn.set_result(None)
        self._let_go_on()
