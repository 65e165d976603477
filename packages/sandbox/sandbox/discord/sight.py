"""Which channels and messages a member sees, and what they may do there, in guilds and direct messages.

`world.py` holds one.
"""

from sandbox.clock import Clock
from sandbox.discord import permissions as may
from sandbox.discord.channels import PRIVATE_THREAD, STAGE, VOICE, Channel, Message
from sandbox.discord.guild import UPLOAD_LIMITS, Guild
from sandbox.discord.members import Member


class Sight:
    def __init__(self, clock: Clock, guilds: dict[str, Guild], home: Guild, bot_id: str) -> None:
        """`guilds` is the world's own, as it changes; `home` what a question without a channel is about."""
        self._clock = clock
        self._guilds = guilds
        self._home = home
        self._bot_id = bot_id

    def permissions(self, member: Member, channel: Channel) -> int:
        """A member's permissions in a channel, a thread (its parent's, as on Discord) or their DM."""
        guild = self._guilds.get(channel.guild_id or "")
        if guild is None:
            inside = member.id in channel.people or (channel.recipient is not None and member.id == self._bot_id)
            return may.IN_DM if inside else 0
        here = guild.members.get(member.id)
        if here is None:
            return 0
        granted = guild.in_channel(here, channel.parent or channel, self._clock.now_ms())
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
        guild = self._guilds.get(guild_id)
        return guild is not None and guild.available and self._bot_id in guild.members

    def upload_limit(self, channel: Channel | None, member: Member | None = None) -> int:
        """Bytes per file: the guild's tier or the member's own plan, whichever is more."""
        guild = self._home if channel is None else self._guilds.get(channel.guild_id or "")
        tier = guild.upload_limit if guild else UPLOAD_LIMITS[0]
        return max(tier, member.user.upload_limit if member else 0)
