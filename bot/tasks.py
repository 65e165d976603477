"""Long-running work: restarts what fails, stops what is no longer wanted, and tells two kinds of cancellation apart.

A `CancelledError` has two meanings: this task was cancelled, or something it waited for was cancelled elsewhere. The first must
pass through. The second is an error like any other, but `except Exception` does not catch it.
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
"""Work that ran this long counts as recovered: when it fails again, the operator is told again."""

_STOP_SECONDS: Final = 5.0
"""How long to wait for cancelled work to end. Work that takes longer ends with the process."""
T = TypeVar("T")

Tell: TypeAlias = Callable[[Notice], Awaitable[None]]
"""Tells the operator, as `Notifier.tell_operator` does."""


@contextmanager
def own_cancels_only() -> Generator[None]:
    """Turns a cancellation into `Interrupted` unless the running task itself was cancelled; that one passes through."""
    try:
        yield
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise Interrupted("what was waited for was cancelled from inside") from error


async def kept(part: Part, work: Callable[[], Awaitable[None]], tell: Tell, provider: str = "") -> None:
    """Runs `work` until it returns or is cancelled, and starts it again when it fails.

    A failure is logged and told to the operator once. The wait before the restart grows from a second to a minute. `provider`
    is set for a part that each provider has.
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
    """The result of `work`, or None once `stop` is set: then the work is cancelled, and is given 5 s to end."""
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
    """Waits until the task has ended, and cancels it after `seconds`. Does not read its result or error."""
    await asyncio.wait([task], timeout=seconds)
    if not task.done():
        task.cancel()
        await asyncio.wait([task])


async def _told(notice: PartDied, tell: Tell) -> bool:
    """Whether the operator was told. If not, it is tried again at the next failure."""
    try:
        with own_cancels_only():
            await tell(notice)
    except Exception:  # noqa: BLE001  the work starts again whatever becomes of this word, and it is logged
        _log.exception("the operator could not be told that %s died", notice.part)
        return False
    return True
