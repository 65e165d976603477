"""Discord's gateway: identify, heartbeat, resume, member chunks, and events to the shards that want them.

It knows the world and the application's intents, and nothing of REST.
"""

import asyncio
import json
import secrets
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.discord import session as kinds
from sandbox.discord import shapes
from sandbox.discord.bus import Bus
from sandbox.discord.ids import APPLICATION_ID
from sandbox.discord.ratelimits import RateLimits
from sandbox.discord.session import Connection, Session
from sandbox.discord.world import World
from sandbox.faults import Fault, Faults
from sandbox.payload import Json, parsed

HEARTBEAT_MS = 41_250
ACKNOWLEDGE_SECONDS = 0.05
GOODBYE_SECONDS = 1.0  # a bot that hangs cannot keep the sandbox from ending
CLOSE_UNKNOWN, CLOSE_UNKNOWN_OP, CLOSE_DECODE, CLOSE_NOT_AUTHENTICATED, CLOSE_AUTHENTICATION, CLOSE_ALREADY = (
    4000,
    4001,
    4002,
    4003,
    4004,
    4005,
)
CLOSE_BAD_SHARD, CLOSE_BAD_INTENTS, CLOSE_DISALLOWED_INTENTS = 4010, 4013, 4014
_KNOWN_INTENTS = (1 << 26) - 1
_SHAPES = {2: shapes.IDENTIFY, 6: shapes.RESUME, 8: shapes.REQUEST_MEMBERS}


