"""Opens threads and posts, for the bot and for members alike: which kind may stand where, its form and its tags.

Callers decide whether someone may open one; only moderated tags are asked about here.
"""

from typing import Any

from sandbox.discord import permissions as may
from sandbox.discord.channels import (
    ANNOUNCEMENT_THREAD,
    POSTS_ONLY,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    STARTER,
    THREAD_TYPES,
    THREADS_ALONE,
    THREADS_ON_MESSAGES,
    Channel,
    Message,
    Thread,
)
from sandbox.discord.errors import ApiError, Problems, missing_permissions, unknown
from sandbox.discord.members import Member
from sandbox.discord.message_form import HAS_THREAD, Draft
from sandbox.discord.posting import Posting
from sandbox.discord.references import THREAD_CREATED, TO_REPLY, reference
from sandbox.discord.session import GUILDS
from sandbox.discord.state import State

ARCHIVE_MINUTES = (60, 1440, 4320, 10080)
DEFAULT_ARCHIVE_MINUTES = 4320
MAX_TAGS = 5


class Threads:
    def __init__(self, state: State, posting: Posting) -> None:
        self._state = state
        self._posting = posting

    def on_message(self, message: Message, owner: Member, body: dict[str, Any]) -> Channel:
        """Open the one thread that hangs on this message. Raises ApiError."""
        parent = message.channel
        kind = THREADS_ON_MESSAGES.get(parent.type)
        if kind is None:
            raise wrong_channel()
        if message.id in self._state.world.channels:
            raise ApiError(400, 160004, "A thread has already been created for this message")
        channel = self._made(parent, owner, kind, body, message.id)
        self._begin(channel, owner)
        message.data["flags"] |= HAS_THREAD
        message.data["thread"] = channel.payload()
        self._posting.changed(message)
        self._posting.announce(channel, owner, STARTER, "", {"message_reference": reference(message)})
        if any(int(one) > int(message.id) and held.ephemeral_to is None for one, held in parent.messages.items()):
            self._tell_opened(channel, owner)  # not under the newest message: the line would only repeat what is seen there
        return channel

    def alone(self, parent: Channel, owner: Member, body: dict[str, Any]) -> Channel:
        """Open a thread that hangs on no message. Raises ApiError."""
        kind = body.get("type") or PRIVATE_THREAD
        problems = Problems()
        if kind not in THREAD_TYPES:
            problems.add(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {THREAD_TYPES}.")
        problems.raise_any()
        if kind not in THREADS_ALONE.get(parent.type, ()):
            raise wrong_channel()
        channel = self._made(parent, owner, kind, body, self._state.ids.next())
        self._begin(channel, owner)
        if kind != PRIVATE_THREAD:
            self._tell_opened(channel, owner)
        return channel

    def _tell_opened(self, channel: Channel, owner: Member) -> None:
        """Discord's line in the channel that someone "started a thread"."""
        pointer = {"message_reference": {"type": TO_REPLY, "channel_id": channel.id, "guild_id": channel.guild_id}}
        if channel.parent:
            self._posting.announce(channel.parent, owner, THREAD_CREATED, channel.name, pointer)

    def made_post(self, parent: Channel, owner: Member, body: dict[str, Any]) -> Channel:
        """A post of a forum or media channel that nobody has heard of yet: its first message comes next. Raises ApiError."""
        if parent.type not in POSTS_ONLY:
            raise wrong_channel()
        channel = self._made(parent, owner, PUBLIC_THREAD, body, self._state.ids.next())
        if channel.thread:
            channel.thread.tags = self.tags(parent, owner, [str(one) for one in body.get("applied_tags") or []])
        return channel

    def begin_post(self, channel: Channel, owner: Member, draft: Draft, extra: dict[str, Any] | None = None) -> Message:
        """Open the post with its first message, which has the thread's own id."""
        self._begin(channel, owner)
        if channel.parent:
            channel.parent.last_post = channel.id
        return self._posting.post(channel, owner, draft, extra={"id": channel.id} | (extra or {}))

    def join(self, channel: Channel, user_id: str) -> None:
        """Take someone in. The bot is told of a thread that it sees from now on."""
        saw = self._bot_sees(channel)
        if channel.thread:
            channel.thread.members[user_id] = self._state.clock.now_ms()
        if not saw and self._bot_sees(channel):
            self._posting.archiving.tell_thread(channel, "THREAD_CREATE", {"member": channel.thread_member(user_id)})
        self._members_changed(channel, {"added_members": [channel.thread_member(user_id)]}, told=self._bot_sees(channel))

    def leave(self, channel: Channel, user_id: str) -> None:
        """Let someone go. A bot that leaves a private thread sees it no more, and is told so."""
        saw = self._bot_sees(channel)
        if channel.thread:
            channel.thread.members.pop(user_id, None)
        self._members_changed(channel, {"removed_member_ids": [user_id]}, told=saw)

    def _bot_sees(self, channel: Channel) -> bool:
        return self._state.world.sight.sees_channel(self._state.world.bot_member, channel)

    def _members_changed(self, channel: Channel, change: dict[str, Any], *, told: bool) -> None:
        count = len(channel.thread.members) if channel.thread else 0
        data = {"id": channel.id, "guild_id": channel.guild_id, "member_count": count} | change
        if told:
            self._state.gateway.dispatch("THREAD_MEMBERS_UPDATE", data, guild_id=channel.guild_id, intent=GUILDS)
        self._state.bus.publish(
            "thread",
            lambda _: self._state.channel_view(channel),
            lambda one: self._state.world.sight.sees_channel(one, channel),
        )

    def tags(self, parent: Channel, owner: Member, wanted: list[str]) -> list[str]:
        """The tags for a post, checked. Raises ApiError."""
        problems = Problems()
        problems.length(("applied_tags",), wanted, 0, MAX_TAGS)
        problems.raise_any()
        known = {tag.id: tag for tag in parent.tags}
        if any(one not in known for one in wanted):
            raise unknown("tag")
        manages = bool(self._state.world.sight.permissions(owner, parent) & may.MANAGE_THREADS)
        if not manages and any(known[one].moderated for one in wanted):
            raise missing_permissions()
        if parent.require_tag and not wanted:
            if not manages and all(tag.moderated for tag in parent.tags):
                raise ApiError(400, 40066, "There are no tags available that can be set by non-moderators")
            raise ApiError(400, 40067, "A tag is required to create a forum post in this channel")
        return wanted

    def _made(self, parent: Channel, owner: Member, kind: int, body: dict[str, Any], channel_id: str) -> Channel:
        problems = Problems()
        problems.length(("name",), body.get("name"), 1, 100)
        minutes = body.get("auto_archive_duration") or DEFAULT_ARCHIVE_MINUTES
        if minutes not in ARCHIVE_MINUTES:
            problems.add(("auto_archive_duration",), "BASE_TYPE_CHOICES", f"Value must be one of {ARCHIVE_MINUTES}.")
        problems.raise_any()
        self._check_allowed(parent, owner, kind, str(body["name"]))
        now = self._state.clock.now_ms()
        invitable = kind != PRIVATE_THREAD or body.get("invitable") is not False
        return Channel(
            channel_id,
            kind,
            str(body["name"]),
            parent.guild_id,
            parent=parent,
            thread=Thread(owner.id, minutes, archive_ms=now, active_ms=now, invitable=invitable),
            rate_limit_per_user=int(body.get("rate_limit_per_user") or 0),
        )

    def _check_allowed(self, parent: Channel, owner: Member, kind: int, name: str) -> None:
        """Raises ApiError for a name that may not be shown, for too many threads, and while `cooldowns` refuses new ones."""
        world, moderation = self._state.world, self._state.moderation
        moderation.check_title(name, parent, owner, world.sight.permissions(owner, parent))
        threads = [world.refresh_thread(one) for one in world.channels.values() if one.thread]
        active = [one.type for one in threads if not one.archived]
        if kind == ANNOUNCEMENT_THREAD and active.count(kind) >= moderation.announcement_threads:
            raise ApiError(400, 160007, "Maximum number of active announcement threads reached")
        if len(active) >= moderation.active_threads:
            raise ApiError(400, 160006, "Maximum number of active threads reached")
        if owner is world.bot_member:
            self._state.cooldowns.open_thread()

    def _begin(self, channel: Channel, owner: Member) -> None:
        if channel.thread:
            channel.thread.members[owner.id] = self._state.clock.now_ms()
        self._state.world.channels[channel.id] = channel
        mine = {"member": channel.thread_member(owner.id)} if owner is self._state.world.bot_member else {}
        self._posting.archiving.tell_thread(channel, "THREAD_CREATE", {"newly_created": True, **mine})


def wrong_channel() -> ApiError:
    return ApiError(400, 50024, "Cannot execute action on this channel type")
