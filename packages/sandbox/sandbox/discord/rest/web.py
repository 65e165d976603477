"""What every REST route needs: reading a body, answering JSON, finding a channel, asking for a permission."""

import json
from typing import Any

from aiohttp import web

from sandbox.discord import permissions as may
from sandbox.discord.bodies.reading import Model, checked
from sandbox.discord.bodies.values import Body, PlainText
from sandbox.discord.channels import POSTS_ONLY, THREAD_TYPES, Channel, Message
from sandbox.discord.errors import ApiError, Problems, missing_access, missing_permissions, unknown
from sandbox.discord.guild import Guild
from sandbox.discord.message_form import Upload
from sandbox.discord.state import State
from sandbox.strict_json import Json, parsed

CONTENT_TYPES = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
JSON_TYPES = {CONTENT_TYPES[0]}


def answer(data: Json, status: int = 200) -> web.Response:
    """JSON with the bare content type that Discord sends; discord.py reads nothing else as JSON."""
    return web.Response(body=json.dumps(data).encode(), status=status, content_type="application/json")


def empty() -> web.Response:
    return web.Response(status=204)


async def body_of(request: web.Request, model: Model) -> Json:
    """The body, JSON or a form of texts. Raises ApiError for another body, or a field that does not fit or would be dropped."""
    if not request.body_exists:
        return checked({}, model)
    if request.content_type == "application/x-www-form-urlencoded":
        return checked(_fields(list((await request.post()).items()), model), model)
    if request.content_type not in JSON_TYPES and await request.read():
        why = f'Expected "Content-Type" header to be one of {{{", ".join(CONTENT_TYPES)}}}.'
        raise _unread(why, "_misc")
    try:
        body = parsed(await request.read() or b"{}")
    except ValueError:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from None
    return checked(body, model)


async def form_of(request: web.Request, model: Model) -> tuple[dict[str, Any], dict[int, Upload]]:
    """The body and the files of a request that may be multipart, files by their number `n` in `files[n]`."""
    if request.content_type != "multipart/form-data":
        return await body_of(request, model), {}
    fields: list[tuple[str, str]] = []
    uploads: dict[int, Upload] = {}
    try:
        parts = list((await request.post()).items())
    except ValueError:
        raise _unread("The form is not multipart/form-data.") from None
    for name, value in parts:
        if isinstance(value, web.FileField):
            number = name.removeprefix("files[").removesuffix("]")
            if not number.isdecimal():
                raise ApiError(400, 50046, "Invalid form body: files are named files[n].")
            size = value.file.seek(0, 2)
            value.file.seek(0)
            uploads[int(number)] = Upload(value.filename, value.content_type, size, value.file)
        else:
            fields.append((name, value if isinstance(value, str) else bytes(value).decode(errors="replace")))
    return checked(_fields(fields, model), model), uploads


def _fields(parts: list[tuple[str, Any]], model: Model) -> Json:
    """What a form's texts say: all of it in `payload_json`, or field by field. Raises ApiError."""
    body: dict[str, Any] = {}
    for name, text in parts:
        if name == "payload_json":
            try:
                return parsed(text)
            except ValueError:
                raise _unread("The value is not JSON.", "payload_json") from None
        body[name] = _from_text(text, plain=_is_plain_text(model, name))
    return body


def _is_plain_text(model: Model, name: str) -> bool:
    """Whether a form's text is the field's value as it stands. Also for an unknown name, whose refusal shows the text."""
    field = model.model_fields.get(name) if isinstance(model, type) and issubclass(model, Body) else None
    return field is None or any(isinstance(one, PlainText) for one in field.metadata)


def _from_text(text: str, *, plain: bool) -> Json:
    """The value of a form's field: the text itself if `plain`, else the JSON in it. A text that is no JSON stays a text, which
    the check of its type refuses afterwards.
    """
    if plain:
        return text
    try:
        return parsed(text)
    except ValueError:
        return text


def _unread(why: str, *path: str) -> ApiError:
    problems = Problems()
    problems.add(path, "BASE_TYPE_CONVERT", why)
    return problems.error()


class Routes:
    """Base of the route groups: looks things up in the world as the bot."""

    def __init__(self, state: State) -> None:
        self.state = state

    def channel(self, request: web.Request) -> Channel:
        """The channel of the URL, where the bot sees it. Raises ApiError."""
        return self.found(request.match_info["channel_id"])

    def found(self, channel_id: str) -> Channel:
        """The channel of that id, where the bot sees it. Raises ApiError."""
        channel = self.state.world.channels.get(channel_id)
        if channel is None:
            raise unknown("channel")
        if not self.state.world.sight.sees_channel(self.state.world.bot_member, channel):
            raise missing_access()
        return self.state.world.refresh_thread(channel)

    def guild_of(self, guild_id: str) -> Guild:
        """The guild of that id, where the bot is in it. Raises ApiError."""
        guild = self.state.world.guilds.get(guild_id)
        if guild is None:
            raise unknown("guild")
        if self.state.world.bot_user.id not in guild.members:
            raise missing_access()
        return guild

    def message(self, request: web.Request) -> Message:
        """The message of the URL; ephemerals do not exist on bot routes."""
        message = self.channel(request).messages.get(request.match_info["message_id"])
        if message is None or message.ephemeral_to is not None:
            raise unknown("message")
        return message

    def permissions(self, channel: Channel) -> int:
        return self.state.world.sight.permissions(self.state.world.bot_member, channel)

    def need(self, channel: Channel, wanted: int) -> None:
        if self.permissions(channel) & wanted != wanted:
            raise missing_permissions()

    def need_speech(self, channel: Channel) -> None:
        """Refuse a new message where the bot may not write. In an archived thread it may, if that is not locked."""
        in_thread = channel.type in THREAD_TYPES
        self.need(channel, may.SEND_MESSAGES_IN_THREADS if in_thread else may.SEND_MESSAGES)
        if channel.locked and not self.permissions(channel) & may.MANAGE_THREADS:
            self.need_open(channel)

    def need_text(self, channel: Channel) -> None:
        """Refuse channels that hold no messages: categories, and channels of posts outside of their posts."""
        if channel.type in POSTS_ONLY:
            raise ApiError(400, 40058, "Cannot send a message in a forum channel")
        if not channel.takes_messages:
            raise ApiError(400, 50008, "Cannot send messages in a non-text channel")

    def need_open(self, channel: Channel) -> None:
        """Refuse what may not be done in an archived thread, nor in a locked one by a bot that cannot manage threads."""
        if channel.archived:
            raise ApiError(400, 50083, "Thread is archived")
        if channel.locked and not self.permissions(channel) & may.MANAGE_THREADS:
            # Discord documents the code (discord-api-docs pull request 3108) and no status for it.
            raise ApiError(403, 160005, "Thread is locked")
