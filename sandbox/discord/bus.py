"""What happened, told to whoever listens inside the sandbox: the page's event streams and waiting control calls.

Each event says which members may see it. It keeps nothing.
"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from sandbox.discord.people import Member

T = TypeVar("T")
Seen = Callable[[Member], bool]


class Bus:
    """Publish to queues, and wake everyone who waits for any change."""

    def __init__(self) -> None:
        self._queues: dict[asyncio.Queue[dict[str, Any] | None], Member] = {}
        self._waiting: set[asyncio.Future[None]] = set()

    def publish(self, kind: str, data: Callable[[Member], dict[str, Any]], seen: Seen | None = None) -> None:
        """`data` is made once per listener who may see it: what it holds may depend on the listener."""
        for queue, member in self._queues.items():
            if seen is None or seen(member):
                queue.put_nowait({"type": kind, "data": data(member)})
        self.wake()

    def wake(self) -> None:
        """Let every waiting call look again (the clock moved, say)."""
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    def subscribe(self, member: Member) -> asyncio.Queue[dict[str, Any] | None]:
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._queues[queue] = member
        return queue

    def unsubscribe(self, queue: asyncio.Queue[dict[str, Any] | None]) -> None:
        self._queues.pop(queue, None)

    def end(self) -> None:
        """Tell every stream that this world is over."""
        for queue in self._queues:
            queue.put_nowait(None)
        self._queues.clear()
        self.wake()

    async def until(self, found: Callable[[], T], timeout: float) -> T | None:  # noqa: ASYNC109 - the control API's own word; None is the answer
        """Wait until `found()` answers something true and return it; None after `timeout` seconds."""
        deadline = asyncio.get_running_loop().time() + timeout
        while not (answer := found()):
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return None
            future = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
            # Some conditions ripen by time alone (three seconds without an answer), so look again now and then.
            await asyncio.wait([future], timeout=min(left, 0.25))
            self._waiting.discard(future)
        return answer
