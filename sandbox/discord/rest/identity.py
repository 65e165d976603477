"""Who the bot is: its user, its application, the gateway's address, its commands."""

from typing import Any

from aiohttp import web

from sandbox.discord import shapes
from sandbox.discord.errors import unknown
from sandbox.discord.ids import APPLICATION_ID, OWNER_ID
from sandbox.discord.people import User
from sandbox.discord.ratelimits import MAX_CONCURRENCY
from sandbox.discord.rest.web import Routes, answer, body_of, empty
from sandbox.discord.world import GUILD_NAME

COMMANDS = "/applications/{application_id}/commands"
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"


class Identity(Routes):
    def routes(self) -> list[web.RouteDef]:
        made = [
            web.get("/users/@me", self.me),
            web.get("/users/@me/guilds", self.guilds),
            web.get("/users/{user_id}", self.user),
            web.get("/applications/@me", self.application),
            web.get("/oauth2/applications/@me", self.application),
            web.get("/gateway", self.gateway),
            web.get("/gateway/bot", self.gateway_bot),
        ]
        for path in (COMMANDS, GUILD_COMMANDS):
            made += [
                web.get(path, self.commands),
                web.put(path, self.replace),
                web.post(path, self.create),
                web.get(path + "/{command_id}", self.command),
                web.patch(path + "/{command_id}", self.patch),
                web.delete(path + "/{command_id}", self.delete),
            ]
        return made

    async def me(self, _: web.Request) -> web.Response:
        user = self.state.world.bot_user.payload()
        return answer(user | {"mfa_enabled": True, "locale": "en-US", "verified": True, "email": None})

    async def user(self, request: web.Request) -> web.Response:
        member = self.state.world.members.get(request.match_info["user_id"])
        if member is None:
            raise unknown("user")
        return answer(member.user.payload())

    async def guilds(self, _: web.Request) -> web.Response:
        world = self.state.world
        guild: dict[str, Any] = {
            "id": world.guild_id,
            "name": GUILD_NAME,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(world.guild_permissions(world.bot_member)),
            "features": [],
        }
        return answer([guild])

    async def application(self, _: web.Request) -> web.Response:
        shown: dict[str, Any] = {
            "id": APPLICATION_ID,
            "name": "Happy Horse",
            "icon": None,
            "description": "",
            "type": None,
            "bot": self.state.world.bot_user.payload(),
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": 0,
            "flags_new": "0",
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "owner": User(OWNER_ID, "studio", "Studio").payload(),
            "approximate_guild_count": 1,
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "team": None,
            "eligible_oauth2_scopes": ["bot", "applications.commands"],
        }
        return answer(shown)

    async def gateway(self, _: web.Request) -> web.Response:
        return answer({"url": self.state.gateway.url})

    async def gateway_bot(self, _: web.Request) -> web.Response:
        start: dict[str, int] = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": MAX_CONCURRENCY}
        return answer({"url": self.state.gateway.url, "shards": 1, "session_start_limit": start})

    def _scope(self, request: web.Request) -> str | None:
        if request.match_info["application_id"] != APPLICATION_ID:
            raise unknown("command")
        guild_id = request.match_info.get("guild_id")
        if guild_id is not None and guild_id != self.state.world.guild_id:
            raise unknown("guild")
        return guild_id

    def _told(self) -> None:
        shown = list(self.state.registry.everywhere(self.state.world.guild_id))
        self.state.bus.publish("commands", lambda _: {"commands": shown})

    async def commands(self, request: web.Request) -> web.Response:
        return answer(self.state.registry.all(self._scope(request)))

    async def replace(self, request: web.Request) -> web.Response:
        made = self.state.registry.replace(self._scope(request), await body_of(request, [shapes.COMMAND]))
        self._told()
        return answer(made)

    async def create(self, request: web.Request) -> web.Response:
        made, new = self.state.registry.put(self._scope(request), await body_of(request, shapes.COMMAND))
        self._told()
        return answer(made, 201 if new else 200)

    async def command(self, request: web.Request) -> web.Response:
        return answer(self.state.registry.get(self._scope(request), request.match_info["command_id"]))

    async def patch(self, request: web.Request) -> web.Response:
        command_id = request.match_info["command_id"]
        made = self.state.registry.patch(self._scope(request), command_id, await body_of(request, shapes.COMMAND))
        self._told()
        return answer(made)

    async def delete(self, request: web.Request) -> web.Response:
        self.state.registry.delete(self._scope(request), request.match_info["command_id"])
        self._told()
        return empty()
