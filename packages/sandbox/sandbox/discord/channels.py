"""Channels of every kind, threads and DMs, the messages in them, and how Discord writes them. `world.py` holds them."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.discord.ids import created_ms, iso

TEXT, DM, VOICE, GROUP, CATEGORY, ANNOUNCEMENT = 0, 1, 2, 3, 4, 5
ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD, STAGE, FORUM, MEDIA = 10, 11, 12, 13, 15, 16
KINDS = {"text": TEXT, "voice": VOICE, "category": CATEGORY, "announcement": ANNOUNCEMENT, "stage": STAGE, "forum": FORUM}
KINDS["media"] = MEDIA
"""Types of a guild's channels, as a world's file names them."""
THREAD_TYPES = (ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD)
GUILD_TYPES = (TEXT, VOICE, CATEGORY, ANNOUNCEMENT, STAGE, FORUM, MEDIA)
"""Channels of a guild that are no threads."""
POSTS_ONLY = (FORUM, MEDIA)
"""Here all messages stand in posts, which are threads with a first message."""
THREADS_ON_MESSAGES = {TEXT: PUBLIC_THREAD, ANNOUNCEMENT: ANNOUNCEMENT_THREAD}
"""The type of a thread opened on a message, by the type of the channel; in other channels none can be opened."""
THREADS_ALONE = {TEXT: (PUBLIC_THREAD, PRIVATE_THREAD), ANNOUNCEMENT: (ANNOUNCEMENT_THREAD,)}
REQUIRE_TAG = 1 << 4
STARTER = 21
"""The type of a thread's first message, which stands for the channel's message that the thread was opened on."""


@dataclass(eq=False)
class Message:
    """`data` is Discord's own message object, kept as it is answered; the rest is what it does not tell."""

    data: dict[str, Any]
    channel: "Channel"
    ephemeral_to: str | None = None
    interaction: str | None = None
    """The interaction that this message answers or follows."""
    signed_ms: int = 0
    reactors: dict[str, list[str]] = field(default_factory=dict)
    """User ids by the emoji that they reacted with."""
    files: list[str] = field(default_factory=list)
    """Ids of all its files, oldest first."""
    offered: set[str] = field(default_factory=set)
    """Every custom id that its components ever had."""
    named: dict[str, set[str]] = field(default_factory=dict)
    """Ids of the files that its "components" and its "embeds" name; `data["attachments"]` holds the others alone."""

    @property
    def id(self) -> str:
        return self.data["id"]

    @property
    def author_id(self) -> str:
        return self.data["author"]["id"]


@dataclass(eq=False)
class Tag:
    """A mark for posts. Only members who manage threads may set a moderated one."""

    id: str
    name: str
    moderated: bool = False
    emoji: str | None = None

    def payload(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "moderated": self.moderated, "emoji_id": None, "emoji_name": self.emoji}


@dataclass(eq=False)
class Thread:
    """The additional fields of a channel that is a thread."""

    owner_id: str
    auto_archive_minutes: int
    archived: bool = False
    locked: bool = False
    archive_ms: int = 0
    active_ms: int = 0
    invitable: bool = True
    members: dict[str, int] = field(default_factory=dict)
    """By user id, the time at which they joined."""
    total_sent: int = 0
    tags: list[str] = field(default_factory=list)
    """Ids of the tags that are set on a post."""


