"""In which language an interaction is, as a tag such as `de` or `en-US`. discord.py takes whatever Discord says, even nothing
or a number, so it is checked here: the tag is stored with a job, and nobody's clip may fail for it. The
client, the cog `interactions` and the modules of `interactions` call it.
"""

from __future__ import annotations

from typing import Any, Final

import discord

_DEFAULT: Final = "en-US"
"""Discord's own default language."""
_CHARACTERS: Final = 35
"""Enough for the longest tag in use (RFC 5646, section 4.4.1)."""


def member_language(interaction: discord.Interaction[Any]) -> str:
    """The language of what the member alone reads."""
    return _tag(interaction.locale) or _DEFAULT


def public_language(interaction: discord.Interaction[Any]) -> str:
    """The language of what everybody sees where the interaction happened: the server's, in a direct message the member's."""
    return _tag(interaction.guild_locale) or member_language(interaction)


def _tag(locale: discord.Locale | None) -> str | None:
    value: object = None if locale is None else locale.value
    return value if isinstance(value, str) and value.isascii() and len(value) <= _CHARACTERS else None
