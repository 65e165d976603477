"""Control routes by which a member uses the bot, and what became of each interaction."""

import asyncio
import itertools

from aiohttp import web

from sandbox.control.base import ControlRoutes, answer, body_of, query_of
from sandbox.control.fields import Fields
from sandbox.discord.interaction import Interaction
from sandbox.discord.member_actions import MemberActions, Refused
from sandbox.discord.posting import Posting
from sandbox.discord.state import State

MOST_AT_ONCE = 100_000
LEAST_RATE = 0.01
_COMMAND = ("as", "channel", "command", "options", "target")


class ActionRoutes(ControlRoutes):
    def __init__(self, state: State, posting: Posting) -> None:
        super().__init__(state)
        self._playing = MemberActions(state, posting)

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

    def _invoke(self, body: Fields, who: str, focused: str | None = None) -> Interaction:
        member = self.member(who)
        channel = self.channel(body.name("channel"), member) if "channel" in body else self.state.world.first_channel()
        command, target = body.text("command", most=200), body.name("target", None)
        return self._playing.command(member, channel, command, body.object("options"), target=target, focused=focused)

    def _need_bot(self) -> None:
        if not self.state.gateway.online:
            raise Refused("no bot is online; start it and wait with GET /_sandbox/wait?bot=online", 409)

    async def invoke(self, request: web.Request) -> web.Response:
        body = await body_of(request, *_COMMAND)
        made = self._invoke(body, body.name("as"))
        return answer({"interaction": made.id})

    async def invoke_many(self, request: web.Request) -> web.Response:
        """Dispatch `count` commands at `per_second`, evenly; `as` may be a list of members who take turns."""
        body = await body_of(request, *_COMMAND, "count", "per_second")
        self._need_bot()
        count, rate = (
            body.whole("count", low=1, high=MOST_AT_ONCE),
            body.number("per_second", low=LEAST_RATE, high=MOST_AT_ONCE),
        )
        who = body.names("as") if isinstance(body.any("as"), list) else [body.name("as")]
        if not who:
            raise Refused("'as' must name at least one member")
        turns = itertools.cycle(who)
        loop = asyncio.get_running_loop()
        start = loop.time()
        ids: list[str] = []
        for number in range(count):
            await asyncio.sleep(max(0.0, start + number / rate - loop.time()))
            ids.append(self._invoke(body, next(turns)).id)
        return answer({"interactions": ids, "seconds": round(loop.time() - start, 3)})

    async def autocomplete(self, request: web.Request) -> web.Response:
        body = await body_of(request, *_COMMAND, "focused")
        self._need_bot()
        made = self._invoke(body, body.name("as"), focused=body.text("focused", most=32))
        await self.state.bus.until(lambda: made.choices is not None or made.late(self.state.clock.now_ms()), 4)
        if made.choices is None:
            raise Refused("the bot did not answer within 3 s", 409)
        return answer({"choices": made.choices})

    async def component(self, request: web.Request) -> web.Response:
        body = await body_of(request, "as", "message", "custom_id", "values")
        member = self.member(body.name("as"))
        message = self.message(body.name("message"))
        made = self._playing.component(member, message, body.text("custom_id", most=100), body.names("values"))
        return answer({"interaction": made.id})

    async def modal(self, request: web.Request) -> web.Response:
        body = await body_of(request, "as", "modal", "values")
        member = self.member(body.name("as"))
        opened = self.interaction_of(body.name("modal"))
        made = self._playing.modal(opened, member, body.object("values"))
        return answer({"interaction": made.id})

    async def interaction(self, request: web.Request) -> web.Response:
        return answer(self.state.interaction_view(self.interaction_of(request.match_info["id"])))

    async def interactions(self, request: web.Request) -> web.Response:
        """Summaries in the order of dispatch, from the `since`-th on."""
        since = query_of(request, "since").whole("since", 0)
        now = self.state.clock.now_ms()
        chosen = list(self.state.interactions.values())[since:]
        return answer({"interactions": [one.summary(now) for one in chosen], "next": len(self.state.interactions)})
