"""A write that waits for its turn, between the event loop and the thread that runs it. The adapters of databases make it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar, cast

from bot.errors import DatabaseBusy
from bot.storage.database import Transaction
from bot.storage_problem import StorageCode, StorageProblem

T = TypeVar("T")
R = TypeVar("R")


class Waiting(Generic[T]):
    """A transaction that waits to be run, and later its result or error."""

    __slots__ = ("_decided", "_error", "_result", "withdrawn", "work")

    def __init__(self, work: Callable[[Transaction], T]) -> None:
        self.work = work
        self.withdrawn = False
        self._decided = threading.Lock()
        self._result: T | None = None
        self._error: BaseException | None = None

    def begin(self) -> bool:
        """Called on the thread that runs it, before the work. False: it was withdrawn, and must not be run."""
        return self._decided.acquire(blocking=False)

    def withdraw(self) -> bool:
        """Called on the event loop's thread. True: it has not begun and never will. Of `begin` and `withdraw` the first call
        wins.
        """
        self.withdrawn = self._decided.acquire(blocking=False)
        return self.withdrawn

    def run(self, statements: Transaction) -> bool:
        """Runs the work and keeps its result or error. True where it raised nothing."""
        try:
            self._result, self._error = self.work(statements), None
        except Exception as error:  # noqa: BLE001  raised to the caller by `outcome`
            self._error = error
        return self._error is None

    def fail(self, error: BaseException) -> None:
        self._error = error

    @property
    def failed(self) -> bool:
        return self._error is not None

    def outcome(self) -> T:
        if self._error is not None:
            raise self._error
        return cast("T", self._result)


async def in_time(running: Awaitable[R], waiting: Waiting[Any], patience: float, database: str) -> R:
    """The result of `running`, which runs `waiting` on another thread.

    Raises `DatabaseBusy` where that has not begun after `patience` seconds, and withdraws it. `database` is its path or name.
    """
    loop, limit = asyncio.get_running_loop(), asyncio.timeout(None)
    timer = loop.call_later(patience, lambda: waiting.withdraw() and limit.reschedule(loop.time()))
    try:
        # Waited for in this task: a task of its own would cost a member's answer three more turns of the loop.
        async with limit:
            result = await running
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise too_late(database, patience) from error
    finally:
        timer.cancel()
    if waiting.withdrawn:
        # Its turn came in the moment in which it was withdrawn, and it was passed over.
        raise too_late(database, patience)
    return result


def too_late(database: str, patience: float) -> DatabaseBusy:
    return DatabaseBusy(StorageProblem(StorageCode.TOO_LATE, database, figures=(float(patience),)))
