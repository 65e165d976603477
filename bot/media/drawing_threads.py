"""Runs our own drawing (previews, thumbnails) on a few threads with a time limit. `LocalMedia` and `Animatic` call
it. Members' pictures go to `decoder_pool`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from bot.detail import Detail, DetailCode
from bot.errors import MediaError

AT_ONCE: Final = 2
TIME_LIMIT_SECONDS: Final = 30.0
_P = ParamSpec("_P")
_R = TypeVar("_R")


class Threads:
    """A small pool of its own, so that slow drawing never takes the threads that other parts of the bot need."""

    def __init__(self, at_once: int = AT_ONCE, time_limit: float = TIME_LIMIT_SECONDS) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="media")
        self._time_limit = time_limit

    async def run(self, work: Callable[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        """The result of `work`. Raises `MediaError` when it has not ended `time_limit` seconds after this call.

        A thread can't be killed: after the limit it goes on and keeps its place in the pool. Therefore many slow pictures fill
        the pool and meet the time limit, but do not fill the memory.
        """
        waiting = asyncio.wrap_future(self._pool.submit(work, *args, **kwargs))
        try:
            done, _ = await asyncio.wait({waiting}, timeout=self._time_limit)
            if done:
                return waiting.result()
        finally:
            waiting.cancel()
        raise MediaError(Detail(DetailCode.DRAWING_SLOW, (self._time_limit,)))

    def close(self) -> None:
        """Drops waiting work. Running work goes on to its end, and nothing waits for it."""
        self._pool.shutdown(wait=False, cancel_futures=True)
