"""Control routes that make and change who is there: members and roles, in the first guild or the one that is named."""

from typing import Any

from aiohttp import web

from sandbox.control.base import ControlRoutes, answer, body_of, query_of
from sandbox.control.fields import MOST_WHOLE
from sandbox.discord import session as intents
from sandbox.discord.guild import Guild
from sandbox.discord.member_actions import Refused

LONGEST_TIMEOUT_SECONDS = 28 * 24 * 3600  # Discord's own bound


class MemberRoutes(ControlRoutes):
    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/members", self.add_member),
            web.patch("/members/{id}", self.change_member),
            web.delete("/members/{id}", self.remove_member),
            web.post("/roles", self.add_role),
        ]

    async def add_member(self, request: web.Request) -> web.Response:
        body = await body_of(request, "name", "roles", "locale", "guild")
        name, locale = body.text("name", most=32), body.text("locale", "en-US", most=20)
        guild = self.guild(body.name("guild", None))
        if any(one.name == name for one in guild.members.values()):
            raise Refused(f"there is a member {name!r} already", 409)
        roles = [self.role(one, guild).id for one in body.names("roles")]
        member = self.state.world.add_member(name, roles, locale, guild)
        self._dispatch(guild, "GUILD_MEMBER_ADD", member.payload(), intents.GUILD_MEMBERS)
        return answer(self.member_view(member))

    async def change_member(self, request: web.Request) -> web.Response:
        known = ("roles", "nick", "locale", "dms", "upload_limit", "installed", "timed_out_seconds", "guild")
        body = await body_of(request, *known)
        member = self.member(request.match_info["id"], self.guild(body.name("guild")) if "guild" in body else None)
        guild, user = self.state.world.guilds[member.guild_id], member.user
        roles = [self.role(one, guild).id for one in body.names("roles")] if "roles" in body else member.roles
        nick, locale = body.words("nick", most=32), body.text("locale", user.locale, most=20)
        dms, installed = body.flag("dms", user.accepts_dms), body.flag("installed", user.installed)
        upload_limit = body.whole("upload_limit", user.upload_limit, high=MOST_WHOLE)
        timeout = body.number("timed_out_seconds", None, high=LONGEST_TIMEOUT_SECONDS)
        member.roles, member.nick = roles, (nick or None) if body.sent("nick") else member.nick
        user.accepts_dms, user.upload_limit, user.locale, user.installed = dms, upload_limit, locale, installed
        if timeout is not None:
            member.time_out(timeout, self.state.clock.now_ms())
        self._dispatch(guild, "GUILD_MEMBER_UPDATE", member.payload(), intents.GUILD_MEMBERS)
        return answer(self.member_view(member))

    async def remove_member(self, request: web.Request) -> web.Response:
        query = query_of(request, "guild")
        member = self.member(request.match_info["id"], self.guild(query.name("guild")) if "guild" in query else None)
        guild = self.state.world.guilds[member.guild_id]
        del guild.members[member.id]
        self._dispatch(guild, "GUILD_MEMBER_REMOVE", {"user": member.user.payload()}, intents.GUILD_MEMBERS)
        return answer({"removed": member.id})

    async def add_role(self, request: web.Request) -> web.Response:
        body = await body_of(request, "name", "permissions", "guild")
        guild = self.guild(body.name("guild", None))
        role = self.state.world.add_role(body.text("name", most=100), body.bits("permissions", 0), guild)
        self._dispatch(guild, "GUILD_ROLE_CREATE", {"role": role.payload()}, intents.GUILDS)
        return answer(role.payload())

    def _dispatch(self, guild: Guild, event: str, data: dict[str, Any], intent: int) -> None:
        self.state.gateway.dispatch(event, data | {"guild_id": guild.id}, guild_id=guild.id, intent=intent)
