"""Control routes that make and change the world: members, roles, channels, the guild."""

from typing import Any

from aiohttp import web

from sandbox.control.base import Group, answer, body_of
from sandbox.control.fields import MOST_WHOLE, Fields
from sandbox.discord import session as intents
from sandbox.discord.places import TEXT, Channel
from sandbox.discord.playing import Refused
from sandbox.discord.posting import Posting
from sandbox.discord.rest.places import remove_channel
from sandbox.discord.state import State


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
        ]

    async def add_member(self, request: web.Request) -> web.Response:
        body = await body_of(request, "name", "roles", "locale")
        name, locale = body.text("name", most=32), body.text("locale", "en-US", most=20)
        if any(one.name == name for one in self.state.world.members.values()):
            raise Refused(f"there is a member {name!r} already", 409)
        roles = [self.role(one).id for one in body.names("roles")]
        member = self.state.world.add_member(name, roles, locale)
        joined = member.payload() | {"guild_id": self.state.world.guild_id}
        self._dispatch("GUILD_MEMBER_ADD", joined, intents.GUILD_MEMBERS)
        return answer(self.member_view(member))

    async def change_member(self, request: web.Request) -> web.Response:
        member = self.member(request.match_info["id"])
        body = await body_of(request, "roles", "nick", "locale", "dms", "upload_limit")
        user = member.user
        roles = [self.role(one).id for one in body.names("roles")] if "roles" in body else member.roles
        nick, locale = body.words("nick", most=32), body.text("locale", user.locale, most=20)
        dms = body.flag("dms", user.accepts_dms)
        upload_limit = body.whole("upload_limit", user.upload_limit, high=MOST_WHOLE)
        member.roles, member.nick = roles, (nick or None) if body.sent("nick") else member.nick
        user.accepts_dms, user.upload_limit, user.locale = dms, upload_limit, locale
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
        body = await body_of(request, "name", "permissions")
        role = self.state.world.add_role(body.text("name", most=100), body.bits("permissions", 0))
        self._dispatch("GUILD_ROLE_CREATE", {"guild_id": self.state.world.guild_id, "role": role.payload()}, intents.GUILDS)
        return answer(role.payload())

    async def add_channel(self, request: web.Request) -> web.Response:
        body = await body_of(request, "name", "type", "nsfw", "overwrites", "dm_with")
        if "dm_with" in body:
            return answer(self.state.channel_view(self.state.world.dm(self.member(body.name("dm_with")).id)))
        kind = body.whole("type", TEXT)
        if kind != TEXT:
            raise Refused("the sandbox makes text channels (type 0); threads are the bot's to open")
        channel = self.state.world.add_channel(
            body.text("name", most=100), kind, nsfw=body.flag("nsfw", default=False), overwrites=self._overwrites(body)
        )
        self._tell_channel("CHANNEL_CREATE", channel)
        return answer(self.state.channel_view(channel))

    def _overwrites(self, body: Fields) -> list[dict[str, Any]]:
        """Overwrites for roles and members named by id or name (`@everyone` too); `type` 0 is a role, 1 a member."""
        made: list[dict[str, Any]] = []
        for one in body.objects("overwrites", "id", "type", "allow", "deny", default=[]):
            name, kind = one.name("id"), one.choice("type", (0, 1), default=None)
            members = self.state.world.members
            if kind is None:
                kind = int(name in members or any(name == member.name for member in members.values()))
            target = self._overwritten(name) if kind == 1 else self.role(name).id
            allow, deny = str(one.bits("allow", 0)), str(one.bits("deny", 0))
            made.append({"id": target, "type": kind, "allow": allow, "deny": deny})
        return made

    def _overwritten(self, name: str) -> str:
        bot = self.state.world.bot_member
        return bot.id if name in {bot.id, bot.name, "bot"} else self.member(name).id

    async def change_channel(self, request: web.Request) -> web.Response:
        channel = self.channel(request.match_info["id"])
        if thread := channel.thread:
            body = await body_of(request, "name", "archived", "locked")
            name = body.text("name", channel.name, most=100)
            thread.archived, thread.locked = body.flag("archived", thread.archived), body.flag("locked", thread.locked)
            channel.name = name
            thread.active_ms = thread.archive_ms = self.state.clock.now_ms()
            self._posting.tell_thread(channel)
            return answer(self.state.channel_view(channel))
        body = await body_of(request, "name", "nsfw", "overwrites")
        name, nsfw = body.text("name", channel.name, most=100), body.flag("nsfw", channel.nsfw)
        channel.overwrites = self._overwrites(body) if "overwrites" in body else channel.overwrites
        channel.name, channel.nsfw = name, nsfw
        self._tell_channel("CHANNEL_UPDATE", channel)
        return answer(self.state.channel_view(channel))

    async def delete_channel(self, request: web.Request) -> web.Response:
        channel = self.channel(request.match_info["id"])
        remove_channel(self.state, channel)
        return answer({"removed": channel.id})

    async def change_guild(self, request: web.Request) -> web.Response:
        body = await body_of(request, "premium_tier", "bot_permissions", "privileged_intents")
        world = self.state.world
        tier = body.choice("premium_tier", (0, 1, 2, 3), world.premium_tier)
        wanted = body.bits("bot_permissions", None)
        names = body.names("privileged_intents")
        if strange := sorted(set(names) - set(intents.PRIVILEGED)):
            raise Refused(f"{strange[0]!r} is no privileged intent; there are: {', '.join(intents.PRIVILEGED)}")
        if "premium_tier" in body:
            world.premium_tier = tier
            self._dispatch("GUILD_UPDATE", world.guild_payload(), intents.GUILDS)
        if wanted is not None:
            world.set_bot_permissions(wanted)
            role = {"guild_id": world.guild_id, "role": world.bot_role.payload()}
            self._dispatch("GUILD_ROLE_UPDATE", role, intents.GUILDS)
            for channel in [one for one in world.channels.values() if one.type == TEXT]:
                self._tell_channel("CHANNEL_UPDATE", channel)
        if "privileged_intents" in body:
            self.state.gateway.privileged = sum(intents.PRIVILEGED[one] for one in set(names))
        return answer(world.guild_payload())

    def _tell_channel(self, event: str, channel: Channel) -> None:
        self._dispatch(event, channel.payload(), intents.GUILDS)
        self.state.bus.publish(
            "channel",
            lambda _: self.state.channel_view(channel),
            lambda one: self.state.world.sees_channel(one, channel),
        )

    def _dispatch(self, event: str, data: dict[str, Any], intent: int) -> None:
        self.state.gateway.dispatch(event, data, guild_id=self.state.world.guild_id, intent=intent)
