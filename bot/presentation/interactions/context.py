"""Where an interaction happened, and who stands behind it."""

from __future__ import annotations

from typing import Final

import discord

from bot.domain.job import Address
from bot.presentation.interactions.responses import TOKEN_SECONDS, HorseInteraction

_THREADED: Final = (discord.ChannelType.text, discord.ChannelType.news)


def address_of(interaction: HorseInteraction, card_id: int | None, *, private: bool) -> Address:
    """Where the interaction happened, with everything a later process needs to answer there."""
    return Address(
        application_id=interaction.application_id,
        guild_id=interaction.guild_id,
        # A kind of channel that the library does not know is none to post in; the card goes by the token.
        channel_id=interaction.channel_id or 0,
        token=interaction.token,
        token_expires_at_ms=int(interaction.created_at.timestamp() * 1000) + TOKEN_SECONDS * 1000,
        upload_limit=interaction.filesize_limit,
        locale=_language(interaction, private=private).value,
        private=private,
        in_place=private or not _may_open_thread(interaction),
        card_id=card_id,
    )


def _language(interaction: HorseInteraction, *, private: bool) -> discord.Locale:
    """The member's language where nobody else reads the job's messages, else the server's."""
    return interaction.locale if private else interaction.guild_locale or interaction.locale


def roles_of(interaction: HorseInteraction) -> frozenset[int] | None:
    """The member's roles in this server; None in a direct message, which knows no roles."""
    user = interaction.user
    if interaction.guild_id is None or not isinstance(user, discord.Member):
        return None
    # As the payload says them. The public `roles` leaves out what the cache does not know, and right after a start, or in a
    # server that the bot is no member of, that is all of them: a barred member would count as one without roles.
    listed = user._roles  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return frozenset({interaction.guild_id, *listed})


def _may_open_thread(interaction: HorseInteraction) -> bool:
    """A first guess that spares a request: a thread that is refused after all leaves the job in place.

    Where the bot is no member `app_permissions` are everybody's (discord-api-docs pull request 5131), and for an application
    that a member installed they follow that member's (its issue 7251).
    """
    channel = interaction.channel
    if interaction.guild_id is None or channel is None or channel.type not in _THREADED:
        return False
    may = interaction.app_permissions
    return may.create_public_threads and may.send_messages_in_threads and may.view_channel
