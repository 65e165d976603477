"""Checks one websocket of the gateway: version and encoding, size and number of frames, their form, a heartbeat in time.

`gateway.py` calls it.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import WSMessage, WSMsgType

from sandbox.discord.bodies.gateway import Frame, Identify, Presence, RequestMembers, Resume, VoiceState
from sandbox.discord.bodies.reading import Model, fits, unkept
from sandbox.strict_json import Json, parsed

CLOSE_UNKNOWN, CLOSE_UNKNOWN_OP, CLOSE_DECODE, CLOSE_NOT_AUTHENTICATED, CLOSE_AUTHENTICATION, CLOSE_ALREADY = (
    4000,
    4001,
    4002,
    4003,
    4004,
    4005,
)
CLOSE_SEQUENCE, CLOSE_RATE, CLOSE_TIMEOUT = 4007, 4008, 4009
CLOSE_BAD_SHARD, CLOSE_SHARDING_REQUIRED, CLOSE_BAD_VERSION = 4010, 4011, 4012
CLOSE_BAD_INTENTS, CLOSE_DISALLOWED_INTENTS = 4013, 4014
FRAME_BYTES = 4096
SENDS, SENDS_SECONDS = 120, 60.0
HEARTBEAT_MS = 41_250
LATE_INTERVALS = 1.5
"""Discord documents no figure; in practice it cuts a bot whose heartbeat is late by half an interval."""
SUPPORTED = {"v": ("10",), "encoding": ("json", None), "compress": ("zlib-stream", None)}
"""What the gateway's address may ask for; None is not asking. Without `v` Discord takes a version that is long gone."""
MODELS: dict[int | None, Model] = {
    2: Identify,
    3: Presence,
    4: VoiceState,
    6: Resume,
    8: RequestMembers,
}
RECEIVED = (1, 2, 3, 4, 6, 8)
"""The ops that a bot may send."""
MOST_SOCKET_BYTES = 1024 * 1024
"""What aiohttp takes in before it closes by itself; far over `FRAME_BYTES`: a frame between the two gets Discord's own code."""


class BadFrame(Exception):
    """The connection ends with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


def check_address(query: Mapping[str, str]) -> None:
    """Raises BadFrame where the address asks for what this gateway does not support."""
    for name, supported in SUPPORTED.items():
        if (asked := query.get(name)) not in supported:
            choices = " or ".join(f"{name}={one}" for one in supported if one)
            asked_for = f"no {name}" if asked is None else f"{name}={asked:.20}"
            raise BadFrame(CLOSE_BAD_VERSION, f"the sandbox speaks {choices}, not {asked_for}")
    if strange := sorted(set(query) - set(SUPPORTED)):
        raise BadFrame(CLOSE_BAD_VERSION, f"the gateway's address has no {strange[0]:.40}")


def read(frame: WSMessage) -> dict[str, Any]:
    """The JSON object of a text or binary frame, with a whole `op`. Raises BadFrame."""
    if frame.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
        raise BadFrame(CLOSE_DECODE, "not a frame of JSON")
    content = frame.data.encode() if isinstance(frame.data, str) else frame.data
    if len(content) > FRAME_BYTES:
        raise BadFrame(CLOSE_DECODE, f"{len(content)} bytes, where {FRAME_BYTES} are allowed")
    try:
        made: Json = parsed(content)
    except ValueError as bad:
        raise BadFrame(CLOSE_DECODE, "not JSON") from bad
    if not fits(made, Frame):
        raise BadFrame(CLOSE_DECODE, "a frame is an object with a whole number as op")
    _check_kept(made, Frame)
    return made


def check_data(op: int | None, data: Json) -> None:
    """Raises BadFrame where an op's data has another shape, or a field that the sandbox would drop."""
    model = MODELS.get(op)
    if model is None:
        return
    if not fits(data, model):
        raise BadFrame(CLOSE_DECODE, f"the data of op {op} has another shape")
    _check_kept(data, model)


def _check_kept(value: Json, model: Model) -> None:
    for name, _ in unkept(value, model):
        raise BadFrame(CLOSE_DECODE, f"the sandbox does not keep {name:.60}")


class Sends:
    """Counts what a bot sends over one connection: `SENDS` frames in `SENDS_SECONDS`, heartbeats included."""

    def __init__(self) -> None:
        self._until = 0.0
        self._used = 0

    def count(self) -> None:
        """Raises BadFrame for one too many."""
        now = time.monotonic()
        if now >= self._until:
            self._until, self._used = now + SENDS_SECONDS, 0
        self._used += 1
        if self._used > SENDS:
            raise BadFrame(CLOSE_RATE, f"more than {SENDS} frames in {SENDS_SECONDS:g} seconds")


class Pulse:
    """Calls `silent` once no heartbeat came for one interval and a half. In real time, as bots count."""

    def __init__(self, interval_ms: float, silent: Callable[[], None]) -> None:
        self._seconds = interval_ms * LATE_INTERVALS / 1000
        self._silent = silent
        self._timer: asyncio.TimerHandle | None = None
        self.beat()

    def beat(self) -> None:
        self.stop()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._silent)

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()
