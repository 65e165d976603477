"""Reads an interaction: where it happened, in which language to answer, which roles its member has. The other modules of
this folder and the cogs call it.
"""

from __future__ import annotations

from typing import Final

import discord

from bot.domain.job import Address
from bot.presentation.discord_language import member_language, public_language
from bot.presentation.interactions.responses import TOKEN_SECONDS, HorseInteraction

_THREADED: Final = (discord.ChannelType.text, discord.ChannelType.news)


def address_of(interaction: HorseInteraction, card_id: int | None, *, private: bool) -> Address:
    """The address of a job that begins with this interaction, with all that a later process needs to answer it."""
    return Address(
        asked_id=interaction.id,
        application_id=interaction.application_id,
        guild_id=interaction.guild_id,
        # None for a kind of channel that discord.py does not know: nothing is posted there, and the token edits the card.
        channel_id=interaction.channel_id or 0,
        token=interaction.token,
        token_expires_at_ms=token_expires_at_ms(interaction),
        upload_limit=interaction.filesize_limit,
        locale=member_language(interaction) if private else public_language(interaction),
        member_locale=member_language(interaction),
        private=private,
        in_place=private or not _may_open_thread(interaction),
        card_id=card_id,
    )


def token_expires_at_ms(interaction: HorseInteraction) -> int:
    return int(interaction.created_at.timestamp() * 1000) + TOKEN_SECONDS * 1000


def roles_of(interaction: HorseInteraction) -> frozenset[int] | None:
    """The member's roles in this server; None in a direct message, where there are none."""
    user = interaction.user
    if interaction.guild_id is None or not isinstance(user, discord.Member):
        return None
    # The ids as Discord sent them. `user.roles` leaves out those that are not in the cache, and right after a start, or in a
    # server that the bot is not in, that is all of them: then a member whose role is barred would be let through.
    listed = user._roles  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return frozenset({interaction.guild_id, *listed})


def _may_open_thread(interaction: HorseInteraction) -> bool:
    """Whether a thread is worth a request. If Discord refuses it all the same, the job is shown in the channel.

    In a server that the bot is not in, `app_permissions` are those of everybody (discord-api-docs pull request 5131), and for
    an application that a member installed they follow that member's (its issue 7251).
    """
    channel = interaction.channel
    if interaction.guild_id is None or channel is None or channel.type not in _THREADED:
        return False
    may = interaction.app_permissions
    return may.create_public_threads and may.send_messages_in_threads and may.view_channel
