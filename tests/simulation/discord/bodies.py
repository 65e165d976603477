"""Messages, users and channels as the simulated Discord writes them in its answers."""

from __future__ import annotations

from typing import Any, Final

from tests.simulation.discord.places import ME
from tests.simulation.discord.records import Message

EPHEMERAL: Final = 64
"""The flag of a message that one member alone sees."""
_LOADING: Final = 128
"""The flag of a message that says that the bot is thinking."""


def shown(message: Message) -> dict[str, Any]:
    """A message as Discord writes it, of its components only texts, buttons and files. A file that a component
    shows is no attachment.
    """
    buttons = [
        {"type": 2, "id": number, "style": 2, "label": "-", "custom_id": each}
        for number, each in enumerate(message.custom_ids, 2)
    ]
    files = [
        {"id": str(number), "filename": name, "size": 1, "url": f"https://cdn/{name}", "proxy_url": f"https://cdn/{name}"}
        for number, name in enumerate(message.files, 1)
    ]
    shown = [{"media": each} for each in files if each["filename"] in message.named]
    components: list[dict[str, Any]] = [{"type": 1, "id": 1, "components": buttons}] if buttons else []
    components += [{"type": 10, "id": 100 + number, "content": each} for number, each in enumerate(message.texts)]
    if shown:
        components.append({"type": 12, "id": len(buttons) + 2, "items": shown})
    return {
        "id": str(message.id),
        "channel_id": str(message.channel_id),
        "author": user(ME),
        "content": "",
        "timestamp": "2026-06-01T00:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [each for each in files if each["filename"] not in message.named],
        "embeds": [],
        "pinned": False,
        "type": 0,
        "flags": EPHEMERAL * message.ephemeral + _LOADING * message.loading,
        "components": components,
    }


def direct(channel_id: int, member: int) -> dict[str, Any]:
    return {"id": str(channel_id), "type": 1, "recipients": [user(member)], "last_message_id": None}


def user(user_id: int) -> dict[str, Any]:
    return {"id": str(user_id), "username": "somebody", "discriminator": "0", "avatar": None}
