"""The sandbox put together: one server on loopback that is a Discord, doubles of vendors, their control API and the page."""

import asyncio
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.clock import Clock
from sandbox.control.actions import ActionRoutes
from sandbox.control.base import plain_errors
from sandbox.control.channels import ChannelRoutes
from sandbox.control.faults import FaultRoutes
from sandbox.control.guilds import GuildRoutes
from sandbox.control.inspect import InspectRoutes
from sandbox.control.members import MemberRoutes
from sandbox.control.messages import MessageRoutes
from sandbox.control.reactions import ReactionRoutes
from sandbox.control.refusals import RefusalRoutes
from sandbox.discord.application import Application, named
from sandbox.discord.cdn import Cdn
from sandbox.discord.openapi import OpenApi
from sandbox.discord.posting import Posting
from sandbox.discord.ratelimits import RateLimits
from sandbox.discord.rest.app import MAX_REQUEST_BYTES, Rest
from sandbox.discord.state import State
from sandbox.doubles import Around, MakeDouble
from sandbox.exchange import redacted_path
from sandbox.faults import Faults
from sandbox.guard import address, guard, harmless
from sandbox.records import Records
from sandbox.strict_json import Json
from sandbox.world_file import WorldFile

PAGE = Path(__file__).parent / "page"
SCENARIO_NEEDS = ("PIL", "imageio_ffmpeg")
STOP_SECONDS = 1.0  # what open streams get to end by themselves


class Sandbox:
    """Build, `start`, `stop`; once each."""

    def __init__(
        self,
        *,
        speed: float = 1.0,
        openapi: Path | None = None,
        rate_limits: bool = True,
        records_kept: int | None = None,
        application: Application | None = None,
        world: WorldFile | None = None,
        public_url: str | None = None,
        doubles: Sequence[MakeDouble] | None = None,
    ) -> None:
        """`world` says what is there from the start, and whose bot is served unless `application` does; `doubles` which vendors
        are served beside Discord, None for those at hand.

        `public_url` is where others reach this sandbox, such as `http://sandbox:8787`; links and gateway name it then.
        """
        world = world or WorldFile()
        told = world.application
        # First, since it raises Unusable for a bad file: State makes a temporary folder, which nobody would remove then.
        self._openapi = OpenApi(openapi, self._misfit) if openapi else None
        self.clock = Clock()
        self.records = Records(self.clock, limit=records_kept)
        self.faults = Faults()
        self.limits = RateLimits(per_route=rate_limits)
        self.state = State(self.clock, self.faults, self.limits, application or named(told.id, told.token, told.name), world)
        around = Around(self.state, self.clock, self.records, self.faults, speed)
        self.doubles = [make(around) for make in (at_hand() if doubles is None else doubles)]
        self.url = ""
        self._public_url = public_url.rstrip("/") if public_url else None
        self._speed = speed
        self._runner: web.AppRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen and return the address. Raises OSError where the port is taken."""
        self._runner = web.AppRunner(self._app(host), access_log=None, shutdown_timeout=STOP_SECONDS)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port, backlog=1024)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = address(host, port)
        self.state.listening(self._public_url or self.url)
        return self.url

    async def stop(self) -> None:
        """End every stream and session, then the server; quick also with requests held by faults, or bodies without end."""
        self.faults.clear()
        for double in self.doubles:
            double.close()
        self.state.close()
        await self.state.gateway.forget()
        if self._runner:
            await self._runner.cleanup()

    def _app(self, host: str) -> web.Application:
        posting = Posting(self.state)
        rest = self._rest(posting)
        # The outermost application's limit is the one that counts.
        app = web.Application(
            middlewares=[guard(host, urlsplit(self._public_url).hostname if self._public_url else None)],
            client_max_size=MAX_REQUEST_BYTES,
        )
        app.on_response_prepare.append(harmless)
        app.add_subapp("/api/v10", rest.app())
        for double in self.doubles:
            app.add_subapp(double.prefix, double.app())
        app.add_subapp("/_sandbox", self._control(posting))
        app.router.add_get("/gateway", self.state.gateway.handle)
        app.router.add_get("/gateway/", self.state.gateway.handle)
        app.add_subapp("/cdn", Cdn(self.state).app(self.faults.middleware("cdn", self.records), self._unknown))
        for prefix in ("/api", "/scenario", "/gateway"):
            app.router.add_route("*", prefix + "{unknown:(/.*)?}", self._unknown)
        app.router.add_get("/", _index)
        if pictures := self.state.world_file.page.pictures:
            app.router.add_static("/page/world", pictures)
        if PAGE.is_dir():
            app.router.add_static("/page", PAGE)
            app.on_response_prepare.append(_ask_again)
        return app

    def _misfit(self, method: str, path: str, problem: str, detail: Json) -> None:
        self.state.violated(method, path, problem, detail)

    def _rest(self, posting: Posting) -> Rest:
        return Rest(self.state, posting, self.faults, self.records, self.limits, self._openapi)

    def discord_routes(self) -> list[tuple[str, str]]:
        """The routes of Discord's that are served: methods and paths below `/api/v10`."""
        return self._rest(Posting(self.state)).routes()

    async def _unknown(self, request: web.Request) -> web.Response:
        """Refuse what a vendor has and the sandbox does not: other versions of an API, other kinds of files."""
        self.state.violated(request.method, request.path, "this sandbox has no such route")
        served = " and ".join(("/api/v10", *(double.prefix for double in self.doubles)))
        why = f"the sandbox does not know {request.method} {redacted_path(request.path)}; it serves {served}"
        return web.json_response({"message": f"501: {why}", "code": 0, "error": why}, status=501)

    def _control(self, posting: Posting) -> web.Application:
        app = web.Application(middlewares=[plain_errors])
        waits = {name: wait for double in self.doubles for name, wait in double.waits().items()}
        resets = [double.reset for double in self.doubles]
        groups = (
            MemberRoutes(self.state),
            GuildRoutes(self.state),
            ChannelRoutes(self.state, posting),
            MessageRoutes(self.state, posting),
            ReactionRoutes(self.state),
            ActionRoutes(self.state, posting),
            RefusalRoutes(self.state),
            InspectRoutes(self.state, posting, self.records, self.faults, waits),
            FaultRoutes(self.state, posting, self.records, self.faults, resets, self._speed),
            *(double.control() for double in self.doubles),
        )
        for group in groups:
            app.router.add_routes(group.routes())
        return app


async def _index(_: web.Request) -> web.StreamResponse:
    page = PAGE / "index.html"
    if not page.is_file():
        return web.Response(status=404, text="The page is not part of this installation; the control API is at /_sandbox.")
    return web.FileResponse(page, headers={"Cache-Control": "no-cache"})


async def _ask_again(request: web.Request, response: web.StreamResponse) -> None:
    """The page's modules belong together: after an upgrade a browser must not mix old ones in."""
    if request.path.startswith("/page/"):
        response.headers.setdefault("Cache-Control", "no-cache")


def at_hand() -> list[MakeDouble]:
    """Scenario, where the packages of the extra `scenario` are installed."""
    if any(find_spec(name) is None for name in SCENARIO_NEEDS):
        return []
    from sandbox.scenario.double import ScenarioDouble  # noqa: PLC0415 - only here are its packages known to be there

    return [ScenarioDouble]


async def serve_until(stopped: asyncio.Event, sandbox: Sandbox) -> None:
    """Keep a started sandbox until the event is set, then stop it."""
    try:
        await stopped.wait()
    finally:
        await sandbox.stop()
