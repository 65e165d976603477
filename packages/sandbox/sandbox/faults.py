"""Faults on request: errors of the network and of vendors, set through the control API.

One middleware per served API applies them and keeps the record of each exchange. Gateway faults are kept here and applied by
the gateway.
"""

import asyncio
import random
import re
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox import exchange
from sandbox.records import Records

SOURCES = ("discord", "scenario", "cdn")
TRUNCATE = web.RequestKey("truncate", bool)
"""Set on a request whose file must break off half way."""
GATEWAY_KINDS = ("gateway_drop", "gateway_close", "gateway_invalidate", "gateway_heartbeat")
SCOPES = ("user", "shared", "global")
"""Which limit of Discord a `rate_limit` reports: this route's, one that others use up too, or the bot's global one."""
HTTP_KINDS = ("status", "latency", "reset", "reset_after", "hold", "hold_after", "rate_limit", "truncate")


class _Cut(Exception):
    """The connection was cut instead of an answer."""


class BadFault(ValueError):
    """The specification makes no sense; the message says what to change."""


@dataclass(eq=False)
class Fault:
    """One specification, and how often it struck. With `times` None it strikes without end, but only once where it is
    for the gateway and its `odds` are 1. `odds` are per matching request, or per event of the gateway.
    """

    what: str
    at: str | None = None
    method: str | None = None
    path: str | None = None
    odds: float = 1.0
    times: int | None = None
    status: int = 500
    seconds: float = 1.0
    scope: str = "user"
    body: Any = None
    name: str | None = None
    struck: int = 0
    holding: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def fits(self, source: str, method: str, path: str) -> bool:
        return (
            (self.at is None or self.at == source)
            and (self.method is None or self.method == method)
            and (self.path is None or pattern(self.path).fullmatch(path) is not None)
            and (self.times is None or self.struck < self.times)
            and not self.released.is_set()
        )

    def shown(self) -> dict[str, Any]:
        hidden = {"released"}
        return {key: value for key, value in vars(self).items() if key not in hidden and value is not None}


def pattern(path: str) -> re.Pattern[str]:
    """Read `*` as one path segment (or a part of one), `**` as any number, and a lone `*` as every path."""
    if path == "*":
        return re.compile(".*")
    parts = re.split(r"(\*\*|\*)", path)
    return re.compile("".join({"**": ".*", "*": "[^/]+"}.get(part, re.escape(part)) for part in parts))


class Faults:
    """The faults that are set, in the order they were added; the first one that ends a request wins."""

    def __init__(self, seed: int = 0) -> None:
        """`seed` makes the odds fall the same way in every run."""
        self._seed = seed
        self._random = random.Random(seed)
        self._faults: list[Fault] = []
        self._changed = asyncio.Condition()
        self.on_gateway: Callable[[Fault], None] | None = None
        """Called with each gateway fault as it is added, so that the gateway can drop a live session at once."""

    def add(self, specs: list[Any]) -> None:
        """Add faults as the control API writes them. Raises BadFault, and adds none, where one makes no sense."""
        added = [_parsed(spec) for spec in specs]
        self._faults += added
        for fault in added:
            if fault.what in GATEWAY_KINDS and self.on_gateway:
                self.on_gateway(fault)

    def release(self, name: str) -> int:
        """Let the requests held under `name` go on, and hold no more; the number let go."""
        let_go = 0
        for fault in self._faults:
            if fault.name == name:
                let_go += fault.holding
                fault.released.set()
        self._faults = [fault for fault in self._faults if fault.name != name]
        return let_go

    def clear(self) -> None:
        """Forget every fault, let everything held go on, and start the odds anew."""
        for fault in self._faults:
            fault.released.set()
        self._faults = []
        self._random = random.Random(self._seed)

    def snapshot(self) -> list[dict[str, Any]]:
        return [fault.shown() for fault in self._faults]

    def gateway(self) -> list[Fault]:
        """The gateway faults that have strikes left."""
        return [f for f in self._faults if f.what in GATEWAY_KINDS and (f.times is None or f.struck < f.times)]

    def strike(self, fault: Fault) -> bool:
        """Roll the fault's odds; True means that it strikes now, and is counted."""
        if fault.times is not None and fault.struck >= fault.times:
            return False  # another request took the last strike meanwhile
        if fault.odds < 1 and self._random.random() >= fault.odds:
            return False
        fault.struck += 1
        return True

    async def held(self, name: str, timeout: float) -> bool:  # noqa: ASYNC109 - the control API's own word; False, not an exception, is the answer
        """Wait until a request is held under `name`; False when `timeout` seconds passed without one."""

        def is_held() -> bool:
            return any(fault.name == name and fault.holding for fault in self._faults)

        try:
            async with asyncio.timeout(timeout), self._changed:
                await self._changed.wait_for(is_held)
        except TimeoutError:
            return False
        return True

    def middleware(self, source: str, records: Records) -> Middleware:
        """The aiohttp middleware that records each exchange of one API, and applies the faults set for it."""

        @web.middleware
        async def recorded(request: web.Request, handler: Handler) -> web.StreamResponse:
            path = exchange.bare_path(source, request.path)
            sent, status, answer = None, 0, None
            try:
                sent = await exchange.request_seen(request)
                response = await self._through(source, path, request, handler)
            except _Cut:
                return web.Response()  # never written: the connection is gone
            except web.HTTPException as refusal:
                status, answer = refusal.status, exchange.response_seen(refusal)
                raise
            else:
                status, answer = response.status, exchange.response_seen(response)
                return response
            finally:
                records.add(source, request.method, exchange.redacted_path(path), status, sent, answer)

        return recorded

    async def _through(self, source: str, path: str, request: web.Request, handler: Handler) -> web.StreamResponse:
        fitting = [f for f in self._faults if f.what in HTTP_KINDS and f.fits(source, request.method, path)]
        after: list[Fault] = []
        for fault in fitting:
            if not self.strike(fault):
                continue
            if fault.what in {"reset_after", "hold_after"}:
                after.append(fault)
            elif (instead := await self._before(fault, source, request)) is not None:
                return instead
        response = await handler(request)
        for fault in after:
            if fault.what == "reset_after":
                cut(request)
                raise _Cut
            await self._hold(fault)
        return response

    async def _before(self, fault: Fault, source: str, request: web.Request) -> web.Response | None:
        """Apply a fault that strikes before the effect; the answer to give instead of it, if any."""
        if fault.what == "truncate":
            request[TRUNCATE] = True  # half of a file, then the cut: only who streams the file can do it
        elif fault.what == "latency":
            await asyncio.sleep(fault.seconds)
        elif fault.what == "hold":
            await self._hold(fault)
            if request.transport is None or request.transport.is_closing():
                raise _Cut  # who asked is gone, and its request never took effect
        elif fault.what == "reset":
            cut(request)
            raise _Cut
        else:
            return exchange.refusal(source, fault.what, fault.status, fault.seconds, fault.scope, fault.body)
        return None

    async def _hold(self, fault: Fault) -> None:
        fault.holding += 1
        async with self._changed:
            self._changed.notify_all()
        try:
            await fault.released.wait()
        finally:
            fault.holding -= 1


