"""Control routes that make and change who is there: members and roles, in the first guild or the one that is named."""

from typing import Annotated, Any

from aiohttp import web

from sandbox.control.asked import NONE, Asked, Bits, Flag, Locale, Name, Names, Title, number, text, whole, words
from sandbox.control.base import ControlRoutes, answer, body_of, query_of
from sandbox.discord import session as intents
from sandbox.discord.guild import Guild
from sandbox.discord.member_actions import Refused

LONGEST_TIMEOUT_SECONDS = 28 * 24 * 3600  # Discord's own bound


class _NewMember(Asked):
    name: Annotated[str, text(32)]
    roles: Names = NONE
    locale: Locale = "en-US"
    guild: Name | None = None


class _MemberChange(Asked):
    roles: Names | None = None
    nick: Annotated[str, words(32)] = ""
    locale: Locale | None = None
    dms: Flag | None = None
    upload_limit: Annotated[int, whole()] | None = None
    installed: Flag | None = None
    timed_out_seconds: Annotated[float, number(high=LONGEST_TIMEOUT_SECONDS)] | None = None
    guild: Name | None = None


class _InGuild(Asked):
    guild: Name | None = None


class _NewRole(Asked):
    name: Title
    permissions: Bits = 0
    guild: Name | None = None


class MemberRoutes(ControlRoutes):
    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/members", self.add_member),
            web.patch("/members/{id}", self.change_member),
            web.delete("/members/{id}", self.remove_member),
            web.post("/roles", self.add_role),
        ]

    async def add_member(self, request: web.Request) -> web.Response:
        body = await body_of(request, _NewMember)
        name, guild = body.name, self.guild(body.guild)
        if any(one.name == name for one in guild.members.values()):
            raise Refused(f"there is a member {name!r} already", 409)
        roles = [self.role(one, guild).id for one in body.roles]
        member = self.state.world.accounts.add_member(name, roles, body.locale, guild)
        self._dispatch(guild, "GUILD_MEMBER_ADD", member.payload(), intents.GUILD_MEMBERS)
        return answer(self.member_view(member))

    async def change_member(self, request: web.Request) -> web.Response:
        body = await body_of(request, _MemberChange)
        member = self.member(request.match_info["id"], self.guild(body.guild) if body.guild else None)
        guild, user = self.state.world.guilds[member.guild_id], member.user
        if body.roles is not None:
            member.roles = [self.role(one, guild).id for one in body.roles]
        if body.sent("nick"):
            member.nick = body.nick or None
        for name in ("locale", "upload_limit", "installed"):
            if (value := getattr(body, name)) is not None:
                setattr(user, name, value)
        user.accepts_dms = user.accepts_dms if body.dms is None else body.dms
        timeout = body.timed_out_seconds
        if timeout is not None:
            member.time_out(timeout, self.state.clock.now_ms())
        self._dispatch(guild, "GUILD_MEMBER_UPDATE", member.payload(), intents.GUILD_MEMBERS)
        return answer(self.member_view(member))

    async def remove_member(self, request: web.Request) -> web.Response:
        query = query_of(request, _InGuild)
        member = self.member(request.match_info["id"], self.guild(query.guild) if query.guild else None)
        guild = self.state.world.guilds[member.guild_id]
        del guild.members[member.id]
        self._dispatch(guild, "GUILD_MEMBER_REMOVE", {"user": member.user.payload()}, intents.GUILD_MEMBERS)
        return answer({"removed": member.id})

    async def add_role(self, request: web.Request) -> web.Response:
        body = await body_of(request, _NewRole)
        guild = self.guild(body.guild)
        role = self.state.world.add_role(body.name, body.permissions, guild)
        self._dispatch(guild, "GUILD_ROLE_CREATE", {"role": role.payload()}, intents.GUILDS)
        return answer(role.payload())

    def _dispatch(self, guild: Guild, event: str, data: dict[str, Any], intent: int) -> None:
        self.state.gateway.dispatch(event, data | {"guild_id": guild.id}, guild_id=guild.id, intent=intent)
