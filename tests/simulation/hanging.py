"""Tracks what a life is sending, so that it never hangs in the middle of a request.

A process that hangs between its last read of the database and a submit, or a clip's post, sends it when it wakes up. No fence
can prevent that; the lock of the database file does. So two lives at once are played without this case.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Final

_AFTER_A_WRITE_SECONDS: Final = 0.05
"""For so long after a write the request that follows it may not have begun yet."""


class Sending:
    """The requests of one life."""

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
        """Wraps a request until it has had its effect."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    @contextmanager
    def submitting(self, job_id: int) -> Iterator[None]:
        """Wraps a submit until it has arrived or never will; its answer may come later."""
        self._submits.add(job_id)
        try:
            yield
        finally:
            self.submitted(job_id)

    def submitted(self, job_id: int) -> None:
        self._submits.discard(job_id)

    def around(self, doing: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
        """Wraps a whole call, with the repeats that it makes itself."""

        async def whole(*args: Any) -> Any:
            with self.leaving():
                return await doing(*args)

        return whole
