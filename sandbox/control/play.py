"""Control routes by which a member uses the bot, and what became of each interaction."""

import asyncio
import itertools
from typing import Any

from aiohttp import web

from sandbox.control.base import Group, answer, body_of, given
from sandbox.discord.interaction import Interaction
from sandbox.discord.playing import Playing, Refused
from sandbox.discord.posting import Posting
from sandbox.discord.state import State
from sandbox.payload import Json

MOST_AT_ONCE = 100_000


class Play(Group):
    def __init__(self, state: State, posting: Posting) -> None:
        super().__init__(state)
        self._playing = Playing(state, posting)

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

    def interaction_of(self, interaction_id: Json) -> Interaction:
        found = self.state.interactions.get(str(interaction_id))
        if found is None:
            raise Refused(f"there is no interaction {interaction_id!r}", 404)
        return found

    def _invoke(self, body: dict[str, Any], who: Json, focused: str | None = None) -> Interaction:
        member = self.member(who)
        channel = self.channel(body.get("channel") or "clips", member)
        target = body.get("target")
        return self._playing.command(
            member,
            channel,
            str(given(body, "command")),
            body.get("options") or {},
            target=str(target) if target else None,
            focused=focused,
        )

    def _need_bot(self) -> None:
        if not self.state.gateway.online:
            raise Refused("no bot is online; start it and wait with GET /_sandbox/wait?bot=online", 409)

    async def invoke(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        made = self._invoke(body, given(body, "as"))
        return answer({"interaction": made.id})

    async def invoke_many(self, request: web.Request) -> web.Response:
        """Dispatch `count` commands at `per_second`, evenly; `as` may be a list of members who take turns."""
        body = await body_of(request)
        self._need_bot()
        count, rate = int(given(body, "count")), float(given(body, "per_second"))
        if not 1 <= count <= MOST_AT_ONCE or rate <= 0:
            raise Refused(f"'count' is 1 to {MOST_AT_ONCE} and 'per_second' more than 0")
        who = given(body, "as")
        turns = itertools.cycle(who if isinstance(who, list) else [who])
        loop = asyncio.get_running_loop()
        start = loop.time()
        ids: list[str] = []
        for number in range(count):
            await asyncio.sleep(max(0.0, start + number / rate - loop.time()))
            ids.append(self._invoke(body, next(turns)).id)
        return answer({"interactions": ids, "seconds": round(loop.time() - start, 3)})

    async def autocomplete(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        self._need_bot()
        made = self._invoke(body, given(body, "as"), focused=str(given(body, "focused")))
        await self.state.bus.until(lambda: made.choices is not None or made.late(self.state.clock.now_ms()), 4)
        if made.choices is None:
            raise Refused("the bot did not answer within 3 s", 409)
        return answer({"choices": made.choices})

    async def component(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        member = self.member(given(body, "as"))
        message = self.message(given(body, "message"))
        values = [str(one) for one in body.get("values") or []]
        made = self._playing.component(member, message, str(given(body, "custom_id")), values)
        return answer({"interaction": made.id})

    async def modal(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        member = self.member(given(body, "as"))
        opened = self.interaction_of(given(body, "modal"))
        made = self._playing.modal(opened, member, body.get("values") or {})
        return answer({"interaction": made.id})

    async def interaction(self, request: web.Request) -> web.Response:
        return answer(self.state.interaction_view(self.interaction_of(request.match_info["id"])))

    async def interactions(self, request: web.Request) -> web.Response:
        """Summaries in the order of dispatch, from the `since`-th on."""
        since = int(request.query.get("since", 0))
        now = self.state.clock.now_ms()
        chosen = itertools.islice(self.state.interactions.values(), since, None)
        return answer({"interactions": [one.summary(now) for one in chosen], "next": len(self.state.interactions)})
