"""Who the bot is: its user, its application, the gateway's address, its commands."""

from typing import Any

from aiohttp import web

from sandbox.discord.bodies.commands import Command
from sandbox.discord.errors import unknown
from sandbox.discord.guild import Guild
from sandbox.discord.rest.queries import flag, limit_of, whole
from sandbox.discord.rest.web import Routes, answer, body_of, empty

COMMANDS = "/applications/{application_id}/commands"
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"

DEFAULT_SOUNDS = (("quack", "🦆"), ("airhorn", "📢"), ("cricket", "🦗"), ("golf clap", "👏"), ("sad horn", "🎺"))


class IdentityRoutes(Routes):
    def routes(self) -> list[web.RouteDef]:
        made = [
            web.get("/users/@me", self.me),
            web.get("/users/@me/guilds", self.guilds),
            web.get("/users/{user_id}", self.user),
            web.get("/applications/@me", self.application),
            web.get("/oauth2/applications/@me", self.application),
            web.get("/gateway", self.gateway),
            web.get("/soundboard-default-sounds", self.sounds),
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
        user = self.state.world.users.get(request.match_info["user_id"])
        if user is None:
            raise unknown("user")
        return answer(user.payload())

    async def guilds(self, request: web.Request) -> web.Response:
        after, before, most = whole(request, "after", 0), whole(request, "before", 1 << 63), limit_of(request, 200, 200)
        mine = sorted((one for one in self._mine() if after < int(one.id) < before), key=lambda one: int(one.id))
        mine = mine[-most:] if "before" in request.query else mine[:most]
        return answer([self._partial(one) | (one.counts() if flag(request, "with_counts") else {}) for one in mine])

    def _mine(self) -> list[Guild]:
        world = self.state.world
        return [one for one in world.guilds.values() if world.bot_user.id in one.members]

    def _partial(self, guild: Guild) -> dict[str, Any]:
        bot = guild.members[self.state.world.bot_user.id]
        return {
            "id": guild.id,
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(guild.permissions(bot, self.state.clock.now_ms())),
            "features": [],
        }

    async def application(self, _: web.Request) -> web.Response:
        flags = self.state.application.flags(self.state.gateway.privileged)
        shown: dict[str, Any] = {
            "id": self.state.application.id,
            "name": self.state.application.name,
            "icon": None,
            "description": "",
            "summary": "",
            "type": None,
            "bot": self.state.world.bot_user.payload(),
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": flags,
            "flags_new": str(flags),
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "owner": self.state.world.owner.payload(),
            "approximate_guild_count": len(self._mine()),
            "approximate_user_install_count": sum(one.installed for one in self.state.world.users.values()),
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "team": None,
            "eligible_oauth2_scopes": ["bot", "applications.commands"],
        }
        return answer(shown)

    async def sounds(self, _: web.Request) -> web.Response:
        """The sounds that every guild has; some libraries ask for them when they start."""
        return answer(
            [
                {"name": name, "sound_id": str(number), "volume": 1.0, "emoji_id": None, "emoji_name": emoji, "available": True}
                for number, (name, emoji) in enumerate(DEFAULT_SOUNDS, start=1)
            ]
        )

    async def gateway(self, _: web.Request) -> web.Response:
        return answer({"url": self.state.gateway.url})

    async def gateway_bot(self, _: web.Request) -> web.Response:
        gateway = self.state.gateway
        start: dict[str, int] = {"total": 1000, "remaining": 1000, "reset_after": 0}
        start["max_concurrency"] = gateway.limits.max_concurrency
        return answer({"url": gateway.url, "shards": gateway.shards, "session_start_limit": start})

    def _scope(self, request: web.Request) -> str | None:
        if request.match_info["application_id"] != self.state.application.id:
            raise unknown("command")
        guild_id = request.match_info.get("guild_id")
        if guild_id is not None:
            self.guild_of(guild_id)
        return guild_id

    def _told(self) -> None:
        shown = list(self.state.registry.everywhere(self.state.world.guild_id))
        self.state.bus.publish("commands", lambda _: {"commands": shown})

    async def commands(self, request: web.Request) -> web.Response:
        return answer(self.state.registry.all(self._scope(request)))

    async def replace(self, request: web.Request) -> web.Response:
        made = self.state.registry.replace(self._scope(request), await body_of(request, list[Command]))
        self._told()
        return answer(made)

    async def create(self, request: web.Request) -> web.Response:
        made, new = self.state.registry.put(self._scope(request), await body_of(request, Command))
        self._told()
        return answer(made, 201 if new else 200)

    async def command(self, request: web.Request) -> web.Response:
        return answer(self.state.registry.get(self._scope(request), request.match_info["command_id"]))

    async def patch(self, request: web.Request) -> web.Response:
        command_id = request.match_info["command_id"]
        made = self.state.registry.patch(self._scope(request), command_id, await body_of(request, Command))
        self._told()
        return answer(made)

    async def delete(self, request: web.Request) -> web.Response:
        self.state.registry.delete(self._scope(request), request.match_info["command_id"])
        self._told()
        return empty()
