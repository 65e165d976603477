"""The one guild with its people and places, and who sees and may do what in it.

It holds state and answers questions. It sends nothing: whoever changes it tells the gateway and the page.
"""

from typing import Any

from sandbox.clock import Clock
from sandbox.discord import permissions as may
from sandbox.discord.ids import APPLICATION_ID, GUILD_ID, OWNER_ID, Snowflakes, iso
from sandbox.discord.people import Member, Role, User
from sandbox.discord.places import DM, GUILD_TYPES, PRIVATE_THREAD, STAGE, TEXT, THREAD_TYPES, VOICE, Channel, Message

MIB = 1024 * 1024
UPLOAD_LIMITS = (10 * MIB, 10 * MIB, 50 * MIB, 100 * MIB)  # by the guild's boost tier
GUILD_NAME = "Happy Horse Studio"


class World:
    """Ids of members, roles and channels are new in each world; the guild and the bot keep theirs."""

    def __init__(self, clock: Clock, ids: Snowflakes) -> None:
        self.clock = clock
        self.ids = ids
        self.guild_id = GUILD_ID
        self.premium_tier = 0
        self._bot_overwrite: dict[str, Any] | None = None
        self.bot_user = User(APPLICATION_ID, "Happy Horse", bot=True)
        self.roles: dict[str, Role] = {GUILD_ID: Role(GUILD_ID, "@everyone", may.EVERYONE, position=0)}
        self.members: dict[str, Member] = {}
        self.channels: dict[str, Channel] = {}
        moderator = self.add_role("Moderator", may.MODERATOR)
        self.add_role("Supporter", 0)
        self.bot_role = self.add_role("Happy Horse", may.TEXT_BASICS)
        self.bot_role.managed_by = APPLICATION_ID
        self.bot_member = Member(self.bot_user, clock.now_ms(), [self.bot_role.id])
        self.members[APPLICATION_ID] = self.bot_member
        for name in ("alice", "bob"):
            self.add_member(name, [])
        self.add_member("mod", [moderator.id])
        for name in ("clips", "showcase"):
            self.add_channel(name)

    def add_role(self, name: str, permissions: int) -> Role:
        role = Role(self.ids.next(), name, permissions, position=len(self.roles))
        self.roles[role.id] = role
        return role

    def add_member(self, name: str, roles: list[str], locale: str = "en-US") -> Member:
        user = User(self.ids.next(), name, global_name=name.capitalize(), locale=locale)
        member = Member(user, self.clock.now_ms(), roles)
        self.members[user.id] = member
        return member

    def add_channel(
        self, name: str, kind: int = TEXT, *, nsfw: bool = False, overwrites: list[dict[str, Any]] | None = None
    ) -> Channel:
        channel = Channel(
            self.ids.next(), kind, name, self.guild_id, nsfw=nsfw, overwrites=overwrites or [], position=len(self.channels)
        )
        channel.bot_overwrite = self._bot_overwrite
        self.channels[channel.id] = channel
        return channel

    def dm_of(self, user_id: str) -> Channel | None:
        """The bot's DM with that user, who may have left, if it was ever opened."""
        return next((one for one in self.channels.values() if one.recipient and one.recipient["id"] == user_id), None)

    def dm(self, user_id: str) -> Channel:
        """The bot's DM with that member, opened if need be."""
        if channel := self.dm_of(user_id):
            return channel
        user = self.members[user_id].user
        channel = Channel(self.ids.next(), DM, user.username, recipient=user.payload())
        self.channels[channel.id] = channel
        return channel

    def set_bot_permissions(self, wanted: int) -> None:
        """Leave the bot exactly these in every channel of the guild, whatever overwrites the channels have or get."""
        self.bot_role.permissions = wanted
        # A member's own overwrite is applied last, by us and by a bot that computes its permissions itself.
        denied = may.ALL & ~wanted
        self._bot_overwrite = {"id": APPLICATION_ID, "type": 1, "allow": str(wanted), "deny": str(denied)}
        for channel in self.channels.values():
            if channel.type in GUILD_TYPES:
                channel.bot_overwrite = self._bot_overwrite

    def guild_permissions(self, member: Member) -> int:
        return may.in_guild(
            self.roles[self.guild_id].permissions,
            (self.roles[role].permissions for role in member.roles if role in self.roles),
        )

    def permissions(self, member: Member, channel: Channel) -> int:
        """A member's permissions in a channel, a thread (its parent's, as on Discord) or their DM."""
        if channel.type == DM:
            mine = channel.recipient is not None and channel.recipient["id"] == member.id
            return may.IN_DM if mine or member is self.bot_member else 0
        place = channel.parent or channel
        granted = may.in_channel(
            self.guild_permissions(member),
            place.overwrites_in_force,
            guild_id=self.guild_id,
            role_ids=member.roles,
            user_id=member.id,
        )
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
        tier = UPLOAD_LIMITS[self.premium_tier] if channel is None or channel.guild_id else UPLOAD_LIMITS[0]
        return max(tier, member.user.upload_limit if member else 0)

    def guild_payload(self) -> dict[str, Any]:
        return {
            "id": self.guild_id,
            "name": GUILD_NAME,
            "owner_id": OWNER_ID,
            "region": "us-west",
            "afk_timeout": 300,
            "system_channel_flags": 0,
            "widget_enabled": False,
            "verification_level": 0,
            "roles": [role.payload() for role in self.roles.values()],
            "default_message_notifications": 1,
            "mfa_level": 0,
            "explicit_content_filter": 0,
            "max_members": 500000,
            "max_stage_video_channel_users": 50,
            "max_video_channel_users": 25,
            "premium_tier": self.premium_tier,
            "premium_subscription_count": 0,
            "preferred_locale": "en-US",
            "premium_progress_bar_enabled": False,
            "nsfw": False,
            "nsfw_level": 0,
            "features": [],
            "emojis": [],
            "stickers": [],
        } | dict.fromkeys(_GUILD_NULLS)

    def guild_create(self, *, all_members: bool) -> dict[str, Any]:
        """The GUILD_CREATE event: without the members intent only the bot itself is in `members`."""
        seen = [c for c in self.channels.values() if c.guild_id and self.sees_channel(self.bot_member, c)]
        members = self.members.values() if all_members else [self.bot_member]
        return self.guild_payload() | {
            "joined_at": iso(self.bot_member.joined_ms),
            "large": False,
            "unavailable": False,
            "member_count": len(self.members),
            "voice_states": [],
            "members": [member.payload() for member in members],
            "channels": [channel.payload() for channel in self.channels.values() if channel.type in GUILD_TYPES],
            "threads": [
                self.refresh_thread(c).payload() for c in seen if c.type in THREAD_TYPES and c.thread and not c.thread.archived
            ],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }


_GUILD_NULLS = (
    "icon",
    "description",
    "home_header",
    "splash",
    "discovery_splash",
    "banner",
    "application_id",
    "afk_channel_id",
    "system_channel_id",
    "widget_channel_id",
    "max_presences",
    "vanity_url_code",
    "rules_channel_id",
    "safety_alerts_channel_id",
    "public_updates_channel_id",
    "incidents_data",
)
