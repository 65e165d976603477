"""Discord's gateway: identify, heartbeat, resume, and events to the shards that want them. `state.py` holds it."""

import asyncio
import json
import secrets
from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox.discord import frames
from sandbox.discord import session as kinds
from sandbox.discord.application import Application
from sandbox.discord.chunks import members_chunk
from sandbox.discord.events import EventBus
from sandbox.discord.guild import Guild
from sandbox.discord.ratelimits import RateLimits
from sandbox.discord.session import Connection, Session
from sandbox.discord.sessions import Sessions
from sandbox.discord.world import World
from sandbox.faults import Fault, Faults
from sandbox.strict_json import Json

ACKNOWLEDGE_SECONDS = 0.05
GOODBYE_SECONDS = 1.0  # a bot that hangs cannot keep the sandbox from ending
INTERACTION = "INTERACTION_CREATE"
_KNOWN_INTENTS = (1 << 26) - 1
Violated = Callable[[str, str, str], None]
"""Takes a method, a path and what is wrong there."""


class Gateway:
    """All sessions of the one bot."""

    def __init__(
        self,
        world: Callable[[], World],
        bus: EventBus,
        faults: Faults,
        limits: RateLimits,
        application: Application,
        violated: Violated,
    ) -> None:
        self._world = world
        self._bus = bus
        self._faults = faults
        self.limits = limits
        self._application = application
        self._violated = violated
        self._sessions = Sessions(self._now_ms)
        self._connections: set[Connection] = set()
        self.url = ""
        self.heartbeat_ms = frames.HEARTBEAT_MS
        self.shards = self.required_shards = 1
        """`shards` is what `/gateway/bot` recommends; an identify with fewer than `required_shards` is closed with 4011."""
        self.privileged = 0
        """Privileged intents switched on for the application; none by default, as for a new one."""
        faults.on_gateway = self._strike_now

    def _now_ms(self) -> int:
        return self._world().clock.now_ms()  # of the world that is there now: a reset makes another

    @property
    def online(self) -> int:
        """How many sessions are connected and identified."""
        return len(self._sessions.live())

    @property
    def presence(self) -> dict[str, Any] | None:
        """What the bot last said of itself: its status and activities, as it was sent."""
        told = [one.presence for one in self._sessions.live() if one.presence]
        return told[-1] if told else None

    def dispatch(self, event: str, data: dict[str, Any], *, guild_id: str | None, intent: int = 0) -> bool:
        """Send an event to every session that wants it; False where none is connected to get it.

        The bot gets no events of a guild that it is not in or that has an outage, except its own interactions.
        """
        if guild_id and event != INTERACTION and not self._world().sight.bot_hears(guild_id):
            return False
        reached = False
        encoded = json.dumps(data)
        for session in self._sessions.wanting(guild_id, intent):
            session.dispatch(event, encoded)
            reached = reached or session.connection is not None
        for fault in self._faults.gateway():
            if (fault.times is not None or fault.odds < 1) and self._faults.strike(fault):
                self._cut(fault)
        return reached

    def wants_content(self) -> bool:
        """Whether the bot may read what members write without being addressed."""
        return any(one.intents & kinds.MESSAGE_CONTENT for one in self._sessions.live())

    async def forget(self) -> None:
        """Drop every session for good: the bot must identify again."""
        self._sessions.clear()
        self.shards = self.required_shards = 1
        await asyncio.gather(*(connection.close(frames.CLOSE_UNKNOWN) for connection in list(self._connections)))
        self._told()

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(timeout=GOODBYE_SECONDS, compress=False, max_msg_size=frames.MOST_SOCKET_BYTES)
        await socket.prepare(request)
        connection = Connection(socket, request, self._unread, compress=request.query.get("compress") == "zlib-stream")
        self._connections.add(connection)
        writer = asyncio.create_task(connection.write())
        pulse = frames.Pulse(self.heartbeat_ms, lambda: self._silent(connection))
        sends = frames.Sends()
        try:
            frames.check_address(request.query)
            connection.send_op(10, {"heartbeat_interval": self.heartbeat_ms, "_trace": ["sandbox"]})
            async for frame in socket:
                sends.count()
                received = frames.read(frame)
                if received.get("op") == 1:
                    pulse.beat()
                await self._received(connection, received)
        except frames.BadFrame as bad:
            self._violated("GATEWAY", "/gateway", str(bad))
            await connection.close(bad.code, bad.reason)
        finally:
            pulse.stop()
            self._connections.discard(connection)
            connection.finish()
            writer.cancel()
            # An orderly goodbye ends the session, as on Discord.
            if self._sessions.lost(connection, over=socket.close_code in {1000, 1001} and not connection.closed_here):
                self._told()
        return socket

    def _unread(self) -> None:
        self._violated("GATEWAY", "/gateway", "the bot does not read what it is sent; its connection is cut")

    def _silent(self, connection: Connection) -> None:
        """No heartbeat came: the session is over, as Discord's 4009 says."""
        if session := self._sessions.of(connection):
            self._sessions.end(session)
            self._told()
        self._violated("GATEWAY", "/gateway", f"{frames.CLOSE_TIMEOUT} no heartbeat came")
        connection.close_soon(frames.CLOSE_TIMEOUT, "no heartbeat came")

    async def _received(self, connection: Connection, frame: dict[str, Any]) -> None:
        """Raises BadFrame for data of another shape."""
        op: int | None = frame.get("op")
        data: Json = frame.get("d")
        frames.check_data(op, data)
        session = self._sessions.of(connection)
        if session and op not in frames.RECEIVED:
            raise frames.BadFrame(frames.CLOSE_UNKNOWN_OP, f"the sandbox does not know op {op}")
        if op == 1:
            # A network's way back and forth: discord.py notes the time of its heartbeat only after it has sent it, and
            # an answer within that instant would count from the heartbeat before.
            asyncio.get_running_loop().call_later(ACKNOWLEDGE_SECONDS, connection.send_op, 11)
        elif op == 2 and session:
            await connection.close(frames.CLOSE_ALREADY)
        elif op == 2:
            await self._identify(connection, data)
        elif op == 6:
            await self._resume(connection, data)
        elif session is None:
            await connection.close(frames.CLOSE_NOT_AUTHENTICATED)
        elif op == 8:
            self._members(session, data)
        elif op == 3:
            session.presence = data

    async def _identify(self, connection: Connection, data: dict[str, Any]) -> None:
        intents = data.get("intents")
        shard = data.get("shard") or [0, 1]
        if not self._known(data.get("token")):
            await connection.close(frames.CLOSE_AUTHENTICATION)
        elif data.get("properties") is None:
            await connection.close(frames.CLOSE_DECODE, "an identify tells its 'properties': os, browser and device")
        elif not isinstance(intents, int) or intents & ~_KNOWN_INTENTS:
            await connection.close(frames.CLOSE_BAD_INTENTS)
        elif intents & sum(kinds.PRIVILEGED.values()) & ~self.privileged:
            await connection.close(frames.CLOSE_DISALLOWED_INTENTS)
        elif len(shard) != 2 or not 0 <= shard[0] < shard[1]:
            await connection.close(frames.CLOSE_BAD_SHARD)
        elif shard[1] < self.required_shards:
            await connection.close(frames.CLOSE_SHARDING_REQUIRED)
        elif not self.limits.may_identify(shard[0]):
            connection.send_op(9, data=False)
        else:
            session = Session(secrets.token_hex(16), intents, (shard[0], shard[1]), connection)
            self._sessions.add(session)
            session.presence = data.get("presence")
            connection.pack = data.get("compress") is True
            self._ready(session)
            self._told()

    def _known(self, token: str | None) -> bool:
        """Whether it is the bot's token, with or without the "Bot " that REST asks for before it."""
        return token is not None and token.removeprefix("Bot ") == self._application.token

    def _ready(self, session: Session) -> None:
        world = self._world()
        mine = [one for one in world.guilds.values() if world.bot_user.id in one.members and session.serves(one.id)]
        guilds = [{"id": guild.id, "unavailable": True} for guild in mine]
        user = world.bot_user.payload() | {"verified": True, "mfa_enabled": True, "email": None}
        ready: dict[str, Any] = {
            "v": 10,
            "user": user,
            "guilds": guilds,
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": list(session.shard),
            "application": {"id": self._application.id, "flags": self._application.flags(self.privileged)},
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "user_settings": {},
        }
        session.dispatch("READY", json.dumps(ready))
        if session.intents & kinds.GUILDS:
            for guild in mine:
                self._tell_guild(session, guild)

    def _tell_guild(self, session: Session, guild: Guild) -> None:
        """GUILD_CREATE, or in an outage GUILD_DELETE with `unavailable`."""
        if not guild.available:
            session.dispatch("GUILD_DELETE", json.dumps({"id": guild.id, "unavailable": True}))
            return
        created = self._world().guild_create(guild, all_members=bool(session.intents & kinds.GUILD_MEMBERS))
        session.dispatch("GUILD_CREATE", json.dumps(created))

    def guild_came(self, guild: Guild) -> None:
        """The bot was invited, an outage is over, or one begins: tell the guild's shard."""
        for session in self._sessions.wanting(guild.id, kinds.GUILDS):
            self._tell_guild(session, guild)

    def guild_left(self, guild: Guild) -> None:
        """The bot was removed: GUILD_DELETE without `unavailable`."""
        for session in self._sessions.wanting(guild.id, kinds.GUILDS):
            session.dispatch("GUILD_DELETE", json.dumps({"id": guild.id}))

    async def _resume(self, connection: Connection, data: dict[str, Any]) -> None:
        if not self._known(data.get("token")):
            await connection.close(frames.CLOSE_AUTHENTICATION)
            return
        session = self._sessions.kept(data.get("session_id") or "")
        since = data.get("seq")
        if session is not None and since is not None and since > session.sequence:
            self._sessions.end(session)
            await connection.close(frames.CLOSE_SEQUENCE, f"the session is at {session.sequence}, not at {since}")
            return
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
        guild = self._world().guilds.get(str(data.get("guild_id") or self._world().home.id))
        if guild is not None and self._world().sight.bot_hears(guild.id):
            chunk = members_chunk(guild, data, everyone=bool(session.intents & kinds.GUILD_MEMBERS))
            session.dispatch("GUILD_MEMBERS_CHUNK", json.dumps(chunk))

    def _strike_now(self, fault: Fault) -> None:
        """Strike live sessions at once; a fault without `times` and odds means once."""
        if fault.times is None and fault.odds >= 1:
            fault.times = 1
        if fault.odds >= 1 and self._connections and self._faults.strike(fault):
            self._cut(fault)

    def _cut(self, fault: Fault) -> None:
        code = fault.body.get("code", frames.CLOSE_UNKNOWN) if isinstance(fault.body, dict) else frames.CLOSE_UNKNOWN
        for connection in list(self._connections):
            if fault.what == "gateway_drop":
                connection.drop()
            elif fault.what == "gateway_heartbeat":
                connection.send_op(1)
            elif fault.what == "gateway_invalidate":
                self._invalidate(connection, resumable=isinstance(fault.body, dict) and fault.body.get("resumable") is True)
            elif fault.what == "gateway_close" and code == 7:
                connection.send_op(7)
            else:
                connection.close_soon(int(code))

    def _invalidate(self, connection: Connection, *, resumable: bool) -> None:
        """Send op 9. If `resumable`, the bot may resume (op 6); else its session is over, and it must identify again."""
        session = self._sessions.of(connection)
        if session and not resumable:
            self._sessions.end(session)
            self._told()
        connection.send_op(9, data=resumable)

    def _told(self) -> None:
        online = self.online
        self._bus.publish("bot", lambda _: {"online": online > 0, "sessions": online})
