"""Tasks that must not end unseen: whose a cancellation was, and work that is started again when it dies.

asyncio and the libraries tell two things in one word. A `CancelledError` means that somebody asked this task to end, or
that something which it waited for was cancelled elsewhere. The first must go through; the second is trouble like any
other, and no `except Exception` sees it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Any, Final, TypeAlias, TypeVar

from bot.domain.backoff import Doubling
from bot.errors import Interrupted
from bot.notice import Notice, Part, PartDied

_log: Final = logging.getLogger(__name__)
_AGAIN: Final = Doubling(first=1, longest=60)
_WELL_SECONDS: Final = 600.0
"""Work that ran as long as this is well again: the next time it dies the operator is told anew."""

_STOP_SECONDS: Final = 5.0
"""What was cancelled is waited for so long; what ends later than that ends with the process."""
T = TypeVar("T")

Tell: TypeAlias = Callable[[Notice], Awaitable[None]]
"""Tells the operator, as `Notifier.tell_operator` does."""


@contextmanager
def own_cancels_only() -> Generator[None]:
    """Inside, a cancellation that nobody asked the running task for becomes `Interrupted`; a real one goes through."""
    try:
        yield
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise Interrupted("what was waited for was cancelled from inside") from error


async def kept(part: Part, work: Callable[[], Awaitable[None]], tell: Tell, provider: str = "") -> None:
    """Runs `work` until it returns, or until this is cancelled.

    When it dies, that is logged, told to the operator once, and it is started again, after a second at first and up to a
    minute later. `provider` is named where the part is one of several alike.
    """
    loop = asyncio.get_running_loop()
    times, told = 0, False
    while True:
        began = loop.time()
        try:
            with own_cancels_only():
                await work()
        except Exception as error:  # noqa: BLE001  logged and told; the bot must not go on without this part
            if loop.time() - began >= _WELL_SECONDS:
                times, told = 0, False
            times += 1
            pause = _AGAIN.pause(times)
            _log.error("%s died and starts again in %.0f s", part, pause, exc_info=error)
            told = told or await _told(PartDied(part, type(error).__name__, provider), tell)
            await asyncio.sleep(pause)
        else:
            return


async def unless(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """What `work` returns; None once `stop` is set: the work is cancelled then, and has mostly ended when this returns."""
    working = asyncio.create_task(work)
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            with own_cancels_only():
                return working.result()
    finally:
        stopping.cancel()
        working.cancel()
    await asyncio.wait([working], timeout=_STOP_SECONDS)
    if working.done() and not working.cancelled() and (error := working.exception()) is not None:
        _log.warning("what was stopped ended with %s: %s", type(error).__name__, error)
    return None


async def over(task: asyncio.Task[Any], seconds: float) -> None:
    """Returns when the task is over: it has so long to end by itself, then it is cancelled. Its outcome is left to others."""
    await asyncio.wait([task], timeout=seconds)
    if not task.done():
        task.cancel()
        await asyncio.wait([task])


async def _told(notice: PartDied, tell: Tell) -> bool:
    """Whether it was told: what can't be said now is said when it dies again."""
    try:
        with own_cancels_only():
            await tell(notice)
    except Exception:  # noqa: BLE001  the work starts again whatever becomes of this word, and it is logged
        _log.exception("the operator could not be told that %s died", notice.part)
        return False
    return True
