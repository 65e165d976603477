"""Control routes over guilds and what the bot is in them: invited, removed, timed out, cut off by an outage; and its shards."""

from typing import Annotated, Any

from aiohttp import web

from sandbox.control.asked import NONE, Asked, Bits, Flag, Locale, Names, Title, number, one_of, whole
from sandbox.control.base import ControlRoutes, answer, body_of
from sandbox.control.members import LONGEST_TIMEOUT_SECONDS
from sandbox.discord import session as intents
from sandbox.discord.guild import LOCALE, Guild
from sandbox.discord.member_actions import Refused

MAX_GUILDS, MAX_SHARDS, MAX_CONCURRENCY = 100, 64, 64


_Tier = Annotated[int, one_of(0, 1, 2, 3)]


class _NewGuild(Asked):
    name: Title
    members: Names = NONE
    channels: Names = NONE
    bot: Flag = True
    premium_tier: _Tier = 0
    preferred_locale: Locale = LOCALE


class _GuildChange(Asked):
    premium_tier: _Tier | None = None
    preferred_locale: Locale | None = None
    bot_permissions: Bits | None = None
    bot: Flag | None = None
    bot_timed_out_seconds: Annotated[float, number(high=LONGEST_TIMEOUT_SECONDS)] | None = None
    available: Flag | None = None


class _FirstGuildChange(_GuildChange):
    privileged_intents: Names | None = None


class _GatewayChange(Asked):
    shards: Annotated[int, whole(1, MAX_SHARDS)] | None = None
    max_concurrency: Annotated[int, whole(1, MAX_CONCURRENCY)] | None = None
    required_shards: Annotated[int, whole(1, MAX_SHARDS)] | None = None


class GuildRoutes(ControlRoutes):
    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/guilds", self.add),
            web.patch("/guilds/{id}", self.change),
            web.patch("/guild", self.change_first),
            web.post("/gateway", self.gateway),
        ]

    async def add(self, request: web.Request) -> web.Response:
        body = await body_of(request, _NewGuild)
        world, name = self.state.world, body.name
        if any(one.name == name for one in world.guilds.values()):
            raise Refused(f"there is a guild {name!r} already", 409)
        if len(world.guilds) >= MAX_GUILDS:
            raise Refused(f"the sandbox holds {MAX_GUILDS} guilds at most")
        guild = world.add_guild(name)
        guild.premium_tier, guild.preferred_locale = body.premium_tier, body.preferred_locale
        for one in body.members:
            world.accounts.add_member(one, [], guild=guild)
        for one in body.channels or ["general"]:
            world.add_channel(one, guild=guild)
        if body.bot:
            self._invite(guild)
        self._told(guild)
        return answer(self._view(guild))

    async def change(self, request: web.Request) -> web.Response:
        guild = self.guild(request.match_info["id"])
        self._change(guild, await body_of(request, _GuildChange))
        return answer(self._view(guild))

    async def change_first(self, request: web.Request) -> web.Response:
        """The first guild, and with it what the whole application is granted."""
        body = await body_of(request, _FirstGuildChange)
        names = body.privileged_intents or []
        if strange := sorted(set(names) - set(intents.PRIVILEGED)):
            raise Refused(f"{strange[0]!r} is no privileged intent; there are: {', '.join(intents.PRIVILEGED)}")
        self._change(self.state.world.home, body)
        if body.privileged_intents is not None:
            self.state.gateway.privileged = sum(intents.PRIVILEGED[one] for one in set(names))
        return answer(self.state.world.home.payload())

    def _change(self, guild: Guild, body: _GuildChange) -> None:
        tier = guild.premium_tier if body.premium_tier is None else body.premium_tier
        locale = body.preferred_locale or guild.preferred_locale
        wanted, timeout, invited = body.bot_permissions, body.bot_timed_out_seconds, body.bot
        available = guild.available if body.available is None else body.available
        bot = guild.members.get(self.state.world.bot_user.id)
        if bot is None and not invited and (wanted is not None or timeout is not None):
            raise Refused(f'the bot is not in {guild.name}; invite it with "bot": true', 409)
        if (tier, locale) != (guild.premium_tier, guild.preferred_locale) or body.premium_tier is not None:
            guild.premium_tier, guild.preferred_locale = tier, locale
            self._dispatch(guild, "GUILD_UPDATE", guild.payload())
        if invited is False and bot:
            guild.remove_bot(self.state.world.bot_user)
            self.state.gateway.guild_left(guild)
        if invited and bot is None:
            self._invite(guild)
        if available != guild.available:
            guild.available = available
            self.state.gateway.guild_came(guild)
        if wanted is not None:
            self._permit(guild, wanted)
        if timeout is not None:
            member = guild.members[self.state.world.bot_user.id]
            member.time_out(timeout, self.state.clock.now_ms())
            # A bot hears of changes to itself without the members intent.
            self._dispatch(guild, "GUILD_MEMBER_UPDATE", member.payload() | {"guild_id": guild.id}, intents.GUILDS)
        self._told(guild)

    def _invite(self, guild: Guild) -> None:
        world = self.state.world
        guild.add_bot(world.bot_user, self.state.clock.now_ms(), self.state.ids.next())
        self.state.gateway.guild_came(guild)

    def _permit(self, guild: Guild, wanted: int) -> None:
        self.state.world.set_bot_permissions(wanted, guild)
        if guild.bot_role:
            self._dispatch(guild, "GUILD_ROLE_UPDATE", {"guild_id": guild.id, "role": guild.bot_role.payload()})
        for channel in self.state.world.channels_of(guild):
            self.state.tell_channel("CHANNEL_UPDATE", channel)

    def _view(self, guild: Guild) -> dict[str, Any]:
        channels = [self.state.channel_view(one) for one in self.state.world.channels_of(guild)]
        members = [self.member_view(one) for one in guild.members.values()]
        return self.guild_view(guild) | {"channels": channels, "members": members}

    def _told(self, guild: Guild) -> None:
        self.state.bus.publish("guild", lambda _: self.guild_view(guild), lambda one: one.id in guild.members)

    def _dispatch(self, guild: Guild, event: str, data: dict[str, Any], intent: int = intents.GUILDS) -> None:
        self.state.gateway.dispatch(event, data, guild_id=guild.id, intent=intent)

    async def gateway(self, request: web.Request) -> web.Response:
        """What `/gateway/bot` says of shards, and with how few of them Discord still takes a session."""
        body = await body_of(request, _GatewayChange)
        gateway = self.state.gateway
        shards, required = body.shards or gateway.shards, body.required_shards or gateway.required_shards
        at_once = body.max_concurrency or gateway.limits.max_concurrency
        gateway.shards, gateway.limits.max_concurrency, gateway.required_shards = shards, at_once, required
        return answer({"shards": shards, "max_concurrency": at_once, "required_shards": required})
