"""One bot session on the gateway: its sequence numbers, what it missed and can get again, and the socket it writes to.

It frames and compresses what `gateway.py` sends.
"""

import asyncio
import json
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from sandbox.strict_json import Json

GUILDS, GUILD_MEMBERS, GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT = 1 << 0, 1 << 1, 1 << 9, 1 << 12, 1 << 15
GUILD_REACTIONS, DIRECT_REACTIONS, PRESENCES = 1 << 10, 1 << 13, 1 << 8
PRIVILEGED = {"members": GUILD_MEMBERS, "presences": PRESENCES, "message_content": MESSAGE_CONTENT}
EVENTS = (
    "CHANNEL_CREATE",
    "CHANNEL_DELETE",
    "CHANNEL_PINS_UPDATE",
    "CHANNEL_UPDATE",
    "GUILD_CREATE",
    "GUILD_DELETE",
    "GUILD_MEMBERS_CHUNK",
    "GUILD_MEMBER_ADD",
    "GUILD_MEMBER_REMOVE",
    "GUILD_MEMBER_UPDATE",
    "GUILD_ROLE_CREATE",
    "GUILD_ROLE_UPDATE",
    "GUILD_UPDATE",
    "INTERACTION_CREATE",
    "MESSAGE_CREATE",
    "MESSAGE_DELETE",
    "MESSAGE_DELETE_BULK",
    "MESSAGE_REACTION_ADD",
    "MESSAGE_REACTION_REMOVE",
    "MESSAGE_REACTION_REMOVE_ALL",
    "MESSAGE_REACTION_REMOVE_EMOJI",
    "MESSAGE_UPDATE",
    "READY",
    "RESUMED",
    "THREAD_CREATE",
    "THREAD_DELETE",
    "THREAD_MEMBERS_UPDATE",
    "THREAD_UPDATE",
)
"""All that a bot may hear of, as the README lists it."""
MISSED_KEPT = 20_000
MOST_FRAMES = MISSED_KEPT + 1_000
"""Frames that may wait for a bot that does not read. A resume sends up to `MISSED_KEPT` at once."""
MOST_REASON = 123
"""Bytes that a websocket's closing frame has room for beside its code."""
RESUMABLE_MS = 3 * 60_000
"""For so long a lost session can be taken up again. Discord documents no figure; in practice it is a few minutes."""


class Connection:
    """One websocket. Frames are queued, so that whoever dispatches never waits for a slow reader."""

    def __init__(
        self, socket: web.WebSocketResponse, request: web.Request, unread: Callable[[], None], *, compress: bool
    ) -> None:
        """`unread` is told once the bot let `MOST_FRAMES` frames lie and is cut off."""
        self.socket = socket
        self.request = request
        self.closed_here = False
        """Whether the sandbox said goodbye first: then the session can be resumed, whatever the bot answers."""
        self.pack = False
        """Whether each frame is compressed by itself, as an identify may ask for; not where the whole stream is."""
        self._deflate = zlib.compressobj(level=1) if compress else None
        self._frames: asyncio.Queue[str | None] = asyncio.Queue()
        self._unread = unread
        self._cut = False

    def send(self, text: str) -> None:
        if self._cut:
            return
        if self._frames.qsize() < MOST_FRAMES:
            self._frames.put_nowait(text)
            return
        self._cut = True
        while not self._frames.empty():
            self._frames.get_nowait()
        self._unread()
        self.drop()

    def send_op(self, op: int, data: Json = None) -> None:
        self.send(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def finish(self) -> None:
        self._frames.put_nowait(None)

    async def write(self) -> None:
        """Write frames until told to finish or the socket is gone."""
        while (text := await self._frames.get()) is not None:
            try:
                if self._deflate is None and self.pack:
                    await self.socket.send_bytes(zlib.compress(text.encode()))
                elif self._deflate is None:
                    await self.socket.send_str(text)
                else:
                    # discord.py and its like look for this flush's marker to know that a message is whole.
                    frame = self._deflate.compress(text.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
                    await self.socket.send_bytes(frame)
            except ConnectionError:
                return

    async def close(self, code: int, reason: str = "") -> None:
        """`reason` is for whoever reads the bot's log."""
        self.closed_here = True
        await self.socket.close(code=code, message=reason.encode()[:MOST_REASON])

    def close_soon(self, code: int, reason: str = "") -> None:
        """Close, called from code that can't await."""
        closing = asyncio.ensure_future(self.close(code, reason))
        closing.add_done_callback(lambda done: done.cancelled() or done.exception())

    def drop(self) -> None:
        """Cut the wire without a close frame."""
        if self.request.transport:
            self.request.transport.abort()


@dataclass(eq=False)
class Session:
    """What survives a lost socket: RESUME plays `missed` again."""

    id: str
    intents: int
    shard: tuple[int, int]
    connection: Connection | None = None
    sequence: int = 0
    missed: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=MISSED_KEPT))
    presence: dict[str, Any] | None = None
    """The bot's status and activities, as it sent them."""
    lost_ms: int = 0
    """When the socket was lost, by the sandbox's clock; only valid while `connection` is None."""

    def wants(self, guild_id: str | None, intent: int) -> bool:
        """Direct messages and what belongs to no guild go to shard 0."""
        if intent and not self.intents & intent:
            return False
        number, count = self.shard
        return number == ((int(guild_id) >> 22) % count if guild_id else 0)

    def serves(self, guild_id: str) -> bool:
        """Whether this shard is the guild's."""
        return self.wants(guild_id, 0)

    def expired(self, now_ms: int) -> bool:
        return self.connection is None and now_ms - self.lost_ms > RESUMABLE_MS

    def can_resume(self, since: int) -> bool:
        """Whether everything after number `since` is still kept."""
        return since <= self.sequence and (not self.missed or self.missed[0][0] <= since + 1)

    def dispatch(self, event: str, encoded: str) -> None:
        """Number and send an event whose data is JSON already; keep it for a resume."""
        if event not in EVENTS:
            raise ValueError(f"{event} is not among the events that the sandbox is said to serve")
        self.sequence += 1
        text = f'{{"op":0,"s":{self.sequence},"t":"{event}","d":{encoded}}}'
        self.missed.append((self.sequence, text))
        if self.connection:
            self.connection.send(text)
