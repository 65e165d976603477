"""Every account of a world, and who of them is a member of which guild. `world.py` holds one."""

from collections.abc import Iterator

from sandbox.clock import Clock
from sandbox.discord.channels import Channel
from sandbox.discord.guild import Guild
from sandbox.discord.ids import Snowflakes
from sandbox.discord.members import Member, User


class Accounts:
    def __init__(self, clock: Clock, ids: Snowflakes, guilds: dict[str, Guild], home: Guild) -> None:
        """`guilds` is the world's own, as it changes; `home` the one that is joined where none is named."""
        self._clock = clock
        self._ids = ids
        self._guilds = guilds
        self._home = home
        self.users: dict[str, User] = {}
        """Users by id, also those who left."""
        self.bot: Member | None = None
        """The bot, once it is a member of the first guild."""

    def add(self, user: User) -> User:
        self.users[user.id] = user
        return user

    def add_member(self, name: str, roles: list[str], locale: str = "en-US", guild: Guild | None = None) -> Member:
        """Someone joins a guild: the account of that name if there is one, else a new account."""
        user = next((one for one in self.users.values() if one.username == name), None)
        user = user or self.add(User(self._ids.next(), name, global_name=name.capitalize(), locale=locale))
        return (guild or self._home).add_member(user, self._clock.now_ms(), roles)

    def people(self) -> Iterator[Member]:
        """Everyone once, as a member of the first guild that they are in."""
        seen: set[str] = set()
        for guild in self._guilds.values():
            for member in guild.members.values():
                if member.id not in seen:
                    seen.add(member.id)
                    yield member

    def person(self, user_id: str) -> Member | None:
        return next((one for one in self.people() if one.id == user_id), None)

    def people_in(self, channel: Channel) -> dict[str, Member]:
        """Who may be meant by a mention there: the guild's members, or those in the direct message."""
        if guild := self._guilds.get(channel.guild_id or ""):
            return guild.members
        inside = (self.person(one) for one in channel.people)
        return {one.id: one for one in (*inside, self.bot) if one}

    def member_in(self, channel: Channel, user_id: str) -> Member | None:
        """The member of the channel's guild; None in a direct message, or where they are not in it."""
        guild = self._guilds.get(channel.guild_id or "")
        return guild.members.get(user_id) if guild else None

    def shares_guild(self, user_id: str) -> bool:
        """Whether the user is in any guild with the bot."""
        return any(user_id in guild.members and self.bot and self.bot.id in guild.members for guild in self._guilds.values())
