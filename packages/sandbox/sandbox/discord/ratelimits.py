"""Discord's rate limits: a window per route and channel, 50 requests a second over all, and the headers that tell.

The figures per route are what Discord is seen to send; it documents none of them. Windows run in real time, because clients
sleep in real time. `rest/app.py` asks for each request, `gateway.py` for each identify.
"""

import hashlib
import time
from dataclasses import dataclass

GLOBAL_PER_SECOND = 50
MAX_CONCURRENCY, IDENTIFY_SECONDS = 1, 5.0
# (method, route) -> (requests, seconds). Anything else: 50 in a second.
LIMITS: dict[tuple[str, str], tuple[int, float]] = {
    ("POST", "/channels/{channel_id}/messages"): (5, 5.0),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"): (5, 5.0),
    ("DELETE", "/channels/{channel_id}/messages/{message_id}"): (5, 1.0),
    ("GET", "/channels/{channel_id}/messages"): (5, 5.0),
    ("GET", "/channels/{channel_id}/messages/{message_id}"): (5, 5.0),
    ("POST", "/channels/{channel_id}/typing"): (5, 5.0),
    ("POST", "/channels/{channel_id}/messages/{message_id}/threads"): (10, 10.0),
    ("POST", "/channels/{channel_id}/threads"): (10, 10.0),
    ("PATCH", "/channels/{channel_id}"): (5, 15.0),
    ("PUT", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me"): (1, 0.25),
    ("POST", "/webhooks/{application_id}/{token}"): (5, 2.0),
    ("PATCH", "/webhooks/{application_id}/{token}/messages/{message_id}"): (5, 2.0),
}
DEFAULT_LIMIT = (50, 1.0)


@dataclass
class Window:
    limit: int
    seconds: float
    until: float = 0.0
    used: int = 0


@dataclass(frozen=True)
class Verdict:
    """What to answer with: headers always, and `retry_after` seconds where the request is refused."""

    headers: dict[str, str]
    retry_after: float | None = None
    everywhere: bool = False


class RateLimits:
    def __init__(self, *, per_route: bool = True) -> None:
        """`per_route` False begins without the windows per route and without the one for identifies."""
        self._at_first = per_route
        self.per_route = self.identifies = per_route
        self.global_per_second = GLOBAL_PER_SECOND
        self.max_concurrency = MAX_CONCURRENCY
        self._identified: dict[int, float] = {}
        self._windows: dict[tuple[str, str], Window] = {}
        self._second = 0.0
        self._in_second = 0

    def clear(self) -> None:
        """Forget what was counted."""
        self._windows.clear()
        self._in_second = 0
        self._identified.clear()

    def reset(self) -> None:
        """Be as in the beginning, whatever was switched since."""
        self.per_route = self.identifies = self._at_first
        self.global_per_second = GLOBAL_PER_SECOND
        self.max_concurrency = MAX_CONCURRENCY
        self.clear()

    def may_identify(self, shard: int = 0) -> bool:
        """Count one identify on the gateway; False for a second within the window, which does not begin it anew.

        Shards have one window for each remainder of their number divided by `max_concurrency`.
        """
        now, key = time.monotonic(), shard % self.max_concurrency
        if self.identifies and now - self._identified.get(key, -IDENTIFY_SECONDS) < IDENTIFY_SECONDS:
            return False
        self._identified[key] = now
        return True

    def ask(self, method: str, route: str, major: str, *, counts_globally: bool) -> Verdict:
        """Count one request. `major` is the channel, guild or token that has its own window."""
        now = time.monotonic()
        if counts_globally and self.global_per_second and (left := self._over_all(now)) is not None:
            return Verdict({"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}, left, everywhere=True)
        if not self.per_route:
            return Verdict({})
        limit, seconds = LIMITS.get((method, route), DEFAULT_LIMIT)
        window = self._windows.setdefault((f"{method} {route}", major), Window(limit, seconds))
        if now >= window.until:
            window.until, window.used = now + seconds, 0
            if len(self._windows) > 20_000:
                self._windows = {key: one for key, one in self._windows.items() if one.until > now}
        refused = window.used >= limit
        window.used += not refused
        left = window.until - now
        headers = {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(limit - window.used),
            "X-RateLimit-Reset": f"{time.time() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": _bucket(method, route),
        }
        if refused:
            return Verdict(headers | {"X-RateLimit-Scope": "user"}, left)
        return Verdict(headers)

    def _over_all(self, now: float) -> float | None:
        if now - self._second >= 1.0:
            self._second, self._in_second = now, 0
        if self._in_second >= self.global_per_second:
            return 1.0 - (now - self._second)
        self._in_second += 1
        return None


_buckets: dict[tuple[str, str], str] = {}


def _bucket(method: str, route: str) -> str:
    name = _buckets.get((method, route))
    if name is None:
        name = _buckets[method, route] = hashlib.sha256(f"{method} {route}".encode()).hexdigest()[:32]
    return name
