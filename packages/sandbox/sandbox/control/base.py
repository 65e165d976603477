"""What all control routes share: they read and answer JSON, find members and channels by id or name, and tell errors in one
sentence.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.control.asked import A, read
from sandbox.discord.channels import DM, Channel, Message
from sandbox.discord.errors import ApiError
from sandbox.discord.guild import Guild
from sandbox.discord.member_actions import Refused
from sandbox.discord.members import Member, Role
from sandbox.discord.state import State
from sandbox.strict_json import Json, parsed

_log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answer(data: Json, status: int = 200) -> web.Response:
    return web.json_response(data, status=status)


async def json_of(request: web.Request) -> Json:
    """The JSON that was sent; an empty object where there is none. Raises Refused."""
    try:
        return parsed(await request.read() or b"{}")
    except ValueError as bad:
        raise Refused(f"the body is not JSON: {bad}") from bad


async def body_of(request: web.Request, model: type[A]) -> A:
    """The body, read by its model. Raises Refused."""
    return read(model, await json_of(request))


def query_of(request: web.Request, model: type[A]) -> A:
    """The query, read by its model. Raises Refused."""
    return read(model, dict(request.query), "the query")


@web.middleware
async def plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every error with `{"error": …}`: a refusal says what to change, a fault of ours is 500 and logged."""
    try:
        return await handler(request)
    except Refused as refused:
        return answer({"error": str(refused)}, refused.status)
    except ApiError as refused:
        return answer({"error": refused.message, "code": refused.code, "errors": refused.errors}, refused.status)
    except web.HTTPNotFound:
        return answer({"error": f"the control API has no {request.method} {request.path}; see its README.md"}, 404)
    except web.HTTPMethodNotAllowed as refused:
        allowed = ", ".join(sorted(refused.allowed_methods))
        return answer({"error": f"{request.path} takes {allowed}, not {request.method}"}, 400)
    except (web.HTTPException, ConnectionError):
        raise
    except Exception as broken:  # noqa: BLE001 - the last resort: whoever called gets an answer, and the log the traceback
        _log.exception("%s %s broke the sandbox", request.method, request.path)
        return answer({"error": f"the sandbox has a fault of its own here: {type(broken).__name__}: {broken}"}, 500)


class ControlRoutes(ABC):
    """Base of the route groups."""

    def __init__(self, state: State) -> None:
        self.state = state

    @abstractmethod
    def routes(self) -> list[web.RouteDef]:
        """What is served under `/_sandbox`."""

    def guild(self, name: Json) -> Guild:
        """A guild by id or name; the first one where none is named. Raises Refused."""
        guilds = self.state.world.guilds
        if name is None:
            return self.state.world.home
        found = guilds.get(str(name)) or next((one for one in guilds.values() if one.name == name), None)
        if found is None:
            known = ", ".join(one.name for one in guilds.values())
            raise Refused(f"there is no guild {name!r}; there are: {known}", 404)
        return found

    def member(self, name: Json, guild: Guild | None = None) -> Member:
        """Any person by id or name, or only a member of `guild`; the bot does not count as a member. Raises Refused."""
        people = list(guild.members.values() if guild else self.state.world.accounts.people())
        found = next((one for one in people if str(name) == one.id), None)
        found = found or next((one for one in people if one.name == name), None)
        if found is None or found.user.bot:
            known = ", ".join(one.name for one in people if not one.user.bot)
            raise Refused(f"there is no member {name!r}; there are: {known}", 404)
        return found

    def role(self, name: Json, guild: Guild | None = None) -> Role:
        roles = (guild or self.state.world.home).roles
        found = roles.get(str(name)) or next((one for one in roles.values() if one.name == name), None)
        if found is None:
            raise Refused(f"there is no role {name!r}; there are: {', '.join(one.name for one in roles.values())}", 404)
        return found

    def channel(self, name: Json, viewer: Member | None = None) -> Channel:
        """A channel, thread or DM by id, by name, or as `guild/name`; `dm` is the viewer's own with the bot. Raises Refused."""
        world = self.state.world
        if viewer and name == "dm":
            return world.direct.opened(viewer.id)
        name = str(name).removeprefix("#")
        found = world.channels.get(name)
        named = [one for one in world.channels.values() if one.type != DM or one.group]
        found = found or next((one for one in named if name in {one.name, self._full_name(one)}), None)
        if found is None:
            known = ", ".join(one.name if one.guild_id in {None, world.home.id} else self._full_name(one) for one in named)
            raise Refused(f"there is no channel {name!r}; there are: {known}", 404)
        return world.refresh_thread(found)

    def _full_name(self, channel: Channel) -> str:
        guild = self.state.world.guild_of(channel)
        return f"{guild.name}/{channel.name}" if guild else channel.name

    def message(self, message_id: Json) -> Message:
        found = self.state.world.find_message(str(message_id))
        if found is None:
            raise Refused(f"there is no message {message_id!r}", 404)
        return found

    def member_view(self, member: Member) -> dict[str, Any]:
        return {
            "id": member.id,
            "name": member.name,
            "display_name": member.nick or member.user.global_name or member.name,
            "bot": member.user.bot,
            "roles": list(member.roles),
            "locale": member.user.locale,
            "dms": member.user.accepts_dms,
            "upload_limit": member.user.upload_limit,
            "pings": member.pings,
            "installed": member.user.installed,
            "guilds": [one.id for one in self.state.world.guilds.values() if member.id in one.members],
        }

    def guild_view(self, guild: Guild) -> dict[str, Any]:
        return {
            "id": guild.id,
            "name": guild.name,
            "premium_tier": guild.premium_tier,
            "upload_limit": guild.upload_limit,
            "preferred_locale": guild.preferred_locale,
            "available": guild.available,
            "bot": self.state.world.bot_user.id in guild.members,
        }
