"""Control routes that look: what a member sees, what happens, what the bot asked for, and waiting for any of it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.control.base import Group, answer
from sandbox.control.outcome import outcome
from sandbox.discord.people import Member
from sandbox.discord.places import Channel, Message
from sandbox.discord.playing import Refused
from sandbox.discord.posting import Posting
from sandbox.discord.state import State
from sandbox.faults import Faults, pattern
from sandbox.payload import Json
from sandbox.records import Records
from sandbox.scenario.service import Scenario

DEFAULT_TIMEOUT = 30.0
KEEPALIVE_SECONDS = 15.0


class Watch(Group):
    def __init__(self, state: State, posting: Posting, records: Records, faults: Faults, scenario: Scenario) -> None:
        super().__init__(state)
        self._posting = posting
        self._records = records
        self._faults = faults
        self._scenario = scenario

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
            self._posting.fresh(message)
        return [self.state.shown(one) for one in seen]

    async def messages(self, request: web.Request) -> web.Response:
        viewer = self.member(request.query.get("as", "alice"))
        world = self.state.world
        if "channel" in request.query:
            channel = self.channel(request.query["channel"], viewer)
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
        viewer = self.member(request.query.get("as", "alice"))
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )
        queue = self.state.bus.subscribe(viewer)
        try:
            await response.prepare(request)
            await response.write(b'data: {"type": "hello"}\n\n')
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), KEEPALIVE_SECONDS)
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                if event is None:
                    await response.write(b'data: {"type": "reset", "data": {}}\n\n')
                    break
                await response.write(b"data: " + json.dumps(event).encode() + b"\n\n")
        except ConnectionError:
            pass  # the listener went away
        finally:
            self.state.bus.unsubscribe(queue)
        return response

    async def requests(self, request: web.Request) -> web.Response:
        since = int(request.query.get("since", 0))
        kept = self._records.since(since, request.query.get("source"))
        return answer({"requests": kept, "next": self._records.last})

    async def wait(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        timeout = float(query.get("timeout", DEFAULT_TIMEOUT))
        for name, waiting in self._waits().items():
            if name in query:
                found = await waiting(query, timeout)
                if not found:
                    return answer({"error": f"{name}={query[name]} did not come within {timeout:g} s"}, 408)
                return answer(found)
        raise Refused(f"wait for one of: {', '.join(self._waits())}")

    def _waits(self) -> dict[str, Callable[[dict[str, str], float], Awaitable[Any]]]:
        return {
            "interaction": self._interaction,
            "clip": self._clip,
            "request": self._request,
            "message": self._message,
            "bot": self._bot,
            "jobs": self._jobs,
            "held": self._held,
        }

    async def _interaction(self, query: dict[str, str], timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        found = self.state.interactions.get(query["interaction"])
        if found is None:
            raise Refused(f"there is no interaction {query['interaction']!r}", 404)
        wanted = set(query.get("state", "answered").split(","))

        def there() -> bool:
            return found.state(self.state.clock.now_ms()) in wanted

        return self.state.interaction_view(found) if await self.state.bus.until(there, timeout) else None

    async def _clip(self, query: dict[str, str], timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        found = self.state.interactions.get(query["clip"])
        if found is None:
            raise Refused(f"there is no interaction {query['clip']!r}", 404)
        viewer = self.member(query["as"]) if "as" in query else found.member
        return await self.state.bus.until(lambda: outcome(self.state, found, viewer), timeout)

    async def _request(self, query: dict[str, str], timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        method, _, path = query["request"].partition(" ")
        fits = pattern(path or "*")
        since, count = int(query.get("since", 0)), int(query.get("count", 1))
        source = query.get("source")
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

    async def _message(self, query: dict[str, str], timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        viewer = self.member(query.get("as", "alice"))
        text, since = query["message"], int(query.get("since", 0))
        only = self.channel(query["channel"], viewer) if "channel" in query else None

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

    async def _bot(self, query: dict[str, str], timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        wanted = query["bot"] == "online"
        gateway = self.state.gateway
        found = await self.state.bus.until(lambda: bool(gateway.online) is wanted, timeout)
        return {"online": wanted, "sessions": gateway.online} if found else None

    async def _jobs(self, query: dict[str, str], timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        there = await self._scenario.wait_for_jobs(int(query["jobs"]), timeout)
        return {"jobs": len(self._scenario.jobs())} if there else None

    async def _held(self, query: dict[str, str], timeout: float) -> Json:  # noqa: ASYNC109 - the control API's own word
        return {"held": query["held"]} if await self._faults.held(query["held"], timeout) else None
