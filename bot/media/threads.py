"""Where Pillow works: beside the event loop, a few at a time, each with a time limit. Knows nothing of pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final, ParamSpec, TypeVar

from bot.errors import MediaBusy, MediaError

AT_ONCE: Final = 2
TIME_LIMIT_SECONDS: Final = 30.0
TURN_LIMIT_SECONDS: Final = 60.0
_P = ParamSpec("_P")
_R = TypeVar("_R")


class Threads:
    """A small pool of its own, so that a heavy picture never takes the threads that others wait for."""

    def __init__(self, at_once: int = AT_ONCE, time_limit: float = TIME_LIMIT_SECONDS) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="media")
        self._time_limit = time_limit
        self._free = asyncio.Semaphore(at_once)
        self._owners: dict[int, _Owner] = {}

    async def run(self, work: Callable[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        """The result of `work`, at most `time_limit` seconds after it began waiting. Raises `MediaError` past that.

        A thread can't be killed: past the limit it goes on and keeps its place in the pool, so a flood of such pictures
        meets a full pool and its own time limit instead of the machine's memory.
        """
        return await self._result(self._pool.submit(work, *args, **kwargs))

    async def run_for(self, owner: int, work: Callable[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        """As `run`, for somebody who may bring many and slow ones: no owner has more than one thread at a time.

        A thread that goes on past its limit stays its owner's until it is done. The limit counts from when a thread is
        free; raises `MediaBusy` when none was for `TURN_LIMIT_SECONDS`.
        """
        mine = self._owners.setdefault(owner, _Owner())
        mine.asked += 1
        try:
            await self._turn(mine)
            future = self._pool.submit(work, *args, **kwargs)
        except BaseException:
            self._leave(owner, mine)
            raise
        loop = asyncio.get_running_loop()

        def done(_: Future[Any]) -> None:
            # A loop that is closed has nobody left who waits.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._release, owner, mine)

        future.add_done_callback(done)
        return await self._result(future)

    def close(self) -> None:
        """Drops what waits; what runs is let finish without anyone waiting for it."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _result(self, future: Future[_R]) -> _R:
        waiting = asyncio.wrap_future(future)
        try:
            done, _ = await asyncio.wait({waiting}, timeout=self._time_limit)
            if done:
                return waiting.result()
        finally:
            waiting.cancel()
        msg = f"a picture took more than {self._time_limit:g} s"
        raise MediaError(msg)

    async def _turn(self, mine: _Owner) -> None:
        try:
            async with asyncio.timeout(TURN_LIMIT_SECONDS):
                await mine.turn.acquire()
                try:
                    await self._free.acquire()
                except BaseException:
                    mine.turn.release()
                    raise
        except TimeoutError as error:
            msg = f"no thread was free for {TURN_LIMIT_SECONDS:g} s"
            raise MediaBusy(msg) from error

    def _release(self, owner: int, mine: _Owner) -> None:
        self._free.release()
        mine.turn.release()
        self._leave(owner, mine)

    def _leave(self, owner: int, mine: _Owner) -> None:
        mine.asked -= 1
        if not mine.asked:
            del self._owners[owner]


class _Owner:
    """Who brings work; forgotten once nothing of theirs waits or runs."""

    __slots__ = ("asked", "turn")

    def __init__(self) -> None:
        self.turn = asyncio.Semaphore(1)
        self.asked = 0
