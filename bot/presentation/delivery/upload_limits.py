"""How large a file each place takes: a channel by its server's boosts, an answer by token by its member's plan too."""

from __future__ import annotations

from typing import Final

import discord

from bot.domain.job import Address

SAFE_BYTES: Final = 10 * 1024 * 1024
"""Discord's limit without any boost, and that of direct messages."""


class UploadLimits:
    def __init__(self, client: discord.Client) -> None:
        self._client = client

    def of_channel(self, address: Address) -> int | None:
        """Bytes; None while the gateway has not named the server's tier, as in the first moments of a process."""
        if address.guild_id is None:
            return SAFE_BYTES
        guild = self._client.get_guild(address.guild_id)
        return None if guild is None else guild.filesize_limit

    def of(self, address: Address, *, answerable: bool) -> tuple[int, ...]:
        """What the first place takes in which the clip is posted, and the smaller limits of those that may follow."""
        channel = self.of_channel(address)
        if address.private:
            first = address.upload_limit if answerable else SAFE_BYTES
        else:
            # Never less than a server may have: what is too large after all is refused, and fitted again.
            first = address.upload_limit if channel is None else channel
        return tuple(sorted({each for each in (first, channel or SAFE_BYTES, SAFE_BYTES) if each <= first}, reverse=True))
