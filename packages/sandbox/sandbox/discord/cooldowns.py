"""Discord's limits that last for minutes, besides the windows per route: new threads, new DMs, renames, edits of old messages.

Nobody knows when Discord limits threads and DMs, so a control call says for how long they are refused. Time is the sandbox's
clock.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

from sandbox.clock import Clock
from sandbox.discord.errors import ApiError
from sandbox.discord.ratelimits import RateLimits

THREADS, DMS = "threads", "dms"
RENAMES, RENAME_WINDOW_MS = 2, 600_000
OLD_MS = 3600_000
OLD_EDITS, OLD_EDIT_WINDOW_MS = 3, 6_000
"""The figures are from reports about bots; Discord documents only the error code."""


class TooMany(ApiError):
    """A 429 of one resource, which others may use up too: scope `shared`."""

    def __init__(self, seconds: float, code: int = 0, message: str = "You are being rate limited.") -> None:
        super().__init__(429, code, message)
        self._seconds = round(seconds, 3)
        self.headers = {"Retry-After": str(int(seconds) + 1), "X-RateLimit-Scope": "shared"}

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"message": self.message, "retry_after": self._seconds, "global": False}
        return body | ({"code": self.code} if self.code else {})


class Cooldowns:
    def __init__(self, clock: Clock, limits: RateLimits) -> None:
        """If `limits` has no windows per route, renames and edits of old messages are not limited either."""
        self._clock = clock
        self._limits = limits
        self._until_ms: dict[str, float] = {}
        self._done: dict[tuple[str, str], deque[int]] = {}

    def rest(self, what: str, seconds: float) -> None:
        """From now on `what` (`THREADS` or `DMS`) is refused for so long; 0 ends it."""
        self._until_ms[what] = self._clock.now_ms() + seconds * 1000

    def left(self, what: str) -> float:
        """Seconds until Discord accepts `what` again."""
        return max(0.0, (self._until_ms.get(what, 0.0) - self._clock.now_ms()) / 1000)

    def open_thread(self) -> None:
        """Raises TooMany while threads rest."""
        if (left := self.left(THREADS)) > 0:
            raise TooMany(left)

    def open_dm(self) -> None:
        """Raises ApiError while direct messages rest: Discord writes this one as 403."""
        if self.left(DMS) > 0:
            raise ApiError(403, 40003, "You are opening direct messages too fast")

    def rename(self, channel_id: str) -> None:
        """Count a new name of a channel or thread. Raises TooMany for the third in ten minutes."""
        self._count("rename", channel_id, RENAMES, RENAME_WINDOW_MS, TooMany)

    def edit_old(self, channel_id: str) -> None:
        """Count an edit of a message older than an hour. Raises TooMany for the fourth in six seconds in one channel."""

        def refused(seconds: float) -> TooMany:
            return TooMany(seconds, 30046, "Maximum number of edits to messages older than 1 hour reached. Try again later")

        self._count("edit", channel_id, OLD_EDITS, OLD_EDIT_WINDOW_MS, refused)

    def _count(self, what: str, channel_id: str, most: int, window_ms: int, refused: Callable[[float], TooMany]) -> None:
        if not self._limits.per_route:
            return
        now = self._clock.now_ms()
        done = self._done.setdefault((what, channel_id), deque())
        while done and done[0] <= now - window_ms:
            done.popleft()
        if len(done) >= most:
            raise refused((done[0] + window_ms - now) / 1000)
        done.append(now)