@dataclass(eq=False)
class Channel:
    id: str
    type: int
    name: str
    guild_id: str | None = None
    parent: "Channel | None" = None
    position: int = 0
    nsfw: bool = False
    overwrites: list[dict[str, Any]] = field(default_factory=list)
    bot_overwrite: dict[str, Any] | None = None
    """What the bot may do here whatever else is set; it stands in for the bot's own overwrite."""
    recipient: dict[str, Any] | None = None
    """The other user of the bot's own DM, as Discord writes users."""
    group: list[dict[str, Any]] = field(default_factory=list)
    """The users of a direct message or a group that the bot is not in."""
    thread: Thread | None = None
    messages: dict[str, Message] = field(default_factory=dict)
    """Oldest first, ephemerals included."""
    pins: list[str] = field(default_factory=list)
    rate_limit_per_user: int = 0
    topic: str | None = None
    category: "Channel | None" = None
    tags: list[Tag] = field(default_factory=list)
    """What posts of a forum or media channel can be marked with."""
    require_tag: bool = False
    last_post: str | None = None

    @property
    def people(self) -> list[str]:
        """User ids of those in a direct message, the bot aside."""
        return [self.recipient["id"]] if self.recipient else [user["id"] for user in self.group]

    @property
    def takes_messages(self) -> bool:
        return self.type not in {CATEGORY, *POSTS_ONLY}

    @property
    def archived(self) -> bool:
        return self.thread is not None and self.thread.archived

    @property
    def locked(self) -> bool:
        return self.thread is not None and self.thread.locked

    @property
    def is_nsfw(self) -> bool:
        return self.parent.nsfw if self.parent else self.nsfw

    @property
    def overwrites_in_force(self) -> list[dict[str, Any]]:
        if self.bot_overwrite is None:
            return self.overwrites
        return [one for one in self.overwrites if one["id"] != self.bot_overwrite["id"]] + [self.bot_overwrite]

    @property
    def last_message_id(self) -> str | None:
        return next(reversed(self.messages), None)

    def payload(self) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": self.id,
            "type": self.type,
            "flags": REQUIRE_TAG if self.require_tag else 0,
            "last_message_id": self.last_post if self.type in POSTS_ONLY else self.last_message_id,
        }
        if self.type == GROUP:
            return shown | {"recipients": self.group, "name": self.name, "icon": None, "owner_id": self.people[0]}
        if self.type == DM:
            return shown | {"recipients": [self.recipient] if self.recipient else self.group}
        shown |= {"guild_id": self.guild_id, "name": self.name, "rate_limit_per_user": self.rate_limit_per_user}
        if self.thread:
            return shown | self._thread_payload(self.thread)
        shown |= {
            "parent_id": self.category.id if self.category else None,
            "position": self.position,
            "nsfw": self.nsfw,
            "permission_overwrites": self.overwrites_in_force,
        }
        return shown | self._kinds_own()

    def _kinds_own(self) -> dict[str, Any]:
        """The fields that only some kinds of channels have."""
        if self.type in {VOICE, STAGE}:
            return {"bitrate": 64000, "user_limit": 0, "rtc_region": None, "topic": self.topic}
        if self.type not in POSTS_ONLY:
            return {"topic": self.topic}
        return {
            "topic": self.topic,
            "available_tags": [tag.payload() for tag in self.tags],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
            "template": "",
        }

    def _thread_payload(self, thread: Thread) -> dict[str, Any]:
        metadata: dict[str, Any] = {
            "archived": thread.archived,
            "archive_timestamp": iso(thread.archive_ms),
            "auto_archive_duration": thread.auto_archive_minutes,
            "locked": thread.locked,
            "create_timestamp": iso(created_ms(self.id)),
        }
        if self.type == PRIVATE_THREAD:
            metadata["invitable"] = thread.invitable
        posted = {"applied_tags": list(thread.tags)} if self.parent and self.parent.type in POSTS_ONLY else {}
        return posted | {
            "parent_id": self.parent.id if self.parent else None,
            "owner_id": thread.owner_id,
            "thread_metadata": metadata,
            "message_count": sum(one.ephemeral_to is None and one.data["type"] != STARTER for one in self.messages.values()),
            "member_count": min(len(thread.members), 50),
            "total_message_sent": thread.total_sent,
        }

    def thread_member(self, user_id: str) -> dict[str, Any]:
        """The thread member object; the user must be in the thread."""
        joined = self.thread.members[user_id] if self.thread else 0
        return {"id": self.id, "user_id": user_id, "join_timestamp": iso(joined), "flags": 0}
