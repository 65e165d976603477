"""All sessions that the bot has on the gateway: which are connected, which want an event, which can still be resumed.

`gateway.py` holds them.
"""

from collections.abc import Callable

from sandbox.discord.session import Connection, Session


class Sessions:
    def __init__(self, now_ms: Callable[[], int]) -> None:
        """`now_ms` is the sandbox's clock: lost sessions end by it."""
        self._now_ms = now_ms
        self._held: dict[str, Session] = {}

    def __len__(self) -> int:
        return len(self._held)

    def live(self) -> list[Session]:
        """Those that are connected, oldest first."""
        return [one for one in self._held.values() if one.connection is not None]

    def wanting(self, guild_id: str | None, intent: int) -> list[Session]:
        """The sessions that get an event. Lost ones are among them, since they may resume and get it then."""
        self._expire()
        return [one for one in self._held.values() if one.wants(guild_id, intent)]

    def of(self, connection: Connection) -> Session | None:
        return next((one for one in self._held.values() if one.connection is connection), None)

    def kept(self, session_id: str) -> Session | None:
        """The session of this id, if it has not ended."""
        self._expire()
        return self._held.get(session_id)

    def add(self, session: Session) -> None:
        self._held[session.id] = session

    def lost(self, connection: Connection, *, over: bool) -> bool:
        """Its socket is gone: end its session where that is `over`, else keep it for a resume. False where it has none."""
        session = self.of(connection)
        if session is None:
            return False
        session.connection, session.lost_ms = None, self._now_ms()
        if over:
            self.end(session)
        return True

    def end(self, session: Session) -> None:
        self._held.pop(session.id, None)

    def clear(self) -> None:
        self._held.clear()

    def _expire(self) -> None:
        """Forget those that can no longer be resumed, and what was kept for them."""
        now = self._now_ms()
        self._held = {key: one for key, one in self._held.items() if not one.expired(now)}
