"""The world of this Discord: all guilds and channels; its accounts, direct messages and who sees what are parts of it.

Built from the world's file. Whoever changes it must tell the gateway and the page.
"""

from typing import Any

from sandbox.clock import Clock
from sandbox.discord import permissions as may
from sandbox.discord.accounts import Accounts
from sandbox.discord.application import Application
from sandbox.discord.channels import (
    GUILD_TYPES,
    KINDS,
    TEXT,
    THREAD_TYPES,
    Channel,
    Message,
    Tag,
)
from sandbox.discord.direct import DirectMessages
from sandbox.discord.guild import Guild
from sandbox.discord.ids import GUILD_ID, OWNER_ID, Snowflakes
from sandbox.discord.members import Role, User
from sandbox.discord.sight import Sight
from sandbox.world_file import GuildPart, WorldFile


class World:
    """Ids of members, roles and channels are new in each world; the first guild, its owner and the bot keep theirs."""

    def __init__(self, clock: Clock, ids: Snowflakes, application: Application, file: WorldFile) -> None:
        self.clock = clock
        self.ids = ids
        self.home = Guild(GUILD_ID, file.guilds[0].name, OWNER_ID)
        """The first guild of the world's file. What names no guild means this one."""
        self.guilds: dict[str, Guild] = {GUILD_ID: self.home}
        self.channels: dict[str, Channel] = {}
        self.accounts = Accounts(clock, ids, self.guilds, self.home)
        self.direct = DirectMessages(ids, self.channels, self.accounts.users)
        self.sight = Sight(clock, self.guilds, self.home, application.id)
        self.bot_user = self.accounts.add(User(application.id, application.name, bot=True))
        self.home.add_role(GUILD_ID, "@everyone", may.EVERYONE)
        self.owner = self.accounts.add(User(OWNER_ID, file.owner, global_name=file.owner.capitalize()))
        self._fill(self.home, file.guilds[0])
        self.bot_member = self.home.members[self.bot_user.id]
        """The bot as a viewer and an author; what it may do where is asked of `sight`."""
        self.accounts.bot = self.bot_member
        for part in file.guilds[1:]:
            guild = Guild(ids.next(), part.name, OWNER_ID)
            guild.add_role(guild.id, "@everyone", may.EVERYONE)
            self.guilds[guild.id] = guild
            self._fill(guild, part)

    def _fill(self, guild: Guild, part: GuildPart) -> None:
        """Roles, people and channels of a new guild, as the file has them."""
        guild.premium_tier, guild.preferred_locale = part.premium_tier, part.preferred_locale
        for role in part.roles:
            if role.name == "@everyone":
                guild.roles[guild.id].permissions = role.bits
            else:
                self.add_role(role.name, role.bits, guild)
        if part.bot:
            guild.add_bot(self.bot_user, self.clock.now_ms(), self.ids.next())
        guild.add_member(self.owner, self.clock.now_ms(), [])
        roles = {role.name: role.id for role in guild.roles.values()}
        for one in part.members:
            member = self.accounts.add_member(one.name, [roles[name] for name in one.roles], one.locale, guild)
            member.user.global_name = one.display_name or member.user.global_name
        named = roles | {one.name: one.id for one in guild.members.values()} | {"bot": self.bot_user.id}
        categories: dict[str | None, Channel] = {}
        for one in part.channels:
            overwrites = [
                {"id": named[over.id], "type": int(over.id not in roles), "allow": str(over.allow), "deny": str(over.deny)}
                for over in one.overwrites
            ]
            channel = self.add_channel(one.name, KINDS[one.type], nsfw=one.nsfw, overwrites=overwrites, guild=guild)
            channel.topic, channel.category = one.topic, categories.get(one.category)
            channel.tags = [Tag(self.ids.next(), name) for name in one.tags]
            if one.type == "category":
                categories[one.name] = channel

    def first_channel(self) -> Channel:
        """The first text channel of the first guild: where a member is who names no other."""
        return next(one for one in self.channels_of(self.home) if one.type == TEXT)

    def add_guild(self, name: str) -> Guild:
        guild_id = self.ids.next()
        guild = Guild(guild_id, name, OWNER_ID)
        guild.add_role(guild_id, "@everyone", may.EVERYONE)
        guild.add_member(self.owner, self.clock.now_ms(), [])
        self.guilds[guild_id] = guild
        return guild

    def guild_of(self, channel: Channel) -> Guild | None:
        return self.guilds.get(channel.guild_id or "")

    def add_role(self, name: str, permissions: int, guild: Guild | None = None) -> Role:
        return (guild or self.home).add_role(self.ids.next(), name, permissions)

    def add_channel(
        self,
        name: str,
        kind: int = TEXT,
        *,
        nsfw: bool = False,
        overwrites: list[dict[str, Any]] | None = None,
        guild: Guild | None = None,
    ) -> Channel:
        guild = guild or self.home
        place = sum(one.guild_id == guild.id for one in self.channels.values())
        channel = Channel(self.ids.next(), kind, name, guild.id, nsfw=nsfw, overwrites=overwrites or [], position=place)
        channel.bot_overwrite = guild.bot_overwrite
        self.channels[channel.id] = channel
        return channel

    def set_bot_permissions(self, wanted: int, guild: Guild | None = None) -> None:
        """Leave the bot exactly these in every channel of the guild, whatever overwrites the channels have or get."""
        guild = guild or self.home
        if guild.bot_role:
            guild.bot_role.permissions = wanted
        # A member's own overwrite is applied last, by us and by a bot that computes its permissions itself.
        denied = may.ALL & ~wanted
        guild.bot_overwrite = {"id": self.bot_user.id, "type": 1, "allow": str(wanted), "deny": str(denied)}
        for channel in self.channels_of(guild):
            channel.bot_overwrite = guild.bot_overwrite

    def channels_of(self, guild: Guild) -> list[Channel]:
        """The guild's channels, without threads."""
        return [one for one in self.channels.values() if one.guild_id == guild.id and one.type in GUILD_TYPES]

    def find_message(self, message_id: str) -> Message | None:
        for channel in self.channels.values():
            if message := channel.messages.get(message_id):
                return message
        return None

    def refresh_thread(self, channel: Channel) -> Channel:
        """Archive a thread whose quiet time has passed by the sandbox's clock."""
        thread = channel.thread
        if thread and not thread.archived:
            due = thread.active_ms + thread.auto_archive_minutes * 60_000
            if self.clock.now_ms() >= due:
                thread.archived, thread.archive_ms = True, due
        return channel

    def guild_create(self, guild: Guild, *, all_members: bool) -> dict[str, Any]:
        """The GUILD_CREATE event: without the members intent only the bot itself is in `members`."""
        bot = guild.members[self.bot_user.id]
        own = [one for one in self.channels.values() if one.guild_id == guild.id and one.type in THREAD_TYPES]
        threads = [self.refresh_thread(one) for one in own if self.sight.sees_channel(bot, one)]
        active = [one for one in threads if one.thread and not one.thread.archived]
        return guild.created(bot, guild.members.values() if all_members else [bot], self.channels_of(guild), active)
