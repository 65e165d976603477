"""Control routes over the whole sandbox: state, reset, faults, the clock, violations, limits."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from aiohttp import web

from sandbox.control.asked import MOST_SECONDS, Asked, Flag, known_object, number, text, whole
from sandbox.control.base import ControlRoutes, answer, body_of, json_of
from sandbox.discord.member_actions import Refused
from sandbox.discord.posting import Posting
from sandbox.discord.state import State
from sandbox.faults import FIELDS, BadFault, Faults
from sandbox.records import Records

MOST_PER_SECOND = 1_000_000


class _Release(Asked):
    name: Annotated[str, text()]


class _Advance(Asked):
    advance_seconds: Annotated[float, number(low=-MOST_SECONDS)]


class _Limits(Asked):
    per_route: Flag | None = None
    global_per_second: Annotated[int, whole(high=MOST_PER_SECOND)] | None = None
    identifies: Flag | None = None


class FaultRoutes(ControlRoutes):
    def __init__(
        self,
        state: State,
        posting: Posting,
        records: Records,
        faults: Faults,
        doubles: Sequence[Callable[[], None]],
        speed: float,
    ) -> None:
        super().__init__(state)
        self._posting = posting
        self._records = records
        self._faults = faults
        self._reset_doubles = doubles
        self._limits = state.limits
        self._speed = speed

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/health", self.health),
            web.get("/state", self.shown),
            web.post("/reset", self.reset),
            web.get("/faults", self.faults),
            web.post("/faults", self.add_faults),
            web.delete("/faults", self.clear_faults),
            web.post("/release", self.release),
            web.post("/clock", self.clock),
            web.get("/violations", self.violations),
            web.post("/limits", self.limits),
        ]

    def _bot(self) -> dict[str, Any]:
        online = self.state.gateway.online
        return {"online": online > 0, "sessions": online}

    async def health(self, _: web.Request) -> web.Response:
        return answer({"ok": True, "bot": self._bot()})

    async def shown(self, _: web.Request) -> web.Response:
        world = self.state.world
        shown = [one for one in world.channels.values() if one.recipient is None or one.last_message_id]
        guilds = list(world.guilds.values())
        return answer(
            {
                "bot": self._bot() | {"user": world.bot_user.payload(), "presence": self.state.gateway.presence},
                "guild": self.guild_view(world.home),
                "guilds": [self.guild_view(one) for one in guilds],
                "channels": [self.state.channel_view(one) for one in shown],
                "roles": [role.payload() | {"guild_id": one.id} for one in guilds for role in one.roles.values()],
                "members": [self.member_view(one) for one in world.accounts.people()],
                "commands": list(self.state.registry.everywhere(world.home.id)),
                "speed": self._speed,
                "page": self._page(),
            }
        )

    def _page(self) -> dict[str, Any]:
        """What the page reads of the world's file: the icon as the address that serves it, other pictures by their names."""
        page = self.state.world_file.page
        shown = page.model_dump(exclude={"pictures"})
        return shown | {"icon": f"/page/world/{page.icon}" if page.icon else "/page/pictures/bot.svg"}

    async def reset(self, _: web.Request) -> web.Response:
        self._faults.clear()
        self._records.clear()
        for double in self._reset_doubles:
            double()
        self._limits.reset()
        await self.state.reset()
        return answer({"ok": True})

    async def faults(self, _: web.Request) -> web.Response:
        return answer({"faults": self._faults.snapshot()})

    async def add_faults(self, request: web.Request) -> web.Response:
        body = known_object(await json_of(request), ("faults", *FIELDS))
        listed = body.get("faults") is not None
        if listed and len(body) > 1:
            raise Refused("give one fault, or a list of them under 'faults', not both")
        given: Any = body["faults"] if listed else [body]
        if not isinstance(given, list) or not given:
            raise Refused("'faults' must be a list of faults")
        try:
            self._faults.add(given)
        except BadFault as bad:
            raise Refused(str(bad)) from bad
        return answer({"faults": self._faults.snapshot()})

    async def clear_faults(self, _: web.Request) -> web.Response:
        self._faults.clear()
        return answer({"faults": []})

    async def release(self, request: web.Request) -> web.Response:
        name = (await body_of(request, _Release)).name
        known = [one["name"] for one in self._faults.snapshot() if one.get("name")]
        if name not in known:
            raise Refused(f"no fault is named {name!r}; there are: {', '.join(known) or 'none'}", 404)
        return answer({"released": self._faults.release(name)})

    async def clock(self, request: web.Request) -> web.Response:
        seconds = (await body_of(request, _Advance)).advance_seconds
        if seconds < 0:
            raise Refused("time only moves forward: 'advance_seconds' is zero or more")
        try:
            self.state.clock.advance(seconds)
        except ValueError as far:
            raise Refused(str(far)) from far
        self._posting.archiving.archive_quiet()
        self.state.bus.wake()
        return answer({"now_ms": self.state.clock.now_ms()})

    async def violations(self, _: web.Request) -> web.Response:
        return answer({"violations": list(self.state.violations)})

    async def limits(self, request: web.Request) -> web.Response:
        """Switch the windows per route and the one for identifies, and set the requests per second over all (0: no end)."""
        body = await body_of(request, _Limits)
        limits = self._limits
        limits.per_route = limits.per_route if body.per_route is None else body.per_route
        if body.global_per_second is not None:
            limits.global_per_second = body.global_per_second
        limits.identifies = limits.identifies if body.identifies is None else body.identifies
        limits.clear()
        shown = {"per_route": limits.per_route, "global_per_second": limits.global_per_second}
        return answer(shown | {"identifies": limits.identifies})
