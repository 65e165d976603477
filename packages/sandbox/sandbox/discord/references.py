"""The fields by which a message tells of another one: replies, forwards with their snapshot, a context menu's target."""

from copy import deepcopy
from typing import Any

from sandbox.discord.channels import STARTER, Message
from sandbox.strict_json import Json

DEFAULT, REPLY, CHAT_INPUT_COMMAND, CONTEXT_MENU_COMMAND = 0, 19, 20, 23
THREAD_CREATED = 18
TO_REPLY, TO_FORWARD = 0, 1
HAS_SNAPSHOT = 1 << 14
FORWARDABLE = (DEFAULT, REPLY, CHAT_INPUT_COMMAND, CONTEXT_MENU_COMMAND)
"""Types of messages that Discord forwards; the others are bound to their place."""
RESOLVED = (REPLY, STARTER, CONTEXT_MENU_COMMAND)
"""Types of messages that come with their `referenced_message`."""
_SNAPSHOT = ("type", "content", "embeds", "attachments", "timestamp", "edited_timestamp", "flags", "mentions")
_SNAPSHOT += ("mention_roles", "components")
_CONTENT: dict[str, Json] = {"content": "", "embeds": [], "attachments": [], "components": []}


def reference(message: Message, kind: int = TO_REPLY) -> dict[str, Any]:
    """The `message_reference` that points to this message."""
    made: dict[str, Any] = {"type": kind, "channel_id": message.channel.id, "message_id": message.id}
    if message.channel.guild_id:
        made["guild_id"] = message.channel.guild_id
    return made


def forwarded(message: Message) -> dict[str, Any]:
    """The fields of a message that forwards this one. A forward of a forward takes over its snapshot."""
    held = message.data.get("message_snapshots")
    snapshots = held or [{"message": {key: message.data[key] for key in _SNAPSHOT}}]
    return {"message_reference": reference(message, TO_FORWARD), "message_snapshots": deepcopy(snapshots)}


def contents(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Whatever of a message holds attachments and components: itself and its snapshots."""
    return [data, *(one["message"] for one in data.get("message_snapshots") or [])]


def without_content(data: dict[str, Any]) -> dict[str, Any]:
    """The message as a bot without the message content intent gets it, a forward's snapshot as empty as the rest."""
    made = data | deepcopy(_CONTENT)
    if data.get("message_snapshots"):
        made["message_snapshots"] = [{"message": one["message"] | deepcopy(_CONTENT)} for one in data["message_snapshots"]]
    return made


def addresses_bot(data: dict[str, Any], bot_id: str) -> bool:
    """Whether the message is the bot's own or mentions it: then the bot may read it without any intent."""
    mine = data["author"]["id"] == bot_id
    return mine or any(user["id"] == bot_id for user in data["mentions"])
