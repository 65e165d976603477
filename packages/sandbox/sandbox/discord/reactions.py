"""Reactions to messages: who reacted with what, what a message shows of it, and the events that tell.

Callers decide whether someone may react.
"""

from typing import Any

from sandbox.discord.channels import Message
from sandbox.discord.errors import ApiError, unknown
from sandbox.discord.members import Member
from sandbox.discord.session import DIRECT_REACTIONS, GUILD_REACTIONS
from sandbox.discord.state import State

MAX_REACTIONS = 20
"""Different emojis on one message."""


class Reactions:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, message: Message, emoji: str, member: Member) -> None:
        """Raises ApiError for what is no emoji, and for one too many on the message."""
        if not _is_emoji(emoji):
            raise ApiError(400, 10014, "Unknown Emoji")
        if emoji not in message.reactors and len(message.reactors) >= MAX_REACTIONS:
            raise ApiError(403, 30010, f"Maximum number of reactions reached ({MAX_REACTIONS})")
        users = message.reactors.setdefault(emoji, [])
        if member.id in users:
            return
        users.append(member.id)
        extra: dict[str, Any] = {"user_id": member.id, "message_author_id": message.author_id, "burst": False, "type": 0}
        if here := self._state.world.accounts.member_in(message.channel, member.id):
            extra["member"] = here.payload()
        self._changed(message, "MESSAGE_REACTION_ADD", extra | {"emoji": _written(emoji)})

    def remove(self, message: Message, emoji: str, user_id: str) -> None:
        """Raises ApiError where nobody reacted with that."""
        if emoji not in message.reactors:
            raise unknown("emoji")
        users = message.reactors[emoji]
        if user_id not in users:
            return
        users.remove(user_id)
        if not users:
            del message.reactors[emoji]
        extra = {"user_id": user_id, "emoji": _written(emoji), "burst": False, "type": 0}
        self._changed(message, "MESSAGE_REACTION_REMOVE", extra)

    def clear(self, message: Message, emoji: str | None = None) -> None:
        """Take all reactions off, or all with one emoji."""
        if emoji is None:
            message.reactors.clear()
            self._changed(message, "MESSAGE_REACTION_REMOVE_ALL", {})
        elif message.reactors.pop(emoji, None) is not None:
            self._changed(message, "MESSAGE_REACTION_REMOVE_EMOJI", {"emoji": _written(emoji)})

    def users(self, message: Message, emoji: str, after: int, limit: int) -> list[dict[str, Any]]:
        """The users who reacted with it, sorted by id: those above `after`, `limit` at most."""
        found = sorted((one for one in message.reactors.get(emoji, []) if int(one) > after), key=int)
        return [self._state.world.accounts.users[one].payload() for one in found[:limit]]

    def _changed(self, message: Message, event: str, extra: dict[str, Any]) -> None:
        bot, channel = self._state.world.bot_user.id, message.channel
        message.data["reactions"] = [_counted(emoji, users, bot) for emoji, users in message.reactors.items()]
        data = {"channel_id": channel.id, "message_id": message.id} | extra
        if channel.guild_id:
            data["guild_id"] = channel.guild_id
        if message.ephemeral_to is None and self._state.world.sight.sees_channel(self._state.world.bot_member, channel):
            intent = GUILD_REACTIONS if channel.guild_id else DIRECT_REACTIONS
            self._state.gateway.dispatch(event, data, guild_id=channel.guild_id, intent=intent)
        self._state.bus.publish(
            "message_update", lambda _: self._state.shown(message), lambda one: self._state.world.sight.sees(one, message)
        )


def _is_emoji(text: str) -> bool:
    """Whether it can be an emoji of Unicode; no guild here has emojis of its own."""
    return 0 < len(text) <= 16 and any(ord(one) > 0x7F for one in text) and not any(one.isalpha() for one in text)


def _written(emoji: str) -> dict[str, Any]:
    return {"id": None, "name": emoji}


def _counted(emoji: str, users: list[str], bot_id: str) -> dict[str, Any]:
    return {
        "emoji": _written(emoji),
        "count": len(users),
        "count_details": {"burst": 0, "normal": len(users)},
        "burst_colors": [],
        "me_burst": False,
        "burst_me": False,
        "me": bot_id in users,
        "burst_count": 0,
    }
