"""REST routes over threads: opened, listed, joined and left by the bot."""

from typing import Any

from aiohttp import web

from sandbox.discord import permissions as may
from sandbox.discord.bodies.channels import Post, ThreadAlone, ThreadOnMessage
from sandbox.discord.channels import POSTS_ONLY, PRIVATE_THREAD, THREADS_ON_MESSAGES, Channel, Thread
from sandbox.discord.errors import Problems, unknown
from sandbox.discord.posting import Posting
from sandbox.discord.rest.queries import flag, limit_of, moment_ms, whole
from sandbox.discord.rest.web import Routes, answer, body_of, empty, form_of
from sandbox.discord.state import State
from sandbox.discord.threads import Threads, wrong_channel


class ThreadRoutes(Routes):
    def __init__(self, state: State, posting: Posting) -> None:
        super().__init__(state)
        self._posting = posting
        self._threads_of = Threads(state, posting)

    def routes(self) -> list[web.RouteDef]:
        members = "/channels/{channel_id}/thread-members"
        return [
            web.post("/channels/{channel_id}/threads", self.thread),
            web.post("/channels/{channel_id}/messages/{message_id}/threads", self.thread_on),
            web.get("/channels/{channel_id}/threads/archived/public", self.archived),
            web.get("/channels/{channel_id}/threads/archived/private", self.archived),
            web.get("/guilds/{guild_id}/threads/active", self.active),
            web.get(members, self.thread_members),
            web.put(members + "/{user_id}", self.join),
            web.get(members + "/{user_id}", self.thread_member),
            web.delete(members + "/{user_id}", self.leave),
        ]

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
        draft = self._posting.draft(first, uploads, channel, self.state.world.sight.upload_limit(channel), bot)
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
        guild = self.guild_of(request.match_info["guild_id"])
        return self._threads([one for one in self._open_threads(archived=False) if one.guild_id == guild.id])

    def _open_threads(self, *, archived: bool) -> list[Channel]:
        world = self.state.world
        threads = [world.refresh_thread(one) for one in world.channels.values() if one.thread]
        return [
            one
            for one in threads
            if one.thread and one.archived is archived and world.sight.sees_channel(world.bot_member, one)
        ]

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
        member = self.state.world.home.members.get(user_id)
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
        if self.state.world.accounts.member_in(channel, user_id) is None:
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