class Gateway:
    """All sessions of the one bot."""

    def __init__(self, world: Callable[[], World], bus: Bus, faults: Faults, limits: RateLimits, token: str) -> None:
        self._world = world
        self._bus = bus
        self._faults = faults
        self._limits = limits
        self._token = token
        self._sessions: dict[str, Session] = {}
        self._connections: set[Connection] = set()
        self.url = ""
        self.privileged = 0
        """Privileged intents switched on for the application; none by default, as for a new one."""
        faults.on_gateway = self._strike_now

    @property
    def online(self) -> int:
        """How many sessions are connected and identified."""
        return sum(session.connection is not None for session in self._sessions.values())

    def dispatch(self, event: str, data: dict[str, Any], *, guild_id: str | None, intent: int = 0) -> bool:
        """Send an event to every session that wants it; False where none is connected to get it."""
        reached = False
        encoded = json.dumps(data)
        self._expire()
        for session in self._sessions.values():
            if session.wants(guild_id, intent):
                session.dispatch(event, encoded)
                reached = reached or session.connection is not None
        for fault in self._faults.gateway():
            if (fault.times is not None or fault.odds < 1) and self._faults.strike(fault):
                self._cut(fault)
        return reached

    def wants_content(self) -> bool:
        """Whether the bot may read what members write without being addressed."""
        return any(one.connection and one.intents & kinds.MESSAGE_CONTENT for one in self._sessions.values())

    def _expire(self) -> None:
        """Forget sessions that can no longer be resumed, and what was kept for them."""
        now = self._world().clock.now_ms()
        self._sessions = {key: one for key, one in self._sessions.items() if not one.expired(now)}

    def _of(self, connection: Connection) -> Session | None:
        return next((one for one in self._sessions.values() if one.connection is connection), None)

    async def forget(self) -> None:
        """Drop every session for good: the bot must identify again."""
        self._sessions.clear()
        await asyncio.gather(*(connection.close(CLOSE_UNKNOWN) for connection in list(self._connections)))
        self._told()

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(timeout=GOODBYE_SECONDS, compress=False, max_msg_size=4096 * 4)
        await socket.prepare(request)
        connection = Connection(socket, request, compress=request.query.get("compress") == "zlib-stream")
        self._connections.add(connection)
        writer = asyncio.create_task(connection.write())
        connection.send_op(10, {"heartbeat_interval": HEARTBEAT_MS, "_trace": ["sandbox"]})
        try:
            async for frame in socket:
                if frame.type is not WSMsgType.TEXT:
                    await connection.close(CLOSE_DECODE)
                    break
                await self._received(connection, parsed(frame.data))
        except ValueError:
            await connection.close(CLOSE_DECODE)
        finally:
            self._connections.discard(connection)
            connection.finish()
            writer.cancel()
            if session := self._of(connection):
                session.connection, session.lost_ms = None, self._world().clock.now_ms()
                if socket.close_code in {1000, 1001} and not connection.closed_here:
                    self._sessions.pop(session.id, None)  # an orderly goodbye ends the session, as on Discord
                self._told()
        return socket

    async def _received(self, connection: Connection, frame: Json) -> None:
        """Raises ValueError for a frame that is not shaped as one."""
        if not shapes.fits(frame, shapes.FRAME):
            raise ValueError("not a frame")
        op: int | None = frame.get("op")
        data: Json = frame.get("d")
        if op in _SHAPES and not shapes.fits(data, _SHAPES[op]):
            raise ValueError("the frame's data has another shape")
        session = self._of(connection)
        if op == 1:
            # A network's way back and forth: discord.py notes the time of its heartbeat only after it has sent it, and
            # an answer within that instant would count from the heartbeat before.
            asyncio.get_running_loop().call_later(ACKNOWLEDGE_SECONDS, connection.send_op, 11)
        elif op == 2 and session:
            await connection.close(CLOSE_ALREADY)
        elif op == 2:
            await self._identify(connection, data)
        elif op == 6:
            await self._resume(connection, data)
        elif session is None:
            await connection.close(CLOSE_NOT_AUTHENTICATED)
        elif op == 8:
            self._members(session, data)
        elif op not in {3, 4}:
            await connection.close(CLOSE_UNKNOWN_OP)

    async def _identify(self, connection: Connection, data: dict[str, Any]) -> None:
        intents = data.get("intents")
        shard = data.get("shard") or [0, 1]
        if data.get("token") != self._token:
            await connection.close(CLOSE_AUTHENTICATION)
        elif not isinstance(intents, int) or intents & ~_KNOWN_INTENTS:
            await connection.close(CLOSE_BAD_INTENTS)
        elif intents & sum(kinds.PRIVILEGED.values()) & ~self.privileged:
            await connection.close(CLOSE_DISALLOWED_INTENTS)
        elif len(shard) != 2 or not 0 <= shard[0] < shard[1]:
            await connection.close(CLOSE_BAD_SHARD)
        elif not self._limits.may_identify():
            connection.send_op(9, data=False)
        else:
            session = Session(secrets.token_hex(16), intents, (shard[0], shard[1]), connection)
            self._sessions[session.id] = session
            self._ready(session)
            self._told()

    def _ready(self, session: Session) -> None:
        world = self._world()
        guilds = [{"id": world.guild_id, "unavailable": True}] if session.has_guild else []
        user = world.bot_user.payload() | {"verified": True, "mfa_enabled": True, "email": None}
        ready: dict[str, Any] = {
            "v": 10,
            "user": user,
            "guilds": guilds,
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": list(session.shard),
            "application": {"id": APPLICATION_ID, "flags": 0},
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "user_settings": {},
        }
        session.dispatch("READY", json.dumps(ready))
        if session.has_guild and session.intents & kinds.GUILDS:
            created = world.guild_create(all_members=bool(session.intents & kinds.GUILD_MEMBERS))
            session.dispatch("GUILD_CREATE", json.dumps(created))

    async def _resume(self, connection: Connection, data: dict[str, Any]) -> None:
        if data.get("token") != self._token:
            await connection.close(CLOSE_AUTHENTICATION)
            return
        self._expire()
        session = self._sessions.get(data.get("session_id") or "")
        since = data.get("seq")
        if session is None or since is None or not session.can_resume(since):
            connection.send_op(9, data=False)
            return
        session.connection = connection
        for number, text in session.missed:
            if number > since:
                connection.send(text)
        session.dispatch("RESUMED", json.dumps({"_trace": ["sandbox"]}))
        self._told()

    def _members(self, session: Session, data: dict[str, Any]) -> None:
        world = self._world()
        wanted = data.get("user_ids")
        if wanted is not None:
            wanted = wanted if isinstance(wanted, list) else [wanted]
            found = [world.members[str(one)] for one in wanted if str(one) in world.members]
            missing = [str(one) for one in wanted if str(one) not in world.members]
        else:
            query, limit, missing = str(data.get("query") or "").lower(), data.get("limit") or 0, []
            found = [m for m in world.members.values() if m.name.lower().startswith(query)]
            found = found[:limit] if limit else found
            if not query and not session.intents & kinds.GUILD_MEMBERS:
                found = []
        chunk: dict[str, Any] = {
            "guild_id": world.guild_id,
            "members": [member.payload() for member in found],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": missing,
        }
        if data.get("nonce"):
            chunk["nonce"] = data["nonce"]
        session.dispatch("GUILD_MEMBERS_CHUNK", json.dumps(chunk))

    def _strike_now(self, fault: Fault) -> None:
        """Strike live sessions at once; a fault without `times` and odds means once."""
        if fault.times is None and fault.odds >= 1:
            fault.times = 1
        if fault.odds >= 1 and self._connections and self._faults.strike(fault):
            self._cut(fault)

    def _cut(self, fault: Fault) -> None:
        code = fault.body.get("code", CLOSE_UNKNOWN) if isinstance(fault.body, dict) else CLOSE_UNKNOWN
        for connection in list(self._connections):
            if fault.what == "gateway_drop":
                connection.drop()
            elif fault.what == "gateway_invalidate":
                self._invalidate(connection)
            elif fault.what == "gateway_close" and code == 7:
                connection.send_op(7)
            else:
                closing = asyncio.ensure_future(connection.close(int(code)))
                closing.add_done_callback(lambda done: done.cancelled() or done.exception())

    def _invalidate(self, connection: Connection) -> None:
        """End its session for good: the bot must identify again."""
        if session := self._of(connection):
            del self._sessions[session.id]
            self._told()
        connection.send_op(9, data=False)

    def _told(self) -> None:
        online = self.online
        self._bus.publish("bot", lambda _: {"online": online > 0, "sessions": online})
