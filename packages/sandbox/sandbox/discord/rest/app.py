"""The REST API assembled: routes, authorisation, rate limits, errors in Discord's shape, and a refusal of all other routes.

Order of the middlewares, outside in: arrival stamped and headers made Discord's; the request held against Discord's
OpenAPI file, whatever becomes of it; the exchange recorded and faults applied; then the rules.
"""

import logging
import re
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate

from aiohttp import web

from sandbox.discord.bodies.reading import NOT_SERVED
from sandbox.discord.errors import ApiError
from sandbox.discord.openapi import OpenApi
from sandbox.discord.posting import Posting
from sandbox.discord.ratelimits import RateLimits
from sandbox.discord.rest.channels import ChannelRoutes
from sandbox.discord.rest.commands import CommandRoutes
from sandbox.discord.rest.guilds import GuildRoutes
from sandbox.discord.rest.identity import IdentityRoutes
from sandbox.discord.rest.interactions import RECEIVED_AT, InteractionRoutes
from sandbox.discord.rest.messages import MessageRoutes
from sandbox.discord.rest.queries import check_query
from sandbox.discord.rest.reactions import ReactionRoutes
from sandbox.discord.rest.threads import ThreadRoutes
from sandbox.discord.rest.web import answer
from sandbox.discord.state import State
from sandbox.exchange import redacted_path
from sandbox.faults import Faults
from sandbox.records import Records

_log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
MAX_REQUEST_BYTES = 1024 * 1024 * 1024  # the file limit is checked per file; this only keeps a runaway from the disk
_OPEN = ("/interactions/", "/webhooks/")
PREFIX = "/api/v10"
CALLBACK = "/interactions/{interaction_id}/{token}/callback"
UNKNOWN, UNKNOWN_PATTERN = "/{unknown}", "/{unknown:.*}"
_ID = re.compile(r"\{(\w+_id)\}")
BAD_FORMS = {50035, 50006, 40005, 50046, 50109}
"""Refusals that a correct bot never meets; the others depend on what members and time do."""


class Rest:
    """Builds the application to mount under `/api/v10`."""

    def __init__(
        self, state: State, posting: Posting, faults: Faults, records: Records, limits: RateLimits, openapi: OpenApi | None
    ) -> None:
        self._state = state
        self._limits = limits
        self._openapi = openapi
        self._middlewares = [self._stamped(), self._checked(), faults.middleware("discord", records), self._ruled()]
        self._groups = (
            IdentityRoutes(state),
            CommandRoutes(state),
            InteractionRoutes(state, posting),
            MessageRoutes(state, posting),
            ReactionRoutes(state),
            ChannelRoutes(state, posting),
            ThreadRoutes(state, posting),
            GuildRoutes(state),
        )

    def routes(self) -> list[tuple[str, str]]:
        """What is served: methods and paths below the prefix."""
        return [(route.method, route.path) for group in self._groups for route in group.routes()]

    def app(self) -> web.Application:
        app = web.Application(middlewares=self._middlewares)
        app.on_response_prepare.append(self._dated)
        for group in self._groups:
            app.router.add_routes(map(_narrow, group.routes()))
        app.router.add_route("*", UNKNOWN_PATTERN, self._unknown)
        return app

    async def _dated(self, _: web.Request, response: web.StreamResponse) -> None:
        """Each answer tells the time of the sandbox's clock, as ids and tokens do, not the machine's."""
        response.headers["Date"] = formatdate(self._state.clock.now_ms() / 1000, usegmt=True)

    async def _unknown(self, request: web.Request) -> web.Response:
        path = request.path.removeprefix(PREFIX)
        self._state.violated(request.method, path, "this sandbox has no such route")
        why = f"501: the sandbox does not know {request.method} {redacted_path(path)}"
        return answer({"message": why, "code": 0}, NOT_SERVED)

    def _stamped(self) -> Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]:
        @web.middleware
        async def stamped(request: web.Request, handler: Handler) -> web.StreamResponse:
            request[RECEIVED_AT] = time.perf_counter()
            response = await handler(request)
            if not response.prepared:
                response.headers["Via"] = "1.1 sandbox"  # without it discord.py takes a 429 for a ban
                if response.content_type == "application/json":
                    response.headers["Content-Type"] = "application/json"
            return response

        return stamped

    def _checked(self) -> Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]:
        @web.middleware
        async def checked(request: web.Request, handler: Handler) -> web.StreamResponse:
            if self._openapi:
                await self._openapi.check_request(request, _route(request))
            return await handler(request)

        return checked

    def _ruled(self) -> Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]:
        @web.middleware
        async def ruled(request: web.Request, handler: Handler) -> web.StreamResponse:
            path = request.path.removeprefix(PREFIX)
            route = _route(request)
            free = path.startswith(_OPEN)
            if not free and request.headers.get("Authorization") != f"Bot {self._state.application.token}":
                return answer({"message": "401: Unauthorized", "code": 0}, 401)
            if route == CALLBACK:  # Discord counts none of these, and its answer has no headers of a window
                return await self._handled(request, handler, route)
            verdict = self._limits.ask(request.method, route, _major(request), counts_globally=not free)
            if verdict.retry_after is not None:
                response = answer(
                    {
                        "message": "You are being rate limited.",
                        "retry_after": round(verdict.retry_after, 3),
                        "global": verdict.everywhere,
                    },
                    429,
                )
                response.headers["Retry-After"] = str(int(verdict.retry_after) + 1)
            else:
                response = await self._handled(request, handler, route)
            response.headers.update(verdict.headers)
            return response

        return ruled

    async def _handled(self, request: web.Request, handler: Handler, route: str) -> web.StreamResponse:
        try:
            if route != UNKNOWN:
                check_query(request, route)
            response = await handler(request)
        except ApiError as refused:
            response = answer(refused.body(), refused.status)
            response.headers.update(refused.headers)
            if refused.code in BAD_FORMS or refused.status == NOT_SERVED:
                path = request.path.removeprefix(PREFIX)
                self._state.violated(request.method, path, refused.message, refused.body())
        except (web.HTTPException, ConnectionError):
            raise
        except Exception as broken:  # noqa: BLE001 - the last resort: loud in the violations, and the log has the traceback
            _log.exception("%s %s broke the sandbox", request.method, request.path)
            self._state.violated(request.method, request.path, "the sandbox has a fault of its own here", repr(broken))
            response = answer({"message": "500: Internal Server Error", "code": 0}, 500)
        if self._openapi and isinstance(response, web.Response):
            self._openapi.check_response(request, route, response)
        return response


def _narrow(route: web.RouteDef) -> web.RouteDef:
    """Take only numbers as ids: a path with a word there is another route of Discord's, one that is not served here."""

    def numbers(found: re.Match[str]) -> str:
        word = ""
        if found[1] == "message_id" and route.path.startswith("/webhooks/"):
            word = "|@original"
        if found[1] == "user_id" and "/thread-members/" in route.path:
            word = "|@me"
        return f"{{{found[1]}:\\d+{word}}}"

    return web.RouteDef(route.method, _ID.sub(numbers, route.path), route.handler, route.kwargs)


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical.removeprefix(PREFIX) if resource else request.path


def _major(request: web.Request) -> str:
    match = request.match_info
    return match.get("channel_id") or match.get("guild_id") or match.get("token") or ""
