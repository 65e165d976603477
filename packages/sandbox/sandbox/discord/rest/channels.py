"""REST routes over channels: read, changed, deleted, threads too; and DMs opened."""

from typing import Any

from aiohttp import web

from sandbox.discord import permissions as may
from sandbox.discord import session as intents
from sandbox.discord.bodies.channels import ChannelChange, DirectMessage, ThreadChange
from sandbox.discord.channels import DM, Channel, Thread
from sandbox.discord.errors import ApiError, Problems, missing_permissions
from sandbox.discord.posting import Posting
from sandbox.discord.rest.web import Routes, answer, body_of
from sandbox.discord.state import State
from sandbox.discord.threads import ARCHIVE_MINUTES, Threads


class ChannelRoutes(Routes):
    def __init__(self, state: State, posting: Posting) -> None:
        super().__init__(state)
        self._posting = posting
        self._threads_of = Threads(state, posting)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/channels/{channel_id}", self.get),
            web.patch("/channels/{channel_id}", self.patch),
            web.delete("/channels/{channel_id}", self.delete),
            web.post("/users/@me/channels", self.dm),
        ]

    async def get(self, request: web.Request) -> web.Response:
        return answer(self.channel(request).payload())

    async def patch(self, request: web.Request) -> web.Response:
        channel = self.channel(request)
        body = await body_of(request, ThreadChange if channel.thread else ChannelChange)
        if channel.thread:
            self._patch_thread(channel, channel.thread, body)
            return answer(channel.payload())
        if channel.type == DM:
            raise ApiError(403, 50003, "Cannot execute action on a DM channel")
        self.need(channel, may.MANAGE_CHANNELS)
        self._check_name(channel, str(body.get("name") or channel.name))
        channel.name = str(body.get("name") or channel.name)
        channel.nsfw = bool(body.get("nsfw", channel.nsfw))
        self.state.gateway.dispatch("CHANNEL_UPDATE", channel.payload(), guild_id=channel.guild_id, intent=intents.GUILDS)
        return answer(channel.payload())

    def _patch_thread(self, channel: Channel, thread: Thread, body: dict[str, Any]) -> None:
        manages = bool(self.permissions(channel) & may.MANAGE_THREADS)
        mine = thread.owner_id == self.state.application.id
        opens = body == {"archived": False} and bool(self.permissions(channel) & may.SEND_MESSAGES_IN_THREADS)
        if not manages and (not (mine or opens) or (thread.locked and body.get("locked") is not True) or "locked" in body):
            raise missing_permissions()
        if thread.archived and body.get("archived") is not False:
            raise ApiError(400, 50083, "Thread is archived")
        problems = Problems()
        if "name" in body:
            problems.length(("name",), body["name"], 1, 100)
        minutes = body.get("auto_archive_duration", thread.auto_archive_minutes)
        if minutes not in ARCHIVE_MINUTES:
            problems.add(("auto_archive_duration",), "BASE_TYPE_CHOICES", f"Value must be one of {ARCHIVE_MINUTES}.")
        problems.raise_any()
        self._check_name(channel, str(body.get("name") or channel.name))
        channel.name = str(body.get("name") or channel.name)
        if "applied_tags" in body and channel.parent:
            wanted = [str(one) for one in body["applied_tags"] or []]
            thread.tags = self._threads_of.tags(channel.parent, self.state.world.bot_member, wanted)
        thread.auto_archive_minutes = minutes
        thread.locked = bool(body.get("locked", thread.locked))
        thread.invitable = bool(body.get("invitable", thread.invitable))
        channel.rate_limit_per_user = int(body.get("rate_limit_per_user", channel.rate_limit_per_user) or 0)
        if "archived" in body and body["archived"] != thread.archived:
            thread.archived = bool(body["archived"])
            thread.archive_ms = thread.active_ms = self.state.clock.now_ms()
        self._posting.archiving.tell_thread(channel)

    def _check_name(self, channel: Channel, name: str) -> None:
        """A new name must pass the filters, and a channel takes two new names in ten minutes. Raises ApiError."""
        if name != channel.name:
            self.state.moderation.check_title(name, channel, self.state.world.bot_member, self.permissions(channel))
            self.state.cooldowns.rename(channel.id)

    async def delete(self, request: web.Request) -> web.Response:
        channel = self.channel(request)
        self.need(channel, may.MANAGE_THREADS if channel.thread else may.MANAGE_CHANNELS)
        remove_channel(self.state, channel)
        return answer(channel.payload())

    async def dm(self, request: web.Request) -> web.Response:
        user_id = str((await body_of(request, DirectMessage)).get("recipient_id"))
        world = self.state.world
        open_before = world.direct.of(user_id)
        if open_before is None:
            if user_id not in world.accounts.users or user_id == self.state.application.id:
                raise ApiError(400, 50033, "Invalid Recipient(s)")
            self.state.cooldowns.open_dm()
        return answer((open_before or world.direct.opened(user_id)).payload())


def remove_channel(state: State, channel: Channel) -> None:
    """Delete a channel or thread with everything in it, and tell who saw it."""
    world = state.world
    event = "THREAD_DELETE" if channel.thread else "CHANNEL_DELETE"
    seen = {one.id for one in world.accounts.people() if world.sight.sees_channel(one, channel)}
    world.channels.pop(channel.id, None)
    for child in [one for one in world.channels.values() if one.parent is channel]:
        world.channels.pop(child.id)
    if channel.guild_id:
        parent = {"parent_id": channel.parent.id} if channel.parent else {}
        state.gateway.dispatch(event, channel.payload() | parent, guild_id=channel.guild_id, intent=intents.GUILDS)
    kind = "thread" if channel.thread else "channel"
    state.bus.publish(kind, lambda _: channel.payload() | {"deleted": True}, lambda one: one.id in seen)
