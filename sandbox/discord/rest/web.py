"""What every REST route needs: reading a body, answering JSON, finding a channel, asking for a permission.

It knows HTTP and Discord's errors, and no single route.
"""

import json
from typing import Any

from aiohttp import web

from sandbox.discord import permissions as may
from sandbox.discord.drafts import Upload
from sandbox.discord.errors import ApiError, missing_access, missing_permissions, unknown
from sandbox.discord.places import THREAD_TYPES, Channel, Message
from sandbox.discord.state import State
from sandbox.payload import Json


def answer(data: Json, status: int = 200) -> web.Response:
    """JSON with the bare content type that Discord sends; discord.py reads nothing else as JSON."""
    return web.Response(body=json.dumps(data).encode(), status=status, content_type="application/json")


def empty() -> web.Response:
    return web.Response(status=204)


async def body_of(request: web.Request) -> dict[str, Any]:
    """The JSON body. Raises ApiError where it is none."""
    if not request.body_exists:
        return {}
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from None
    return body


async def form_of(request: web.Request) -> tuple[dict[str, Any], dict[int, Upload]]:
    """The body and the files of a request that may be multipart, files by their number `n` in `files[n]`."""
    if request.content_type != "multipart/form-data":
        return await body_of(request), {}
    body: dict[str, Any] = {}
    uploads: dict[int, Upload] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            number = name.removeprefix("files[").removesuffix("]")
            if not number.isdecimal():
                raise ApiError(400, 50046, "Invalid form body: files are named files[n].")
            size = value.file.seek(0, 2)
            value.file.seek(0)
            uploads[int(number)] = Upload(value.filename, value.content_type, size, value.file)
        elif name == "payload_json":
            body = json.loads(value if isinstance(value, str) else bytes(value))
    return body, uploads


class Routes:
    """Base of the route groups: looks things up in the world as the bot."""

    def __init__(self, state: State) -> None:
        self.state = state

    def channel(self, request: web.Request) -> Channel:
        """The channel of the URL, where the bot sees it. Raises ApiError."""
        channel = self.state.world.channels.get(request.match_info["channel_id"])
        if channel is None:
            raise unknown("channel")
        if not self.state.world.sees_channel(self.state.world.bot_member, channel):
            raise missing_access()
        return self.state.world.refresh_thread(channel)

    def message(self, request: web.Request) -> Message:
        """The message of the URL; ephemerals do not exist on bot routes."""
        message = self.channel(request).messages.get(request.match_info["message_id"])
        if message is None or message.ephemeral_to is not None:
            raise unknown("message")
        return message

    def permissions(self, channel: Channel) -> int:
        return self.state.world.permissions(self.state.world.bot_member, channel)

    def need(self, channel: Channel, wanted: int) -> None:
        if self.permissions(channel) & wanted != wanted:
            raise missing_permissions()

    def need_speech(self, channel: Channel) -> None:
        in_thread = channel.type in THREAD_TYPES
        self.need(channel, may.SEND_MESSAGES_IN_THREADS if in_thread else may.SEND_MESSAGES)

    def need_open(self, channel: Channel) -> None:
        """Refuse what an archived thread does not allow."""
        if channel.thread and channel.thread.archived:
            raise ApiError(400, 50083, "Thread is archived")
