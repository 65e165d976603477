"""Control routes that look: what a member sees, what happens, what the bot asked for, and waiting for any of it."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from sandbox.control.asked import Asked, Name, number, one_of, text, whole
from sandbox.control.base import ControlRoutes, answer, query_of
from sandbox.control.outcome import outcome
from sandbox.discord.channels import Channel, Message
from sandbox.discord.events import LAST
from sandbox.discord.interaction import STATES, Interaction
from sandbox.discord.member_actions import Refused
from sandbox.discord.members import Member
from sandbox.discord.posting import Posting
from sandbox.discord.state import State
from sandbox.faults import SOURCES, Faults, pattern
from sandbox.records import Records
from sandbox.strict_json import Json

DEFAULT_TIMEOUT = 30.0
MOST_TIMEOUT = 24 * 3600.0
KEEPALIVE_SECONDS = 15.0
UNREAD_SECONDS = 10.0
"""A listener is dropped if a write to it takes longer than this."""
MOST_WAITING = 500
GONE_SECONDS = 1.0
"""How often a wait looks whether its caller is still there."""
_log = logging.getLogger(__name__)
_Number = Annotated[int, whole(query=True)]
_Source = Annotated[str, one_of(*SOURCES)]


class WaitQuery(Asked):
    """Base of the queries of `/wait`: a field of the wait's own name, and what else it takes."""

    timeout: Annotated[float, number(high=MOST_TIMEOUT, query=True)] = DEFAULT_TIMEOUT


class _ForInteraction(WaitQuery):
    interaction: Name
    state: Annotated[str, text()] = "answered"


class _ForClip(WaitQuery):
    clip: Name
    who: Name | None = Field(None, alias="as")


class _ForRequest(WaitQuery):
    request: Annotated[str, text()]
    since: _Number = 0
    count: Annotated[int, whole(1, query=True)] = 1
    source: _Source | None = None


class _ForMessage(WaitQuery):
    message: Annotated[str, text()]
    who: Name = Field("alice", alias="as")
    channel: Name | None = None
    since: _Number = 0


class _ForBot(WaitQuery):
    bot: Annotated[str, one_of("online", "offline")]


class _ForHeld(WaitQuery):
    held: Annotated[str, text()]


class _Messages(Asked):
    who: Name = Field("alice", alias="as")
    channel: Name | None = None


class _Events(Asked):
    who: Name = Field("alice", alias="as")


class _Requests(Asked):
    since: _Number = 0
    source: _Source | None = None


@dataclass(frozen=True)
class Wait:
    """One thing that can be waited for, with the model of its query. `until` returns None after so many seconds in vain."""

    query: type[WaitQuery]
    until: Callable[[Any, float], Awaitable[Any]]


