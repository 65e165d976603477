"""Control routes that make and change who is there: members, roles, the guild."""

from typing import Any

from aiohttp import web

from sandbox.control.base import Group, answer, body_of
from sandbox.control.fields import MOST_WHOLE
from sandbox.discord import session as intents
from sandbox.discord.places import GUILD_TYPES
from sandbox.discord.playing import Refused


class People(Group):
    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/members", self.add_member),
            web.patch("/members/{id}", self.change_member),
            web.delete("/members/{id}", self.remove_member),
            web.post("/roles", self.add_role),
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
            for channel in [one for one in world.channels.values() if one.type in GUILD_TYPES]:
                self.state.tell_channel("CHANNEL_UPDATE", channel)
        if "privileged_intents" in body:
            self.state.gateway.privileged = sum(intents.PRIVILEGED[one] for one in set(names))
        return answer(world.guild_payload())

    def _dispatch(self, event: str, data: dict[str, Any], intent: int) -> None:
        self.state.gateway.dispatch(event, data, guild_id=self.state.world.guild_id, intent=intent)
