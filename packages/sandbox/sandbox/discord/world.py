"""All guilds with their people and channels, the direct messages, and who sees and may do what where.

Built from the world's file. Who changes it tells the gateway and the page.
"""

from collections.abc import Iterator
from typing import Any

from sandbox.clock import Clock
from sandbox.discord import permissions as may
from sandbox.discord.application import Application
from sandbox.discord.channels import (
    DM,
    GROUP,
    GUILD_TYPES,
    KINDS,
    PRIVATE_THREAD,
    STAGE,
    TEXT,
    THREAD_TYPES,
    VOICE,
    Channel,
    Message,
    Tag,
)
from sandbox.discord.guild import UPLOAD_LIMITS, Guild
from sandbox.discord.ids import GUILD_ID, OWNER_ID, Snowflakes
from sandbox.discord.members import Member, Role, User
from sandbox.world_file import GuildPart, WorldFile

MOST_IN_DM = 2


class World:
    """Ids of members, roles and channels are new in each world; the first guild, its owner and the bot keep theirs."""

    def __init__(self, clock: Clock, ids: Snowflakes, application: Application, file: WorldFile) -> None:
        self.clock = clock
        self.ids = ids
        self.home = Guild(GUILD_ID, file.guilds[0].name, OWNER_ID)
        """The guild that a new world has. What names no guild means this one."""
        self.guilds: dict[str, Guild] = {GUILD_ID: self.home}
        self.users: dict[str, User] = {}
        """Every account, also of those who left."""
        self.channels: dict[str, Channel] = {}
        self.bot_user = self._known(User(application.id, application.name, bot=True))
        self.home.add_role(GUILD_ID, "@everyone", may.EVERYONE)
        self.owner = self._known(User(OWNER_ID, file.owner, global_name=file.owner.capitalize()))
        self._fill(self.home, file.guilds[0])
        self.bot_member = self.home.members[self.bot_user.id]
        """The bot as a viewer and an author; what it may do where is asked of `permissions`."""
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
            member = self.add_member(one.name, [roles[name] for name in one.roles], one.locale, guild)
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

    @property
    def guild_id(self) -> str:
        return self.home.id

    @property
    def members(self) -> dict[str, Member]:
        """Members of the first guild."""
        return self.home.members

    @property
    def roles(self) -> dict[str, Role]:
        """Roles of the first guild."""
        return self.home.roles

    def _known(self, user: User) -> User:
        self.users[user.id] = user
        return user

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

    def add_member(self, name: str, roles: list[str], locale: str = "en-US", guild: Guild | None = None) -> Member:
        """Someone joins a guild: who has an account of that name already, or a new one."""
        user = next((one for one in self.users.values() if one.username == name), None)
        user = user or self._known(User(self.ids.next(), name, global_name=name.capitalize(), locale=locale))
        return (guild or self.home).add_member(user, self.clock.now_ms(), roles)

    def people(self) -> Iterator[Member]:
        """Everyone once, as a member of the first guild that they are in."""
        seen: set[str] = set()
        for guild in self.guilds.values():
            for member in guild.members.values():
                if member.id not in seen:
                    seen.add(member.id)
                    yield member

    def person(self, user_id: str) -> Member | None:
        return next((one for one in self.people() if one.id == user_id), None)

    def people_in(self, channel: Channel) -> dict[str, Member]:
        """Who may be meant by a mention there: the guild's members, or those in the direct message."""
        if guild := self.guild_of(channel):
            return guild.members
        inside = (self.person(one) for one in channel.people)
        return {one.id: one for one in (*inside, self.bot_member) if one}

    def member_in(self, channel: Channel, user_id: str) -> Member | None:
        """The member of the channel's guild; None in a direct message, or where they are not in it."""
        guild = self.guild_of(channel)
        return guild.members.get(user_id) if guild else None

    def shares_guild(self, user_id: str) -> bool:
        """Whether the user is in any guild with the bot."""
        return any(user_id in guild.members and self.bot_user.id in guild.members for guild in self.guilds.values())

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

    def dm_of(self, user_id: str) -> Channel | None:
        """The bot's DM with that user, who may have left, if it was ever opened."""
        return next((one for one in self.channels.values() if one.recipient and one.recipient["id"] == user_id), None)

    def dm(self, user_id: str) -> Channel:
        """The bot's DM with that user, opened if need be."""
        if channel := self.dm_of(user_id):
            return channel
        user = self.users[user_id]
        channel = Channel(self.ids.next(), DM, user.username, recipient=user.payload())
        self.channels[channel.id] = channel
        return channel

    def add_group(self, name: str, people: list[Member]) -> Channel:
        """A direct message between two members, or a group of more; the bot is in neither."""
        users = [one.user.payload() for one in people]
        kind = DM if len(people) == MOST_IN_DM else GROUP
        channel = Channel(self.ids.next(), kind, name, group=users)
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

    def permissions(self, member: Member, channel: Channel) -> int:
        """A member's permissions in a channel, a thread (its parent's, as on Discord) or their DM."""
        guild = self.guild_of(channel)
        if guild is None:
            inside = member.id in channel.people or (channel.recipient is not None and member.id == self.bot_user.id)
            return may.IN_DM if inside else 0
        here = guild.members.get(member.id)
        if here is None:
            return 0
        granted = guild.in_channel(here, channel.parent or channel, self.clock.now_ms())
        if channel.type in {VOICE, STAGE} and not granted & may.CONNECT:
            return granted & may.VIEW_CHANNEL
        if channel.type == PRIVATE_THREAD and channel.thread:
            inside = member.id in channel.thread.members or granted & may.MANAGE_THREADS
            return granted if inside else 0
        return granted

    def sees_channel(self, member: Member, channel: Channel) -> bool:
        return bool(self.permissions(member, channel) & may.VIEW_CHANNEL)

    def sees(self, member: Member, message: Message) -> bool:
        if message.ephemeral_to is not None:
            return message.ephemeral_to == member.id
        return self.sees_channel(member, message.channel)

    def bot_hears(self, guild_id: str) -> bool:
        """Whether events of that guild go to the bot: it is in it, and there is no outage."""
        guild = self.guilds.get(guild_id)
        return guild is not None and guild.available and self.bot_user.id in guild.members

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

    def upload_limit(self, channel: Channel | None, member: Member | None = None) -> int:
        """Bytes per file: the guild's tier or the member's own plan, whichever is more."""
        guild = self.home if channel is None else self.guild_of(channel)
        tier = guild.upload_limit if guild else UPLOAD_LIMITS[0]
        return max(tier, member.user.upload_limit if member else 0)

    def guild_create(self, guild: Guild, *, all_members: bool) -> dict[str, Any]:
        """The GUILD_CREATE event: without the members intent only the bot itself is in `members`."""
        bot = guild.members[self.bot_user.id]
        own = [one for one in self.channels.values() if one.guild_id == guild.id and one.type in THREAD_TYPES]
        threads = [self.refresh_thread(one) for one in own if self.sees_channel(bot, one)]
        active = [one for one in threads if one.thread and not one.thread.archived]
        return guild.created(bot, guild.members.values() if all_members else [bot], self.channels_of(guild), active)
