"""Who may do what, computed from roles and channel overwrites as Discord documents it. Pure arithmetic on bits."""

from collections.abc import Iterable
from typing import Any

ADMINISTRATOR = 1 << 3
ADD_REACTIONS = 1 << 6
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MANAGE_MESSAGES = 1 << 13
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
MENTION_EVERYONE = 1 << 17
USE_EXTERNAL_EMOJIS = 1 << 18
USE_APPLICATION_COMMANDS = 1 << 31
MANAGE_THREADS = 1 << 34
CREATE_PUBLIC_THREADS = 1 << 35
CREATE_PRIVATE_THREADS = 1 << 36
SEND_MESSAGES_IN_THREADS = 1 << 38
MANAGE_CHANNELS = 1 << 4
CONNECT = 1 << 20
MANAGE_GUILD = 1 << 5
PIN_MESSAGES = 1 << 51
USE_EXTERNAL_APPS = 1 << 50

NAMES = {name.lower(): bit for name, bit in globals().items() if name.isupper()}
"""The permissions that mean something here, by the names of Discord's documentation."""

ALL = (1 << 53) - 1
TEXT_BASICS = (
    VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | ADD_REACTIONS
    | USE_EXTERNAL_EMOJIS
    | CREATE_PUBLIC_THREADS
    | CREATE_PRIVATE_THREADS
    | SEND_MESSAGES_IN_THREADS
)
EVERYONE = TEXT_BASICS | USE_APPLICATION_COMMANDS | USE_EXTERNAL_APPS | CONNECT
MODERATOR = EVERYONE | MANAGE_MESSAGES
IN_DM = TEXT_BASICS & ~(CREATE_PUBLIC_THREADS | CREATE_PRIVATE_THREADS | SEND_MESSAGES_IN_THREADS) | (
    USE_APPLICATION_COMMANDS | MENTION_EVERYONE | PIN_MESSAGES
)

AS_GUEST = ATTACH_FILES | EMBED_LINKS | MENTION_EVERYONE
"""What an application may do where one member alone has it, as far as that member may."""


def in_guild(everyone: int, roles: Iterable[int]) -> int:
    """Return a member's permissions before the overwrites of any channel are applied."""
    granted = everyone
    for role in roles:
        granted |= role
    return ALL if granted & ADMINISTRATOR else granted


def in_channel(base: int, overwrites: list[dict[str, Any]], *, guild_id: str, role_ids: list[str], user_id: str) -> int:
    """Apply overwrites in Discord's order: @everyone, all roles together, the member."""
    if base & ADMINISTRATOR:
        return ALL
    by_id = {overwrite["id"]: overwrite for overwrite in overwrites}
    granted = _apply(base, by_id.get(guild_id))
    denied = allowed = 0
    for role_id in role_ids:
        if overwrite := by_id.get(role_id):
            denied |= int(overwrite["deny"])
            allowed |= int(overwrite["allow"])
    granted = granted & ~denied | allowed
    return implied(_apply(granted, by_id.get(user_id)))


def implied(granted: int) -> int:
    """Without the permission to view, nothing is allowed; without that to send, no files, links or mass mentions."""
    if not granted & VIEW_CHANNEL:
        return 0
    if not granted & SEND_MESSAGES:
        granted &= ~(MENTION_EVERYONE | ATTACH_FILES | EMBED_LINKS)
    return granted


def _apply(granted: int, overwrite: dict[str, Any] | None) -> int:
    if overwrite is None:
        return granted
    return granted & ~int(overwrite["deny"]) | int(overwrite["allow"])
