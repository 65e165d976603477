"""Channel messages: post, read, edit, delete, pins, typing."""

from typing import Any

from aiohttp import web

from sandbox.discord import permissions as may
from sandbox.discord import session as intents
from sandbox.discord.bodies.channels import BulkDelete
from sandbox.discord.bodies.messages import MessageCreate, MessageEdit
from sandbox.discord.channels import DM, STARTER, Channel, Message
from sandbox.discord.errors import ApiError, Problems, unknown
from sandbox.discord.ids import created_ms, iso
from sandbox.discord.message_form import EPHEMERAL
from sandbox.discord.posting import Posting
from sandbox.discord.references import FORWARDABLE, THREAD_CREATED, TO_FORWARD
from sandbox.discord.rest.queries import limit_of, moment_ms, whole
from sandbox.discord.rest.web import Routes, answer, body_of, empty, form_of
from sandbox.discord.state import State

BULK_AGE_MS = 14 * 24 * 3600 * 1000


class MessageRoutes(Routes):
    def __init__(self, state: State, posting: Posting) -> None:
        super().__init__(state)
        self._posting = posting

    def routes(self) -> list[web.RouteDef]:
        many, one = "/channels/{channel_id}/messages", "/channels/{channel_id}/messages/{message_id}"
        pins = "/channels/{channel_id}/messages/pins"
        return [
            web.post(many, self.post),
            web.get(many, self.list),
            web.get(pins, self.pinned),
            web.put(pins + "/{message_id}", self.pin),
            web.delete(pins + "/{message_id}", self.unpin),
            web.put("/channels/{channel_id}/pins/{message_id}", self.pin),
            web.delete("/channels/{channel_id}/pins/{message_id}", self.unpin),
            web.post(many + "/bulk-delete", self.bulk_delete),
            web.get(one, self.get),
            web.patch(one, self.edit),
            web.delete(one, self.delete),
            web.post("/channels/{channel_id}/typing", self.typing),
        ]

    async def post(self, request: web.Request) -> web.Response:
        channel = self.channel(request)
        self.need_text(channel)
        self.need_speech(channel)
        body, uploads = await form_of(request, MessageCreate)
        body["flags"] = int(body.get("flags") or 0) & ~EPHEMERAL
        if uploads:
            self.need(channel, may.ATTACH_FILES)
        if body.get("embeds"):
            self.need(channel, may.EMBED_LINKS)
        bot = self.state.world.bot_member
        if known := self._posting.known_nonce(bot, body):
            return answer(self._posting.reading.for_bot(known))
        self._check_dm(channel, files=bool(uploads))
        extra = {"nonce": body["nonce"]} if body.get("nonce") is not None else {}
        if source := self._forwarded(body):
            return answer(self._posting.reading.for_bot(self._posting.forward(channel, bot, source, extra)))
        replied = self._replied(channel, body)
        draft = self._posting.draft(body, uploads, channel, self.state.world.sight.upload_limit(channel), bot)
        if replied is None:
            return answer(self._posting.reading.for_bot(self._posting.post(channel, bot, draft, extra=extra)))
        allowed = body.get("allowed_mentions")
        pings = allowed is None or allowed.get("replied_user") is True
        return answer(self._posting.reading.for_bot(self._posting.reply(replied, bot, draft, extra, pings=pings)))

    def _check_dm(self, channel: Channel, *, files: bool) -> None:
        if channel.recipient is None:
            return
        member = self.state.world.accounts.person(channel.recipient["id"])
        if member is None or not self.state.world.accounts.shares_guild(member.id):
            raise ApiError(403, 50278, "Cannot send messages to this user due to having no mutual guilds")
        if not member.user.accepts_dms:
            raise ApiError(403, 50007, "Cannot send messages to this user")
        if not channel.messages:
            self.state.cooldowns.open_dm()
        self.state.moderation.check_dm(member, files=files)

    def _forwarded(self, body: dict[str, Any]) -> Message | None:
        """The message that this one is to forward, from any channel that the bot sees; None where it is no forward."""
        given = body.get("message_reference") or {}
        if given.get("type") != TO_FORWARD:
            return None
        problems = Problems()
        if given.get("channel_id") is None:
            problems.required(("message_reference", "channel_id"))
        for key in ("content", "embeds", "components", "attachments"):
            if body.get(key):
                problems.add((key,), "SANDBOX_FORWARD_WITH_CONTENT", "A forward carries nothing besides the message.")
        problems.raise_any()
        source = self.found(str(given["channel_id"])).messages.get(str(given["message_id"]))
        if source is None or source.ephemeral_to is not None:
            raise unknown("message")
        if source.data["type"] not in FORWARDABLE:
            raise ApiError(400, 50068, "Invalid message type")
        if not self._posting.reading.may_read(source):
            raise ApiError(400, 160014, "You cannot forward a message whose content you cannot read.")
        return source

    def _replied(self, channel: Channel, body: dict[str, Any]) -> Message | None:
        """The message that this one replies to."""
        given = body.get("message_reference")
        if not given:
            return None
        if not self.permissions(channel) & may.READ_MESSAGE_HISTORY:
            raise ApiError(400, 160002, "Cannot reply without permission to read message history")
        replied = channel.messages.get(str(given.get("message_id")))
        if replied is not None and replied.ephemeral_to is None:
            return replied
        if given.get("fail_if_not_exists") is not False:
            problems = Problems()
            problems.add(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
            problems.raise_any()
        return None

    async def list(self, request: web.Request) -> web.Response:
        channel = self.channel(request)
        self.need_text(channel)
        if not self.permissions(channel) & may.READ_MESSAGE_HISTORY:
            return answer([])
        most = limit_of(request, 50, 100)
        seen = [one for one in channel.messages.values() if one.ephemeral_to is None]
        sides = {side: whole(request, side, 0) for side in ("before", "after", "around") if side in request.query}
        chosen = _slice(seen, sides, most)
        return answer([self._posting.reading.for_bot(one) for one in reversed(chosen)])

    async def get(self, request: web.Request) -> web.Response:
        message = self.message(request)
        self.need(message.channel, may.READ_MESSAGE_HISTORY)
        return answer(self._posting.reading.for_bot(message))

    async def edit(self, request: web.Request) -> web.Response:
        message = self.message(request)
        if message.author_id != self.state.application.id:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        if message.data["type"] in {STARTER, THREAD_CREATED}:
            raise _system_message()
        self.need_open(message.channel)
        body, uploads = await form_of(request, MessageEdit)
        if uploads:
            self.need(message.channel, may.ATTACH_FILES)
        limit = self.state.world.sight.upload_limit(message.channel)
        draft = self._posting.draft(body, uploads, message.channel, limit, self.state.world.bot_member, message)
        self._posting.count_edit(message)
        self._posting.edit(message, draft)
        return answer(self._posting.reading.for_bot(message))

    async def delete(self, request: web.Request) -> web.Response:
        message = self.message(request)
        if message.data["type"] == STARTER:
            raise _system_message()
        if message.author_id != self.state.application.id:
            if message.channel.type == DM:
                raise ApiError(403, 50003, "Cannot execute action on a DM channel")
            self.need(message.channel, may.MANAGE_MESSAGES)
        self.need_open(message.channel)
        self._posting.delete(message)
        return empty()

    async def bulk_delete(self, request: web.Request) -> web.Response:
        channel = self.channel(request)
        if channel.type == DM:
            raise ApiError(403, 50003, "Cannot execute action on a DM channel")
        self.need(channel, may.MANAGE_MESSAGES)
        self.need_open(channel)
        wanted = [str(one) for one in (await body_of(request, BulkDelete)).get("messages") or []]
        problems = Problems()
        problems.length(("messages",), wanted, 2, 100)
        problems.raise_any()
        now = self.state.clock.now_ms()
        if any(now - created_ms(one) > BULK_AGE_MS for one in wanted):
            raise ApiError(400, 50034, "You can only bulk delete messages that are under 14 days old.")
        found = [channel.messages[one] for one in dict.fromkeys(wanted) if one in channel.messages]
        self._posting.delete_many(channel, [one for one in found if one.ephemeral_to is None])
        return empty()

    async def typing(self, request: web.Request) -> web.Response:
        channel = self.channel(request)
        self.need_text(channel)
        self.need_speech(channel)
        data = {"channel_id": channel.id, "user_id": self.state.application.id, "at_ms": self.state.clock.now_ms()}
        self.state.bus.publish("typing", lambda _: data, lambda one: self.state.world.sight.sees_channel(one, channel))
        return empty()

    async def pinned(self, request: web.Request) -> web.Response:
        channel = self.channel(request)
        held = [channel.messages[one] for one in reversed(channel.pins) if one in channel.messages]
        before, most = moment_ms(request, "before"), limit_of(request, 50, 50)
        older = [one for one in held if before is None or created_ms(one.id) < before]
        items = [{"pinned_at": one.data["timestamp"], "message": self._posting.reading.for_bot(one)} for one in older[:most]]
        return answer({"items": items, "has_more": len(older) > most})

    async def pin(self, request: web.Request) -> web.Response:
        return self._pin(request, pinned=True)

    async def unpin(self, request: web.Request) -> web.Response:
        return self._pin(request, pinned=False)

    def _pin(self, request: web.Request, *, pinned: bool) -> web.Response:
        message = self.message(request)
        channel = message.channel
        if not self.permissions(channel) & (may.PIN_MESSAGES | may.MANAGE_MESSAGES):
            self.need(channel, may.PIN_MESSAGES)
        self.need_open(channel)
        if pinned and message.id not in channel.pins:
            channel.pins.append(message.id)
        elif not pinned and message.id in channel.pins:
            channel.pins.remove(message.id)
        message.data["pinned"] = pinned
        self._posting.changed(message)
        data: dict[str, Any] = {"channel_id": channel.id, "last_pin_timestamp": iso(self.state.clock.now_ms())}
        if channel.guild_id:
            data["guild_id"] = channel.guild_id
        self.state.gateway.dispatch("CHANNEL_PINS_UPDATE", data, guild_id=channel.guild_id, intent=intents.GUILDS)
        return empty()


def _system_message() -> ApiError:
    return ApiError(403, 50021, "Cannot execute action on a system message")


def _slice(seen: list[Message], sides: dict[str, int], limit: int) -> list[Message]:
    """Oldest first: the `limit` messages before, after or around an id, or the newest."""
    if "before" in sides:
        return [one for one in seen if int(one.id) < sides["before"]][-limit:]
    if "after" in sides:
        return [one for one in seen if int(one.id) > sides["after"]][:limit]
    if "around" in sides:
        older = [one for one in seen if int(one.id) < sides["around"]]
        start = max(0, len(older) - limit // 2)
        return seen[start : start + limit]
    return seen[-limit:]
