"""Channels, threads, DMs, the guild and its members, as the bot reads and changes them."""

from typing import Any

from aiohttp import web

from sandbox.discord import permissions as may
from sandbox.discord import session as intents
from sandbox.discord.bodies.channels import ChannelChange, DirectMessage, Post, ThreadAlone, ThreadChange, ThreadOnMessage
from sandbox.discord.channels import DM, POSTS_ONLY, PRIVATE_THREAD, THREADS_ON_MESSAGES, Channel, Thread
from sandbox.discord.errors import ApiError, Problems, missing_permissions, unknown
from sandbox.discord.guild import Guild
from sandbox.discord.posting import Posting
from sandbox.discord.rest.queries import flag, limit_of, moment_ms, whole
from sandbox.discord.rest.web import Routes, answer, body_of, empty, form_of
from sandbox.discord.state import State
from sandbox.discord.threads import ARCHIVE_MINUTES, Threads, wrong_channel


class ChannelRoutes(Routes):
    def __init__(self, state: State, posting: Posting) -> None:
        super().__init__(state)
        self._posting = posting
        self._threads_of = Threads(state, posting)

    def routes(self) -> list[web.RouteDef]:
        members = "/channels/{channel_id}/thread-members"
        return [
            web.get("/channels/{channel_id}", self.get),
            web.patch("/channels/{channel_id}", self.patch),
            web.delete("/channels/{channel_id}", self.delete),
            web.post("/channels/{channel_id}/threads", self.thread),
            web.post("/channels/{channel_id}/messages/{message_id}/threads", self.thread_on),
            web.get("/channels/{channel_id}/threads/archived/public", self.archived),
            web.get("/channels/{channel_id}/threads/archived/private", self.archived),
            web.get(members, self.thread_members),
            web.put(members + "/{user_id}", self.join),
            web.get(members + "/{user_id}", self.thread_member),
            web.delete(members + "/{user_id}", self.leave),
            web.post("/users/@me/channels", self.dm),
            web.get("/guilds/{guild_id}", self.guild),
            web.get("/guilds/{guild_id}/channels", self.channels),
            web.get("/guilds/{guild_id}/roles", self.roles),
            web.get("/guilds/{guild_id}/threads/active", self.active),
            web.get("/guilds/{guild_id}/members", self.members),
            web.get("/guilds/{guild_id}/members/{user_id}", self.member),
            web.get("/guilds/{guild_id}/roles/{role_id}", self.role),
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
        """A new name must please the filters, and there are two in ten minutes."""
        if name != channel.name:
            self.state.moderation.check_title(name, channel, self.state.world.bot_member, self.permissions(channel))
            self.state.cooldowns.rename(channel.id)

    async def delete(self, request: web.Request) -> web.Response:
        channel = self.channel(request)
        self.need(channel, may.MANAGE_THREADS if channel.thread else may.MANAGE_CHANNELS)
        remove_channel(self.state, channel)
        return answer(channel.payload())

    async def thread_on(self, request: web.Request) -> web.Response:
        message = self.message(request)
        if message.channel.type not in THREADS_ON_MESSAGES:
            raise wrong_channel()
        self.need(message.channel, may.CREATE_PUBLIC_THREADS)
        body = await body_of(request, ThreadOnMessage)
        return self._opened(self._threads_of.on_message(message, self.state.world.bot_member, body))

    async def thread(self, request: web.Request) -> web.Response:
        channel = self.channel(request)
        if channel.type in POSTS_ONLY:
            return await self._post(request, channel)
        body = await body_of(request, ThreadAlone)
        kind = body.get("type", PRIVATE_THREAD)
        self.need(channel, may.CREATE_PRIVATE_THREADS if kind == PRIVATE_THREAD else may.CREATE_PUBLIC_THREADS)
        return self._opened(self._threads_of.alone(channel, self.state.world.bot_member, body))

    async def _post(self, request: web.Request, parent: Channel) -> web.Response:
        self.need(parent, may.SEND_MESSAGES)
        body, uploads = await form_of(request, Post)
        problems = Problems()
        if not body.get("message"):
            problems.required(("message",))
        problems.raise_any()
        if uploads:
            self.need(parent, may.ATTACH_FILES)
        bot, first = self.state.world.bot_member, body["message"]
        channel = self._threads_of.made_post(parent, bot, body)
        draft = self._posting.draft(first, uploads, channel, self.state.world.upload_limit(channel), bot)
        message = self._threads_of.begin_post(channel, bot, draft)
        return self._opened(channel, {"message": self._posting.reading.for_bot(message)})

    def _opened(self, channel: Channel, extra: dict[str, Any] | None = None) -> web.Response:
        return answer(channel.payload() | {"member": channel.thread_member(self.state.application.id)} | (extra or {}), 201)

    async def archived(self, request: web.Request) -> web.Response:
        parent = self.channel(request)
        private = request.path.endswith("private")
        before, most = moment_ms(request, "before"), limit_of(request, 50, 100)
        found = [
            (one.thread.archive_ms, one)
            for one in self._open_threads(archived=True)
            if one.thread and one.parent is parent and (before is None or one.thread.archive_ms < before)
        ]
        found = [pair for pair in found if (pair[1].type == PRIVATE_THREAD) is private]
        found.sort(key=lambda pair: -pair[0])
        return self._threads([one for _, one in found[:most]], more=len(found) > most)

    async def active(self, request: web.Request) -> web.Response:
        guild = self._guild(request)
        return self._threads([one for one in self._open_threads(archived=False) if one.guild_id == guild.id])

    def _open_threads(self, *, archived: bool) -> list[Channel]:
        world = self.state.world
        threads = [world.refresh_thread(one) for one in world.channels.values() if one.thread]
        return [one for one in threads if one.thread and one.archived is archived and world.sees_channel(world.bot_member, one)]

    def _threads(self, threads: list[Channel], *, more: bool = False) -> web.Response:
        joined = [one for one in threads if one.thread and self.state.application.id in one.thread.members]
        members = [one.thread_member(self.state.application.id) for one in joined]
        return answer({"threads": [one.payload() for one in threads], "members": members, "has_more": more})

    def _thread_and_user(self, request: web.Request) -> tuple[Channel, Thread, str]:
        channel = self.channel(request)
        user_id = request.match_info["user_id"]
        if channel.thread is None:
            raise wrong_channel()
        return channel, channel.thread, self.state.application.id if user_id == "@me" else user_id

    async def thread_members(self, request: web.Request) -> web.Response:
        channel = self.channel(request)
        inside = sorted(channel.thread.members, key=int) if channel.thread else []
        if flag(request, "with_member"):
            inside = [one for one in inside if int(one) > whole(request, "after", 0)][: limit_of(request, 100, 100)]
        return answer([self._thread_member(request, channel, one) for one in inside])

    def _thread_member(self, request: web.Request, channel: Channel, user_id: str) -> dict[str, Any]:
        made = channel.thread_member(user_id)
        member = self.state.world.members.get(user_id)
        return made | {"member": member.payload()} if member and flag(request, "with_member") else made

    async def thread_member(self, request: web.Request) -> web.Response:
        channel, thread, user_id = self._thread_and_user(request)
        if user_id not in thread.members:
            raise unknown("member")
        return answer(self._thread_member(request, channel, user_id))

    async def join(self, request: web.Request) -> web.Response:
        channel, thread, user_id = self._thread_and_user(request)
        self.need_open(channel)
        if user_id != self.state.application.id:
            self.need_speech(channel)
        if self.state.world.member_in(channel, user_id) is None:
            raise unknown("user")
        if user_id not in thread.members:
            self._threads_of.join(channel, user_id)
        return empty()

    async def leave(self, request: web.Request) -> web.Response:
        channel, thread, user_id = self._thread_and_user(request)
        if user_id != self.state.application.id:
            self.need(channel, may.MANAGE_THREADS)
        if user_id in thread.members:
            self._threads_of.leave(channel, user_id)
        return empty()

    async def dm(self, request: web.Request) -> web.Response:
        user_id = str((await body_of(request, DirectMessage)).get("recipient_id"))
        world = self.state.world
        open_before = world.dm_of(user_id)
        if open_before is None:
            if user_id not in world.users or user_id == self.state.application.id:
                raise ApiError(400, 50033, "Invalid Recipient(s)")
            self.state.cooldowns.open_dm()
        return answer((open_before or world.dm(user_id)).payload())

    def _guild(self, request: web.Request) -> Guild:
        return self.guild_of(request.match_info["guild_id"])

    async def guild(self, request: web.Request) -> web.Response:
        guild = self._guild(request)
        return answer(guild.payload() | (guild.counts() if flag(request, "with_counts") else {}))

    async def channels(self, request: web.Request) -> web.Response:
        return answer([one.payload() for one in self.state.world.channels_of(self._guild(request))])

    async def roles(self, request: web.Request) -> web.Response:
        return answer([role.payload() for role in self._guild(request).roles.values()])

    async def role(self, request: web.Request) -> web.Response:
        role = self._guild(request).roles.get(request.match_info["role_id"])
        if role is None:
            raise unknown("role")
        return answer(role.payload())

    async def members(self, request: web.Request) -> web.Response:
        guild = self._guild(request)
        if not self.state.gateway.privileged & intents.GUILD_MEMBERS:
            raise ApiError(403, 50001, "Missing Access")
        after, most = whole(request, "after", 0), limit_of(request, 1, 1000)
        members = sorted(guild.members.values(), key=lambda one: int(one.id))
        return answer([one.payload() for one in members if int(one.id) > after][:most])

    async def member(self, request: web.Request) -> web.Response:
        member = self._guild(request).members.get(request.match_info["user_id"])
        if member is None:
            raise unknown("member")
        return answer(member.payload())


def remove_channel(state: State, channel: Channel) -> None:
    """Delete a channel or thread with everything in it, and tell who saw it."""
    world = state.world
    event = "THREAD_DELETE" if channel.thread else "CHANNEL_DELETE"
    seen = {one.id for one in world.people() if world.sees_channel(one, channel)}
    world.channels.pop(channel.id, None)
    for child in [one for one in world.channels.values() if one.parent is channel]:
        world.channels.pop(child.id)
    if channel.guild_id:
        parent = {"parent_id": channel.parent.id} if channel.parent else {}
        state.gateway.dispatch(event, channel.payload() | parent, guild_id=channel.guild_id, intent=intents.GUILDS)
    kind = "thread" if channel.thread else "channel"
    state.bus.publish(kind, lambda _: channel.payload() | {"deleted": True}, lambda one: one.id in seen)
