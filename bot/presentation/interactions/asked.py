"""Writes down what an interaction asks for, before its first answer, and afterwards what became of it.

`booking` and `button_handlers` call it for everything that would be missed if the bot were killed in between. `going_on` reads
it at the next start, and makes from it an interaction like the one that Discord delivered.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

import discord
from pydantic import TypeAdapter

from bot.errors import StorageError
from bot.ports import Added, Asked, AskedKind, AskedStore, Outcome
from bot.presentation.discord_language import member_language, public_language
from bot.presentation.interactions.context import token_expires_at_ms
from bot.presentation.interactions.responses import HorseInteraction, NotAnswered
from bot.presentation.views.custom_ids import Action
from bot.services.clip_input import ClipInput

_log: Final = logging.getLogger(__name__)
_VERSION: Final = "1"
"""The version of the payload's format. A payload is a JSON object whose only key is this one; everything else is below it. What
another version wrote and this one can't read is not carried out."""
_OPEN: Final = "asked"
"""Marks an interaction that is written down, and whose outcome is not."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press of a button that does something to a job. `subject` is the job's id as the button has it."""

    action: Action
    subject: str


Wanted: TypeAlias = ClipInput | Pressed


async def write_down(interaction: HorseInteraction, wanted: Wanted, *, private: bool, press: str = "") -> bool:
    """Stores it in one write. `private`: the first answer will be for its member alone. `press` as in `Asked`.

    False, and nothing is stored, if its member pressed the same a moment ago: that press makes the clip.

    Raises `NotAnswered` for an interaction that is written down already, since Discord delivered it twice: whoever wrote it
    answers it. Raises `StorageError` as all writes do; the member can be told then.
    """
    if _OPEN in interaction.extras:
        return True
    # Also if the write fails: it may have worked though its answer was lost.
    interaction.extras[_OPEN] = True
    with interaction.client.first_answers.due():
        added = await _store(interaction).add(_asked(interaction, wanted, private=private, press=press))
    if added is Added.NEW:
        return True
    del interaction.extras[_OPEN]
    if added is Added.DELIVERED_TWICE:
        msg = "it was delivered before"
        raise NotAnswered(msg)
    return False


async def settle(interaction: HorseInteraction, outcome: Outcome) -> None:
    """Stores what became of it, if it was written down. Never raises: what the database does not take now is stored later, and
    if the bot ends before, the next start finds out by what Discord shows.
    """
    if not interaction.extras.pop(_OPEN, False):
        return
    try:
        await _store(interaction).settle(interaction.id, outcome)
    except StorageError as error:
        _log.warning("interaction %d: that it is %s could not be stored: %s", interaction.id, outcome, error)
        interaction.client.unsettled.keep(interaction.id, outcome)


def _store(interaction: HorseInteraction) -> AskedStore:
    return interaction.client.use_cases.dependencies.asked


def _asked(interaction: HorseInteraction, wanted: Wanted, *, private: bool, press: str) -> Asked:
    kind = AskedKind.CLIP if isinstance(wanted, ClipInput) else AskedKind.PRESS
    content = {_VERSION: {"seen": _seen(interaction), "wanted": _WANTED[kind].dump_python(wanted, mode="json")}}
    return Asked(
        id=interaction.id,
        member_id=interaction.user.id,
        kind=kind,
        payload=json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        application_id=interaction.application_id,
        guild_id=interaction.guild_id,
        channel_id=interaction.channel_id,
        token=interaction.token,
        token_expires_at_ms=token_expires_at_ms(interaction),
        upload_limit=interaction.filesize_limit,
        locale=member_language(interaction),
        guild_locale=None if interaction.guild_id is None else public_language(interaction),
        private=private,
        at_ms=interaction.client.use_cases.dependencies.clock.now_ms(),
        press=press,
    )


