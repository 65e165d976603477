"""Control routes that look: what a member sees, what happens, what the bot asked for, and waiting for any of it."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from sandbox.control.base import ControlRoutes, answer, query_of
from sandbox.control.fields import Fields
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
"""For so long a write to a listener may stand before it is dropped."""
MOST_WAITING = 500
GONE_SECONDS = 1.0
"""How often a wait looks whether its caller is still there."""
_log = logging.getLogger(__name__)
Wait = Callable[[Fields, float], Awaitable[Any]]


class InspectRoutes(ControlRoutes):
    def __init__(self, state: State, posting: Posting, records: Records, faults: Faults, waits: Mapping[str, Wait]) -> None:
        """`waits` are those of the doubles, which take nothing else in their query."""
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
        seen = [one for one in channel.messages.values() if self.state.world.sees(viewer, one)]
        for message in seen:
            self._posting.reading.fresh(message)
        return [self.state.shown(one) for one in seen]

    async def messages(self, request: web.Request) -> web.Response:
        query = query_of(request, "as", "channel")
        viewer = self.member(query.name("as", "alice"))
        world = self.state.world
        if "channel" in query:
            channel = self.channel(query.name("channel"), viewer)
            if not world.sees_channel(viewer, channel):
                raise Refused(f"{viewer.name} does not see {channel.name}", 403)
            return answer({"id": channel.id, "name": channel.name, "messages": self._seen(channel, viewer)})
        places = [one for one in world.channels.values() if world.sees_channel(viewer, one)]
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
        viewer = self.member(query_of(request, "as").name("as", "alice"))
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
        query = query_of(request, "since", "source")
        kept = self._records.since(query.whole("since", 0), query.choice("source", SOURCES, None))
        return answer({"requests": kept, "next": self._records.last})

    async def wait(self, request: web.Request) -> web.Response:
        waits = self._waits()
        asked = [name for name in waits if name in request.query]
        if not asked:
            raise Refused(f"wait for one of: {', '.join(waits)}")
        name = asked[0]
        waiting, known = waits[name]
        query = query_of(request, name, *known, "timeout")
        timeout = query.number("timeout", DEFAULT_TIMEOUT, high=MOST_TIMEOUT)
        if self._waiting >= MOST_WAITING:
            raise Refused(f"{MOST_WAITING} callers wait already; end some of them first", 409)
        self._waiting += 1
        try:
            found = await _while_there(request, waiting(query, timeout))
        finally:
            self._waiting -= 1
        if not found:
            return answer({"error": f"{name}={query.any(name)} did not come within {timeout:g} s"}, 408)
        return answer(found)

    def _waits(self) -> dict[str, tuple[Wait, tuple[str, ...]]]:
        """What can be waited for, and what else its query may hold."""
        return {
            "interaction": (self._interaction, ("state",)),
            "clip": (self._clip, ("as",)),
            "request": (self._request, ("since", "count", "source")),
            "message": (self._message, ("as", "channel", "since")),
            "bot": (self._bot, ()),
            "held": (self._held, ()),
        } | {name: (wait, ()) for name, wait in self._doubles_waits.items()}

    def _found(self, interaction_id: str) -> Interaction:
        found = self.state.interactions.get(interaction_id)
        if found is None:
            raise Refused(f"there is no interaction {interaction_id!r}", 404)
        return found

    async def _interaction(self, query: Fields, timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        found = self._found(query.name("interaction"))
        wanted = set(query.text("state", "answered").split(","))
        if strange := sorted(wanted - set(STATES)):
            raise Refused(f"an interaction is never {strange[0]!r}; its states are: {', '.join(STATES)}")

        def there() -> bool:
            return found.state(self.state.clock.now_ms()) in wanted

        return self.state.interaction_view(found) if await self.state.bus.until(there, timeout) else None

    async def _clip(self, query: Fields, timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        found = self._found(query.name("clip"))
        viewer = self.member(query.name("as", found.member.id))
        return await self.state.bus.until(lambda: outcome(self.state, found, viewer), timeout)

    async def _request(self, query: Fields, timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        method, _, path = query.text("request").partition(" ")
        fits = pattern(path or "*")
        since, count = query.whole("since", 0), query.whole("count", 1, low=1)
        source = query.choice("source", SOURCES, None)
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

    async def _message(self, query: Fields, timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        viewer = self.member(query.name("as", "alice"))
        text, since = query.text("message"), query.whole("since", 0)
        only = self.channel(query.name("channel"), viewer) if "channel" in query else None

        def there() -> Message | None:
            for channel in [only] if only else list(self.state.world.channels.values()):
                for message in reversed(channel.messages.values()):
                    if int(message.id) <= since:
                        break
                    if text in json.dumps(message.data, ensure_ascii=False) and self.state.world.sees(viewer, message):
                        return message
            return None

        found = await self.state.bus.until(there, timeout)
        return self.state.shown(found) if found else None

    async def _bot(self, query: Fields, timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        wanted = query.choice("bot", ("online", "offline")) == "online"
        gateway = self.state.gateway
        found = await self.state.bus.until(lambda: bool(gateway.online) is wanted, timeout)
        return {"online": wanted, "sessions": gateway.online} if found else None

    async def _held(self, query: Fields, timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        name = query.text("held")
        return {"held": name} if await self._faults.held(name, timeout) else None


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
