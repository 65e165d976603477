"""What the bot sent, kept for its tests: one numbered record per request, the secrets already out. `faults.py` adds them."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from sandbox.clock import Clock

Record = dict[str, Any]


class Records:
    """Requests in the order of their answers, numbered from 1; a number is never used twice, also after `clear`."""

    def __init__(self, clock: Clock | None = None, *, limit: int | None = None) -> None:
        """Keep the last `limit` records only (benchmarks); None keeps all."""
        self._clock = clock or Clock()
        self._kept: deque[Record] = deque(maxlen=limit)
        self._last = 0
        self._waiting: list[tuple[Callable[[Record], bool], asyncio.Future[Record]]] = []

    @property
    def last(self) -> int:
        """The number of the newest record, 0 before the first: what to pass as the next `since`."""
        return self._last

    def add(self, source: str, method: str, path: str, status: int, request: object, response: object) -> int:
        """Keep one exchange and wake who waits for it. Status 0 means that the connection was cut without an answer."""
        self._last += 1
        record: Record = {
            "n": self._last,
            "at_ms": self._clock.now_ms(),
            "source": source,
            "method": method,
            "path": path,
            "status": status,
            "request": request,
            "response": response,
        }
        self._kept.append(record)
        for predicate, found in self._waiting:
            if not found.done() and predicate(record):
                found.set_result(record)
        return self._last

    def since(self, n: int = 0, source: str | None = None) -> list[Record]:
        """Every kept record numbered above `n`, oldest first."""
        newest_first: list[Record] = []
        for record in reversed(self._kept):
            if record["n"] <= n:
                break
            if source is None or record["source"] == source:
                newest_first.append(record)
        return newest_first[::-1]

    async def wait(self, predicate: Callable[[Record], bool], timeout: float, *, since: int = 0) -> Record | None:  # noqa: ASYNC109 - the control API's own word; None, not an exception, is the answer
        """Return the first record above `since` that fits, kept or still to come; None after `timeout` seconds."""
        for record in self.since(since):
            if predicate(record):
                return record
        waiting = (predicate, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        try:
            return await asyncio.wait_for(waiting[1], timeout)
        except TimeoutError:
            return None
        finally:
            self._waiting.remove(waiting)

    def clear(self) -> None:
        self._kept.clear()