class InspectRoutes(ControlRoutes):
    def __init__(self, state: State, posting: Posting, records: Records, faults: Faults, waits: Mapping[str, Wait]) -> None:
        """`waits` are those of the doubles."""
        super().__init__(state)
        self._posting = posting
        self._records = records
        self._faults = faults
        self._doubles_waits = waits
        self._waiting = 0

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/messages", self.messages),
            web.get("/events", self.events),
            web.get("/requests", self.requests),
            web.get("/wait", self.wait),
        ]

    def _seen(self, channel: Channel, viewer: Member) -> list[dict[str, Any]]:
        seen = [one for one in channel.messages.values() if self.state.world.sight.sees(viewer, one)]
        for message in seen:
            self._posting.reading.fresh(message)
        return [self.state.shown(one) for one in seen]

    async def messages(self, request: web.Request) -> web.Response:
        query = query_of(request, _Messages)
        viewer = self.member(query.who)
        world = self.state.world
        if query.channel is not None:
            channel = self.channel(query.channel, viewer)
            if not world.sight.sees_channel(viewer, channel):
                raise Refused(f"{viewer.name} does not see {channel.name}", 403)
            return answer({"id": channel.id, "name": channel.name, "messages": self._seen(channel, viewer)})
        places = [one for one in world.channels.values() if world.sight.sees_channel(viewer, one)]
        shown = [
            {
                "id": one.id,
                "name": one.name,
                "type": one.type,
                "parent_id": one.parent.id if one.parent else None,
                "messages": self._seen(one, viewer),
            }
            for one in places
        ]
        return answer({"channels": shown})

    async def events(self, request: web.Request) -> web.StreamResponse:
        viewer = self.member(query_of(request, _Events).who)
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )
        listener = self.state.bus.subscribe(viewer)
        try:
            await response.prepare(request)
            await _written(response, b'data: {"type": "hello"}\n\n')
            while True:
                try:
                    event = await asyncio.wait_for(listener.next(), KEEPALIVE_SECONDS)
                except TimeoutError:
                    await _written(response, b": still here\n\n")
                    continue
                await _written(response, b"data: " + json.dumps(event).encode() + b"\n\n")
                if event["type"] in LAST:
                    break
        except ConnectionError:
            pass  # the listener went away
        except TimeoutError:
            _log.warning("a listener of %s read nothing for %g s and is dropped", viewer.name, UNREAD_SECONDS)
            if request.transport:
                request.transport.abort()
        finally:
            self.state.bus.unsubscribe(listener)
        return response

    async def requests(self, request: web.Request) -> web.Response:
        query = query_of(request, _Requests)
        kept = self._records.since(query.since, query.source)
        return answer({"requests": kept, "next": self._records.last})

    async def wait(self, request: web.Request) -> web.Response:
        waits = self._waits()
        asked = [name for name in waits if name in request.query]
        if not asked:
            raise Refused(f"wait for one of: {', '.join(waits)}")
        name = asked[0]
        query = query_of(request, waits[name].query)
        timeout = query.timeout
        if self._waiting >= MOST_WAITING:
            raise Refused(f"{MOST_WAITING} callers wait already; end some of them first", 409)
        self._waiting += 1
        try:
            found = await _while_there(request, waits[name].until(query, timeout))
        finally:
            self._waiting -= 1
        if not found:
            return answer({"error": f"{name}={request.query[name]} did not come within {timeout:g} s"}, 408)
        return answer(found)

    def _waits(self) -> dict[str, Wait]:
        own = {
            "interaction": Wait(_ForInteraction, self._interaction),
            "clip": Wait(_ForClip, self._clip),
            "request": Wait(_ForRequest, self._request),
            "message": Wait(_ForMessage, self._message),
            "bot": Wait(_ForBot, self._bot),
            "held": Wait(_ForHeld, self._held),
        }
        return own | dict(self._doubles_waits)

    def _found(self, interaction_id: str) -> Interaction:
        found = self.state.interactions.get(interaction_id)
        if found is None:
            raise Refused(f"there is no interaction {interaction_id!r}", 404)
        return found

    async def _interaction(self, query: _ForInteraction, timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        found = self._found(query.interaction)
        wanted = set(query.state.split(","))
        if strange := sorted(wanted - set(STATES)):
            raise Refused(f"an interaction is never {strange[0]!r}; its states are: {', '.join(STATES)}")

        def there() -> bool:
            return found.state(self.state.clock.now_ms()) in wanted

        return self.state.interaction_view(found) if await self.state.bus.until(there, timeout) else None

    async def _clip(self, query: _ForClip, timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        found = self._found(query.clip)
        viewer = self.member(query.who or found.member.id)
        return await self.state.bus.until(lambda: outcome(self.state, found, viewer), timeout)

    async def _request(self, query: _ForRequest, timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        method, _, path = query.request.partition(" ")
        fits = pattern(path or "*")
        since, count, source = query.since, query.count, query.source
        deadline = asyncio.get_running_loop().time() + timeout

        def wanted(record: dict[str, Any]) -> bool:
            right = method in {"*", record["method"]} and fits.fullmatch(record["path"]) is not None
            return right and source in {None, record["source"]}

        found: list[dict[str, Any]] = []
        while len(found) < count:
            left = deadline - asyncio.get_running_loop().time()
            record = await self._records.wait(wanted, max(left, 0), since=since)
            if record is None:
                return None
            found.append(record)
            since = record["n"]
        return {"requests": found, "next": since}

    async def _message(self, query: _ForMessage, timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        viewer, wanted = self.member(query.who), query.message
        only = self.channel(query.channel, viewer) if query.channel else None

        def there() -> Message | None:
            for channel in [only] if only else list(self.state.world.channels.values()):
                for message in reversed(channel.messages.values()):
                    if int(message.id) <= query.since:
                        break
                    if wanted in json.dumps(message.data, ensure_ascii=False) and self.state.world.sight.sees(viewer, message):
                        return message
            return None

        found = await self.state.bus.until(there, timeout)
        return self.state.shown(found) if found else None

    async def _bot(self, query: _ForBot, timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        wanted = query.bot == "online"
        gateway = self.state.gateway
        found = await self.state.bus.until(lambda: bool(gateway.online) is wanted, timeout)
        return {"online": wanted, "sessions": gateway.online} if found else None

    async def _held(self, query: _ForHeld, timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        return {"held": query.held} if await self._faults.held(query.held, timeout) else None


async def _written(response: web.StreamResponse, data: bytes) -> None:
    """Raises TimeoutError where the listener does not read."""
    async with asyncio.timeout(UNREAD_SECONDS):
        await response.write(data)


async def _while_there(request: web.Request, waiting: Awaitable[Any]) -> Json:
    """Wait as long as the caller does. Raises ConnectionResetError once they hung up."""
    task = asyncio.ensure_future(waiting)
    try:
        while not (await asyncio.wait({task}, timeout=GONE_SECONDS))[0]:
            if request.transport is None or request.transport.is_closing():
                raise ConnectionResetError("the caller hung up")
        return task.result()
    finally:
        task.cancel()