def cut(request: web.Request) -> None:
    """Reset the connection: the client sees ECONNRESET, not an orderly end."""
    if request.transport is None:
        return
    raw = request.transport.get_extra_info("socket")
    if raw is not None:
        # A zero linger makes the kernel send RST where it would send FIN. Windows packs the pair in shorts.
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0))
    request.transport.abort()


MOST_SECONDS = 24 * 3600
_CLOSE_CODES = (7, 1000, 1001, *range(4000, 5000))
_TYPES: dict[str, tuple[type, ...]] = {
    "what": (str,),
    "at": (str,),
    "method": (str,),
    "path": (str,),
    "name": (str,),
    "odds": (int, float),
    "seconds": (int, float),
    "times": (int,),
    "status": (int,),
    "scope": (str,),
    "body": (object,),
}


_NAMES: dict[type, str] = {str: "text", int: "a whole number", float: "a number"}
FIELDS = tuple(_TYPES)


def _parsed(spec: object) -> Fault:
    if not isinstance(spec, dict):
        raise BadFault(f"a fault is an object, not {spec!r:.60}")
    given: dict[str, Any] = {key: value for key, value in spec.items() if value is not None}
    for key, value in given.items():
        if key not in _TYPES:
            raise BadFault(f"a fault has no {key!r}; it may have {', '.join(sorted(_TYPES))}")
        if not isinstance(value, _TYPES[key]) or (isinstance(value, bool) and key != "body"):
            raise BadFault(f"{key!r} cannot be {value!r:.60}; give {_NAMES[_TYPES[key][-1]]}")
    _check_values(given)
    _check_kind(given["what"], given)
    if empty := [key for key, value in given.items() if value == "" and key != "body"]:
        raise BadFault(f"{empty[0]!r} is empty; leave it out, or say what it is")
    if "method" in given:
        given["method"] = given["method"].upper()
    return Fault(**given)


def _check_values(given: dict[str, Any]) -> None:
    what = given.get("what")
    if what not in (*HTTP_KINDS, *GATEWAY_KINDS):
        raise BadFault(f"'what' must be one of {', '.join((*HTTP_KINDS, *GATEWAY_KINDS))}")
    if given.get("at", SOURCES[0]) not in SOURCES:
        raise BadFault(f"'at' must be one of {', '.join(SOURCES)}")
    if not 0 <= given.get("odds", 1.0) <= 1:
        raise BadFault("'odds' must lie between 0 and 1")
    if not 400 <= given.get("status", 500) <= 599:
        raise BadFault("'status' must be an error, 400 to 599")
    if not 0 <= given.get("seconds", 1) <= MOST_SECONDS:
        raise BadFault(f"'seconds' must lie between 0 and {MOST_SECONDS}")
    if given.get("scope", SCOPES[0]) not in SCOPES:
        raise BadFault(f"'scope' must be one of {', '.join(SCOPES)}")
    if given.get("times", 1) < 1:
        raise BadFault("'times' must be 1 or more")


def _check_kind(what: str, given: dict[str, Any]) -> None:
    if what in {"hold", "hold_after"} and not given.get("name"):
        raise BadFault("a hold needs a 'name' to be released by")
    if what == "gateway_invalidate" and given.get("body") not in (None, {"resumable": True}, {"resumable": False}):
        raise BadFault("a gateway_invalidate takes 'resumable', true or false, in its 'body'")
    if what != "gateway_close" or "body" not in given:
        return
    code = given["body"].get("code") if isinstance(given["body"], dict) else None
    if isinstance(code, bool) or code not in _CLOSE_CODES:
        raise BadFault("a gateway_close takes a 'code' in its 'body': 1000, 1001, 4000 to 4999, or 7 to ask for a reconnect")
