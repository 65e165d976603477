"""One guild: its members and roles, what each may do in it, and how Discord writes it. `world.py` holds guilds and channels.

Whoever changes one must tell the gateway and the page.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sandbox.discord import permissions as may
from sandbox.discord.channels import Channel
from sandbox.discord.ids import iso
from sandbox.discord.members import Member, Role, User

MIB = 1024 * 1024
UPLOAD_LIMITS = (10 * MIB, 10 * MIB, 50 * MIB, 100 * MIB)  # by the guild's boost tier
LOCALE = "en-US"
TIMED_OUT = may.VIEW_CHANNEL | may.READ_MESSAGE_HISTORY
"""What a member who is timed out keeps; administrators and the owner keep all."""


@dataclass(eq=False)
class Guild:
    id: str
    name: str
    owner_id: str
    premium_tier: int = 0
    preferred_locale: str = LOCALE
    members: dict[str, Member] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    available: bool = True
    """False in an outage: the bot is told, and hears nothing of the guild until it is over."""
    bot_role: Role | None = None
    bot_overwrite: dict[str, Any] | None = None
    """Stands in for the bot's own overwrite in every channel."""

    @property
    def upload_limit(self) -> int:
        return UPLOAD_LIMITS[self.premium_tier]

    def add_role(self, role_id: str, name: str, permissions: int) -> Role:
        role = Role(role_id, name, permissions, position=len(self.roles))
        self.roles[role.id] = role
        return role

    def add_member(self, user: User, joined_ms: int, roles: list[str]) -> Member:
        member = Member(user, joined_ms, roles, guild_id=self.id)
        self.members[user.id] = member
        return member

    def add_bot(self, user: User, joined_ms: int, role_id: str) -> Member:
        """The bot joins, with the role that Discord makes for it."""
        self.bot_role = self.add_role(role_id, user.username, may.TEXT_BASICS)
        self.bot_role.managed_by = user.id
        return self.add_member(user, joined_ms, [self.bot_role.id])

    def remove_bot(self, user: User) -> None:
        """The bot leaves, and its role with it."""
        self.members.pop(user.id, None)
        if self.bot_role:
            self.roles.pop(self.bot_role.id, None)
        self.bot_role = self.bot_overwrite = None

    def permissions(self, member: Member, now_ms: int) -> int:
        """What the member may do before the overwrites of any channel are applied."""
        if member.id == self.owner_id:
            return may.ALL
        granted = may.in_guild(
            self.roles[self.id].permissions, (self.roles[role].permissions for role in member.roles if role in self.roles)
        )
        if member.timed_out(now_ms) and not granted & may.ADMINISTRATOR:
            return granted & TIMED_OUT
        return granted

    def in_channel(self, member: Member, place: Channel, now_ms: int) -> int:
        """What the member may do in a channel of this guild, threads aside."""
        granted = may.in_channel(
            self.permissions(member, now_ms),
            place.overwrites_in_force,
            guild_id=self.id,
            role_ids=member.roles,
            user_id=member.id,
        )
        timed_out = member.timed_out(now_ms) and granted != may.ALL
        return granted & TIMED_OUT if timed_out else granted

    def partial(self) -> dict[str, Any]:
        """The guild as an interaction names it."""
        return {"id": self.id, "locale": self.preferred_locale, "features": []}

    def counts(self) -> dict[str, int]:
        """What `with_counts` adds; everybody here is online."""
        count = len(self.members)
        return {"approximate_member_count": count, "approximate_presence_count": count}

    def payload(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "owner_id": self.owner_id,
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
            "preferred_locale": self.preferred_locale,
            "premium_progress_bar_enabled": False,
            "nsfw": False,
            "nsfw_level": 0,
            "features": [],
            "emojis": [],
            "stickers": [],
        } | dict.fromkeys(_NULLS)

    def created(
        self, bot: Member, members: Iterable[Member], channels: list[Channel], threads: list[Channel]
    ) -> dict[str, Any]:
        """The GUILD_CREATE event, with these members, channels and active threads."""
        return self.payload() | {
            "joined_at": iso(bot.joined_ms),
            "large": False,
            "unavailable": False,
            "member_count": len(self.members),
            "voice_states": [],
            "members": [member.payload() for member in members],
            "channels": [channel.payload() for channel in channels],
            "threads": [thread.payload() for thread in threads],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }


_NULLS = (
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
