"""What a life is sending just now. It never hangs in the middle of that: what was sent arrives, whatever its sender does.

A process that hangs between the last look at its books and the sending of a submit, or of a clip's post, sends it when it
wakes up, and no fence can help it: this is what the lock of the file is for. So two lives at once are played but for that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Final

_AFTER_A_WRITE_SECONDS: Final = 0.05
"""So soon after a write what it was the intent for may not have begun yet."""


class Sending:
    """One life's."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._under_way = 0
        self._submits: set[int] = set()
        self._wrote = 0.0

    @property
    def busy(self) -> bool:
        return self._under_way > 0 or bool(self._submits) or self._loop.time() - self._wrote < _AFTER_A_WRITE_SECONDS

    def wrote(self) -> None:
        self._wrote = self._loop.time()

    @contextmanager
    def leaving(self) -> Iterator[None]:
        """A request, until it has had its effect."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    @contextmanager
    def submitting(self, job_id: int) -> Iterator[None]:
        """A submit, until it has arrived or never will: its answer may be on its way for longer."""
        self._submits.add(job_id)
        try:
            yield
        finally:
            self.submitted(job_id)

    def submitted(self, job_id: int) -> None:
        self._submits.discard(job_id)

    def around(self, doing: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
        """The whole of it: what it repeats by itself, too."""

        async def whole(*args: Any) -> Any:
            with self.leaving():
                return await doing(*args)

        return whole
