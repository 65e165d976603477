"""What every control route needs: JSON in and out, members and channels by id or name, errors in one sentence."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.discord.errors import ApiError
from sandbox.discord.people import Member, Role
from sandbox.discord.places import DM, Channel, Message
from sandbox.discord.playing import Refused
from sandbox.discord.state import State
from sandbox.payload import Json

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answer(data: Json, status: int = 200) -> web.Response:
    return web.json_response(data, status=status)


async def body_of(request: web.Request) -> dict[str, Any]:
    """The JSON object that was sent. Raises Refused."""
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError as bad:
        raise Refused(f"the body is not JSON: {bad}") from bad
    if not isinstance(body, dict):
        raise Refused("the body must be a JSON object")
    return body


def given(body: dict[str, Any], key: str) -> Json:
    if body.get(key) is None:
        raise Refused(f"{key!r} is missing")
    return body[key]


@web.middleware
async def plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn refusals into `{"error": …}`, and keep other sites' pages from driving the sandbox through a browser."""
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:
        return answer({"error": "the control API takes calls from its own page only"}, 403)
    try:
        return await handler(request)
    except Refused as refused:
        return answer({"error": str(refused)}, refused.status)
    except ApiError as refused:
        return answer({"error": refused.message, "errors": refused.errors}, refused.status)
    except web.HTTPNotFound:
        return answer({"error": f"the control API has no {request.method} {request.path}; see sandbox/README.md"}, 404)
    except web.HTTPMethodNotAllowed as refused:
        allowed = ", ".join(sorted(refused.allowed_methods))
        return answer({"error": f"{request.path} takes {allowed}, not {request.method}"}, 400)
    except (TypeError, ValueError, KeyError) as bad:
        return answer({"error": f"that cannot be read: {bad!r}"}, 400)


class Group:
    """Base of the route groups."""

    def __init__(self, state: State) -> None:
        self.state = state

    def member(self, name: Json) -> Member:
        """A member by id or name; the bot is none here. Raises Refused."""
        members = self.state.world.members
        found = members.get(str(name)) or next((one for one in members.values() if one.name == name), None)
        if found is None or found.user.bot:
            known = ", ".join(one.name for one in members.values() if not one.user.bot)
            raise Refused(f"there is no member {name!r}; there are: {known}", 404)
        return found

    def role(self, name: Json) -> Role:
        roles = self.state.world.roles
        found = roles.get(str(name)) or next((one for one in roles.values() if one.name == name), None)
        if found is None:
            raise Refused(f"there is no role {name!r}; there are: {', '.join(one.name for one in roles.values())}", 404)
        return found

    def channel(self, name: Json, viewer: Member | None = None) -> Channel:
        """A channel, thread or DM by id or name; `dm` is the viewer's own DM with the bot. Raises Refused."""
        world = self.state.world
        if viewer and name == "dm":
            return world.dm(viewer.id)
        name = str(name).removeprefix("#")
        found = world.channels.get(name)
        found = found or next((one for one in world.channels.values() if one.name == name and one.type != DM), None)
        if found is None:
            known = ", ".join(one.name for one in world.channels.values() if one.type != DM)
            raise Refused(f"there is no channel {name!r}; there are: {known}", 404)
        return world.refresh_thread(found)

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
        }