def read(asked: Asked) -> Wanted | None:
    """What was asked for; None where another version wrote it, or it is damaged."""
    try:
        return _WANTED[asked.kind].validate_python(json.loads(asked.payload)[_VERSION]["wanted"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        # Not the error's text, which may have what the member typed.
        _log.warning("what interaction %d asked for can't be read: %s", asked.id, type(error).__name__)
        return None


_WANTED: Final[Mapping[AskedKind, TypeAdapter[Any]]] = {
    AskedKind.CLIP: TypeAdapter(ClipInput),
    AskedKind.PRESS: TypeAdapter(Pressed),
}
"""Made when the bot starts: pydantic takes some ten milliseconds for it, which the first member would wait."""


# -- an interaction as Discord would deliver it again -----------------------------------------------------------------


def _seen(interaction: HorseInteraction) -> dict[str, Any]:
    """What the bot reads of an interaction beside what it asks for, by Discord's names. The rest is in columns of its own."""
    channel, message = interaction.channel, interaction.message
    seen: dict[str, Any] = {"type": interaction.type.value, "app_permissions": interaction.app_permissions.value}
    if channel is not None:
        of_age = isinstance(channel, discord.abc.GuildChannel | discord.Thread) and _of_age(channel)
        seen["channel"] = {"type": channel.type.value, "nsfw": of_age}
    if isinstance(interaction.user, discord.Member):
        roles = interaction.user._roles  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  as in `roles_of`
        seen["member"] = {"roles": list(roles), "permissions": interaction.permissions.value}
    if message is not None:
        seen["message"] = {"id": message.id, "type": message.type.value, "flags": message.flags.value}
    return seen


def _of_age(channel: discord.abc.GuildChannel | discord.Thread) -> bool:
    said = getattr(channel, "is_nsfw", None)
    return said is not None and said()


def again(client: discord.Client, asked: Asked) -> HorseInteraction:
    """The interaction, with what the bot reads of it, marked as written down and open.

    Raises `ValueError`, `TypeError` or `KeyError` for a damaged payload.
    """
    seen: Mapping[str, Any] = json.loads(asked.payload)[_VERSION]["seen"]
    user = {"id": str(asked.member_id), "username": "", "discriminator": "0", "avatar": None}
    data: dict[str, Any] = {
        "id": str(asked.id),
        "type": seen["type"],
        "token": asked.token,
        "version": 1,
        "application_id": str(asked.application_id),
        "attachment_size_limit": asked.upload_limit,
        "locale": asked.locale,
        "app_permissions": str(seen["app_permissions"]),
        "user": user,
    }
    if asked.guild_id is not None:
        member = seen["member"]
        data["guild_id"] = str(asked.guild_id)
        data["guild_locale"] = asked.guild_locale
        data["member"] = {"user": user, "roles": member["roles"], "permissions": str(member["permissions"]), "flags": 0}
    if "channel" in seen and asked.channel_id is not None:
        data["channel"] = _channel(asked.channel_id, seen["channel"])
    if "message" in seen:
        data["message"] = {**_EMPTY_MESSAGE, **seen["message"], "id": str(seen["message"]["id"])}
    # The library makes its interactions so, and has no public way.
    state = client._connection  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    interaction = cast("HorseInteraction", discord.Interaction(data=cast("Any", data), state=state))
    interaction.extras[_OPEN] = True
    return interaction


_EMPTY_MESSAGE: Final[Mapping[str, Any]] = {
    "attachments": [],
    "embeds": [],
    "edited_timestamp": None,
    "pinned": False,
    "mention_everyone": False,
    "tts": False,
    "content": "",
}
"""What the library wants of every message. The bot reads none of it."""
_THREAD_DATA: Final[Mapping[str, Any]] = {
    "archived": False,
    "auto_archive_duration": 60,
    "archive_timestamp": "2015-01-01T00:00:00+00:00",
}


def _channel(channel_id: int, seen: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(channel_id),
        "name": "",
        "position": 0,
        "permission_overwrites": [],
        # Those of a thread.
        "parent_id": 0,
        "owner_id": 0,
        "message_count": 0,
        "member_count": 0,
        "thread_metadata": _THREAD_DATA,
        # Those of a voice channel.
        "bitrate": 0,
        "user_limit": 0,
        **seen,
    }
