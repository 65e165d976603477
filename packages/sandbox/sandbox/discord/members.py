"""Users, members and roles, and how Discord writes them."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.discord.ids import iso


@dataclass(eq=False)
class User:
    """One account. `upload_limit` is what the account's own plan allows per file, in bytes; 0 is a free account."""

    id: str
    username: str
    global_name: str | None = None
    bot: bool = False
    locale: str = "en-US"
    accepts_dms: bool = True
    installed: bool = False
    """Whether the account has the application installed for itself, beside any guild."""
    upload_limit: int = 0

    def payload(self) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": self.id,
            "username": self.username,
            "avatar": None,
            "discriminator": "0",
            "public_flags": 0,
            "flags": 0,
            "global_name": self.global_name,
            "primary_guild": None,
            "avatar_decoration_data": None,
        }
        if self.bot:
            shown["bot"] = True
        return shown


@dataclass(eq=False)
class Member:
    """A user in a guild. `pings` counts the messages that notified them, edits never do."""

    user: User
    joined_ms: int
    roles: list[str] = field(default_factory=list)
    nick: str | None = None
    pings: int = 0
    guild_id: str = ""
    timed_out_until_ms: int = 0
    """Until then the member may look and read, and nothing else; by the sandbox's clock."""

    def time_out(self, seconds: float, now_ms: int) -> None:
        """Silence the member for so long; 0 ends it."""
        self.timed_out_until_ms = now_ms + int(seconds * 1000) if seconds else 0

    def timed_out(self, now_ms: int) -> bool:
        return now_ms < self.timed_out_until_ms

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def name(self) -> str:
        return self.user.username

    def partial(self) -> dict[str, Any]:
        """The member without its user, as messages and resolved data carry it."""
        return {
            "avatar": None,
            "avatar_decoration_data": None,
            "banner": None,
            "communication_disabled_until": iso(self.timed_out_until_ms) if self.timed_out_until_ms else None,
            "flags": 0,
            "joined_at": iso(self.joined_ms),
            "nick": self.nick,
            "pending": False,
            "premium_since": None,
            "roles": list(self.roles),
            "mute": False,
            "deaf": False,
        }

    def payload(self) -> dict[str, Any]:
        return self.partial() | {"user": self.user.payload()}


@dataclass(eq=False)
class Role:
    id: str
    name: str
    permissions: int
    position: int = 1
    managed_by: str | None = None
    """The bot whose own role this is."""

    def payload(self) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": self.id,
            "name": self.name,
            "permissions": str(self.permissions),
            "position": self.position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": self.managed_by is not None,
            "mentionable": False,
            "icon": None,
            "unicode_emoji": None,
            "flags": 0,
        }
        if self.managed_by:
            shown["tags"] = {"bot_id": self.managed_by}
        return shown
