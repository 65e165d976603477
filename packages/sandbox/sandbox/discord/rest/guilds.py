"""REST routes over a guild: itself, its channels, roles and members, as the bot reads them."""

from aiohttp import web

from sandbox.discord import session as intents
from sandbox.discord.errors import ApiError, unknown
from sandbox.discord.guild import Guild
from sandbox.discord.rest.queries import flag, limit_of, whole
from sandbox.discord.rest.web import Routes, answer


class GuildRoutes(Routes):
    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/guilds/{guild_id}", self.guild),
            web.get("/guilds/{guild_id}/channels", self.channels),
            web.get("/guilds/{guild_id}/roles", self.roles),
            web.get("/guilds/{guild_id}/roles/{role_id}", self.role),
            web.get("/guilds/{guild_id}/members", self.members),
            web.get("/guilds/{guild_id}/members/{user_id}", self.member),
        ]

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
