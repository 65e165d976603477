"""REST routes that tell the bot who it is: its user, its application, its guilds, the gateway's address."""

from typing import Any

from aiohttp import web

from sandbox.discord.errors import unknown
from sandbox.discord.guild import Guild
from sandbox.discord.rest.queries import flag, limit_of, whole
from sandbox.discord.rest.web import Routes, answer

DEFAULT_SOUNDS = (("quack", "🦆"), ("airhorn", "📢"), ("cricket", "🦗"), ("golf clap", "👏"), ("sad horn", "🎺"))


class IdentityRoutes(Routes):
    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/users/@me", self.me),
            web.get("/users/@me/guilds", self.guilds),
            web.get("/users/{user_id}", self.user),
            web.get("/applications/@me", self.application),
            web.get("/oauth2/applications/@me", self.application),
            web.get("/gateway", self.gateway),
            web.get("/soundboard-default-sounds", self.sounds),
            web.get("/gateway/bot", self.gateway_bot),
        ]

    async def me(self, _: web.Request) -> web.Response:
        user = self.state.world.bot_user.payload()
        return answer(user | {"mfa_enabled": True, "locale": "en-US", "verified": True, "email": None})

    async def user(self, request: web.Request) -> web.Response:
        user = self.state.world.accounts.users.get(request.match_info["user_id"])
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
            "approximate_user_install_count": sum(one.installed for one in self.state.world.accounts.users.values()),
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
