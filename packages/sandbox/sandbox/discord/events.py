"""Passes on what happened to the page's event streams and to control calls that wait. Each event says who may see it."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from sandbox.discord.members import Member

T = TypeVar("T")
Seen = Callable[[Member], bool]
Event = dict[str, Any]
MOST_BEHIND = 1_000
"""Events that a listener may have unread. A page that is busy redrawing lags by a few dozen."""
LAST = ("reset", "dropped")
"""Types of the event after which a stream ends."""


class Listener:
    """One stream of events. It reads with `next`. If it does not read, it is dropped, and its only event left says so."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self._queue: asyncio.Queue[Event] = asyncio.Queue()

    @property
    def unread(self) -> int:
        return self._queue.qsize()

    async def next(self) -> Event:
        return await self._queue.get()

    def put(self, event: Event) -> bool:
        """False where too many events wait already."""
        if self.unread >= MOST_BEHIND:
            return False
        self._queue.put_nowait(event)
        return True

    def end(self, kind: str, data: dict[str, Any]) -> None:
        """Let this be the last event; what waits unread is thrown away where the listener is dropped."""
        while kind == "dropped" and not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait({"type": kind, "data": data})


class EventBus:
    """Publish to queues, and wake everyone who waits for any change."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._waiting: set[asyncio.Future[None]] = set()

    def publish(self, kind: str, data: Callable[[Member], dict[str, Any]], seen: Seen | None = None) -> None:
        """`data` is made once per listener who may see it: what it holds may depend on the listener."""
        for listener in list(self._listeners):
            wanted = seen is None or seen(listener.member)
            if wanted and not listener.put({"type": kind, "data": data(listener.member)}):
                self.unsubscribe(listener)
                listener.end("dropped", {"reason": f"{MOST_BEHIND} events were left unread; read everything anew"})
        self.wake()

    def wake(self) -> None:
        """Let every waiting call look again (the clock moved, say)."""
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    def subscribe(self, member: Member) -> Listener:
        listener = Listener(member)
        self._listeners.append(listener)
        return listener

    def unsubscribe(self, listener: Listener) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)

    def end(self) -> None:
        """Tell every stream that this world is over."""
        for listener in self._listeners:
            listener.end("reset", {})
        self._listeners.clear()
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
