"""Control routes by which a member uses the bot, and what became of each interaction."""

import asyncio
import itertools
from typing import Annotated, Any

from aiohttp import web

from sandbox.control.asked import NONE, NOTHING, WHO, Asked, Name, Names, Object, number, read, text, whole
from sandbox.control.base import ControlRoutes, answer, body_of, query_of
from sandbox.discord.interaction import Interaction
from sandbox.discord.member_actions import MemberActions, Refused
from sandbox.discord.posting import Posting
from sandbox.discord.state import State

MOST_AT_ONCE = 100_000
LEAST_RATE = 0.01


class _Command(Asked):
    who: Name = WHO
    channel: Name | None = None
    command: Annotated[str, text(200)]
    options: Object = NOTHING
    target: Name | None = None


class _ManyCommands(_Command):
    """`as` may be a list of members who take turns."""

    who: Any = WHO
    count: Annotated[int, whole(1, MOST_AT_ONCE)]
    per_second: Annotated[float, number(LEAST_RATE, MOST_AT_ONCE)]


class _Autocomplete(_Command):
    focused: Annotated[str, text(32)]


class _Press(Asked):
    who: Name = WHO
    message: Name
    custom_id: Annotated[str, text(100)]
    values: Names = NONE


class _Fill(Asked):
    who: Name = WHO
    modal: Name
    values: Object = NOTHING


class _SinceNumber(Asked):
    since: Annotated[int, whole(query=True)] = 0


class _Turns(Asked):
    who: Names = WHO


class _Turn(Asked):
    who: Name = WHO


class ActionRoutes(ControlRoutes):
    def __init__(self, state: State, posting: Posting) -> None:
        super().__init__(state)
        self._actions = MemberActions(state, posting)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/invoke", self.invoke),
            web.post("/invoke_many", self.invoke_many),
            web.post("/autocomplete", self.autocomplete),
            web.post("/component", self.component),
            web.post("/modal", self.modal),
            web.get("/interactions", self.interactions),
            web.get("/interactions/{id}", self.interaction),
        ]

    def interaction_of(self, interaction_id: str) -> Interaction:
        found = self.state.interactions.get(interaction_id)
        if found is None:
            raise Refused(f"there is no interaction {interaction_id!r}", 404)
        return found

    def _invoke(self, body: _Command, who: str, focused: str | None = None) -> Interaction:
        member = self.member(who)
        channel = self.channel(body.channel, member) if body.channel else self.state.world.first_channel()
        return self._actions.command(member, channel, body.command, body.options, target=body.target, focused=focused)

    def _need_bot(self) -> None:
        if not self.state.gateway.online:
            raise Refused("no bot is online; start it and wait with GET /_sandbox/wait?bot=online", 409)

    async def invoke(self, request: web.Request) -> web.Response:
        body = await body_of(request, _Command)
        made = self._invoke(body, body.who)
        return answer({"interaction": made.id})

    async def invoke_many(self, request: web.Request) -> web.Response:
        """Dispatch `count` commands at `per_second`, evenly."""
        body = await body_of(request, _ManyCommands)
        self._need_bot()
        count, rate = body.count, body.per_second
        several = isinstance(body.who, list)
        who = read(_Turns, {"as": body.who}).who if several else [read(_Turn, {"as": body.who}).who]
        if not who:
            raise Refused("'as' must name at least one member")
        turns = itertools.cycle(who)
        loop = asyncio.get_running_loop()
        start = loop.time()
        ids: list[str] = []
        for turn in range(count):
            await asyncio.sleep(max(0.0, start + turn / rate - loop.time()))
            ids.append(self._invoke(body, next(turns)).id)
        return answer({"interactions": ids, "seconds": round(loop.time() - start, 3)})

    async def autocomplete(self, request: web.Request) -> web.Response:
        body = await body_of(request, _Autocomplete)
        self._need_bot()
        made = self._invoke(body, body.who, focused=body.focused)
        await self.state.bus.until(lambda: made.choices is not None or made.late(self.state.clock.now_ms()), 4)
        if made.choices is None:
            raise Refused("the bot did not answer within 3 s", 409)
        return answer({"choices": made.choices})

    async def component(self, request: web.Request) -> web.Response:
        body = await body_of(request, _Press)
        member, message = self.member(body.who), self.message(body.message)
        made = self._actions.component(member, message, body.custom_id, body.values)
        return answer({"interaction": made.id})

    async def modal(self, request: web.Request) -> web.Response:
        body = await body_of(request, _Fill)
        member, opened = self.member(body.who), self.interaction_of(body.modal)
        made = self._actions.modal(opened, member, body.values)
        return answer({"interaction": made.id})

    async def interaction(self, request: web.Request) -> web.Response:
        return answer(self.state.interaction_view(self.interaction_of(request.match_info["id"])))

    async def interactions(self, request: web.Request) -> web.Response:
        """Summaries in the order of dispatch, from the `since`-th on."""
        since = query_of(request, _SinceNumber).since
        now = self.state.clock.now_ms()
        chosen = list(self.state.interactions.values())[since:]
        return answer({"interactions": [one.summary(now) for one in chosen], "next": len(self.state.interactions)})
