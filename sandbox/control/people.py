"""Control routes that make and change the world: members, roles, channels, the guild, files, members' own messages."""

import io
from typing import Any

from aiohttp import web

from sandbox.control.base import Group, answer, body_of, given
from sandbox.discord import permissions as may
from sandbox.discord import session as intents
from sandbox.discord.drafts import Upload
from sandbox.discord.places import TEXT, THREAD_TYPES, Channel
from sandbox.discord.playing import Refused
from sandbox.discord.posting import Posting
from sandbox.discord.rest.places import remove_channel
from sandbox.discord.state import State
from sandbox.payload import Json


class People(Group):
    def __init__(self, state: State, posting: Posting) -> None:
        super().__init__(state)
        self._posting = posting

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/members", self.add_member),
            web.patch("/members/{id}", self.change_member),
            web.delete("/members/{id}", self.remove_member),
            web.post("/roles", self.add_role),
            web.post("/channels", self.add_channel),
            web.patch("/channels/{id}", self.change_channel),
            web.delete("/channels/{id}", self.delete_channel),
            web.patch("/guild", self.change_guild),
            web.post("/files", self.add_file),
            web.post("/messages", self.post),
            web.delete("/messages/{id}", self.delete),
        ]

    async def add_member(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        name = str(given(body, "name"))
        if any(one.name == name for one in self.state.world.members.values()):
            raise Refused(f"there is a member {name!r} already", 409)
        roles = [self.role(one).id for one in body.get("roles") or []]
        member = self.state.world.add_member(name, roles, str(body.get("locale") or "en-US"))
        joined = member.payload() | {"guild_id": self.state.world.guild_id}
        self._dispatch("GUILD_MEMBER_ADD", joined, intents.GUILD_MEMBERS)
        return answer(self.member_view(member))

    async def change_member(self, request: web.Request) -> web.Response:
        member = self.member(request.match_info["id"])
        body = await body_of(request)
        if "roles" in body:
            member.roles = [self.role(one).id for one in body["roles"]]
        member.nick = body.get("nick", member.nick)
        member.user.accepts_dms = bool(body.get("dms", member.user.accepts_dms))
        member.user.upload_limit = int(body.get("upload_limit", member.user.upload_limit))
        member.user.locale = str(body.get("locale", member.user.locale))
        changed = member.payload() | {"guild_id": self.state.world.guild_id}
        self._dispatch("GUILD_MEMBER_UPDATE", changed, intents.GUILD_MEMBERS)
        return answer(self.member_view(member))

    async def remove_member(self, request: web.Request) -> web.Response:
        member = self.member(request.match_info["id"])
        del self.state.world.members[member.id]
        left = {"guild_id": self.state.world.guild_id, "user": member.user.payload()}
        self._dispatch("GUILD_MEMBER_REMOVE", left, intents.GUILD_MEMBERS)
        return answer({"removed": member.id})

    async def add_role(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        role = self.state.world.add_role(str(given(body, "name")), int(body.get("permissions") or 0))
        self._dispatch("GUILD_ROLE_CREATE", {"guild_id": self.state.world.guild_id, "role": role.payload()}, intents.GUILDS)
        return answer(role.payload())

    async def add_channel(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        if "dm_with" in body:
            return answer(self.state.channel_view(self.state.world.dm(self.member(body["dm_with"]).id)))
        kind = int(body.get("type") or TEXT)
        if kind != TEXT:
            raise Refused("the sandbox makes text channels (type 0); threads are the bot's to open")
        channel = self.state.world.add_channel(
            str(given(body, "name")), kind, nsfw=bool(body.get("nsfw")), overwrites=self._overwrites(body)
        )
        self._tell_channel("CHANNEL_CREATE", channel)
        return answer(self.state.channel_view(channel))

    def _overwrites(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Overwrites for roles and members named by id or name (`@everyone` too); `type` 0 is a role, 1 a member."""
        made: list[dict[str, Any]] = []
        for one in body.get("overwrites") or []:
            name, kind = one.get("id"), one.get("type")
            members = self.state.world.members
            if kind is None:
                kind = int(str(name) in members or any(name == member.name for member in members.values()))
            target = self._overwritten(name) if kind == 1 else self.role(name).id
            allow, deny = str(one.get("allow") or "0"), str(one.get("deny") or "0")
            made.append({"id": target, "type": kind, "allow": allow, "deny": deny})
        return made

    def _overwritten(self, name: Json) -> str:
        bot = self.state.world.bot_member
        return bot.id if name in {bot.id, bot.name, "bot"} else self.member(name).id

    async def change_channel(self, request: web.Request) -> web.Response:
        channel = self.channel(request.match_info["id"])
        body = await body_of(request)
        if channel.thread:
            thread = channel.thread
            thread.archived = bool(body.get("archived", thread.archived))
            thread.locked = bool(body.get("locked", thread.locked))
            thread.active_ms = thread.archive_ms = self.state.clock.now_ms()
            self._posting.tell_thread(channel)
            return answer(self.state.channel_view(channel))
        if "overwrites" in body:
            channel.overwrites = self._overwrites(body)
        channel.nsfw = bool(body.get("nsfw", channel.nsfw))
        channel.name = str(body.get("name", channel.name))
        self._tell_channel("CHANNEL_UPDATE", channel)
        return answer(self.state.channel_view(channel))

    async def delete_channel(self, request: web.Request) -> web.Response:
        channel = self.channel(request.match_info["id"])
        remove_channel(self.state, channel)
        return answer({"removed": channel.id})

    async def change_guild(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        world = self.state.world
        if "premium_tier" in body:
            if body["premium_tier"] not in {0, 1, 2, 3}:
                raise Refused("'premium_tier' is 0, 1, 2 or 3")
            world.premium_tier = body["premium_tier"]
            guild = {key: value for key, value in world.guild_payload().items() if value is not None}
            self._dispatch("GUILD_UPDATE", guild, intents.GUILDS)
        if "bot_permissions" in body:
            world.set_bot_permissions(int(body["bot_permissions"]))
            role = {"guild_id": world.guild_id, "role": world.bot_role.payload()}
            self._dispatch("GUILD_ROLE_UPDATE", role, intents.GUILDS)
            for channel in [one for one in world.channels.values() if one.type == TEXT]:
                self._tell_channel("CHANNEL_UPDATE", channel)
        if "privileged_intents" in body:
            names: list[str] = body["privileged_intents"]
            if strange := set(names) - set(intents.PRIVILEGED):
                raise Refused(f"{strange.pop()!r} is no privileged intent; there are: {', '.join(intents.PRIVILEGED)}")
            self.state.gateway.privileged = sum(intents.PRIVILEGED[one] for one in names)
        return answer(world.guild_payload())

    async def add_file(self, request: web.Request) -> web.Response:
        filename = request.query.get("filename") or "file"
        kind = request.headers.get("Content-Type")
        stored = self.state.files.add(filename, kind, io.BytesIO(await request.read()), None)
        name = f"f{len(self.state.aliases) + 1}"
        self.state.aliases[name] = stored.id
        return answer({"file": name, "size": stored.size, "url": self.state.files.url(stored)})

    async def post(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        member = self.member(given(body, "as"))
        channel = self.channel(given(body, "channel"), member)
        speaks = may.SEND_MESSAGES_IN_THREADS if channel.type in THREAD_TYPES else may.SEND_MESSAGES
        if not self.state.world.permissions(member, channel) & speaks:
            raise Refused(f"{member.name} may not write in {channel.name}", 403)
        uploads: dict[int, Upload] = {}
        for number, name in enumerate(body.get("files") or []):
            stored = self.state.files.get(self.state.aliases.get(str(name).removeprefix("@"), ""))
            if stored is None:
                raise Refused(f"there is no file {name!r}", 404)
            uploads[number] = Upload(stored.given_name, stored.content_type, stored.size, io.BytesIO(stored.path.read_bytes()))
        limit = self.state.world.upload_limit(channel, member)
        draft = self._posting.draft({"content": body.get("content") or ""}, uploads, channel, limit)
        return answer(self.state.shown(self._posting.post(channel, member, draft)))

    async def delete(self, request: web.Request) -> web.Response:
        message = self.message(request.match_info["id"])
        self._posting.delete(message)
        return answer({"removed": message.id})

    def _tell_channel(self, event: str, channel: Channel) -> None:
        self._dispatch(event, channel.payload(), intents.GUILDS)
        self.state.bus.publish(
            "channel",
            lambda _: self.state.channel_view(channel),
            lambda one: self.state.world.sees_channel(one, channel),
        )

    def _dispatch(self, event: str, data: dict[str, Any], intent: int) -> None:
        self.state.gateway.dispatch(event, data, guild_id=self.state.world.guild_id, intent=intent)
