"""Upload limits of the places in which a clip may be posted. That of a channel depends on its server's boosts; that of an
answer with an interaction's token also on the member's plan. `ClipPoster` and `DiscordNotifier` use it.
"""

from __future__ import annotations

from typing import Final

import discord

from bot.domain.job import Address

SAFE_BYTES: Final = 10 * 1024 * 1024
"""Discord's limit without boosts, and in direct messages."""


class UploadLimits:
    def __init__(self, client: discord.Client) -> None:
        self._client = client

    def of_channel(self, address: Address) -> int | None:
        """The limit in bytes; None while the gateway has not sent the server yet, as just after the start."""
        if address.guild_id is None:
            return SAFE_BYTES
        guild = self._client.get_guild(address.guild_id)
        return None if guild is None else guild.filesize_limit

    def of(self, address: Address, *, answerable: bool) -> tuple[int, ...]:
        """The limit in bytes of the first place in which the clip is posted, then the lower limits of later places."""
        channel = self.of_channel(address)
        if address.private:
            first = address.upload_limit if answerable else SAFE_BYTES
        else:
            # Where it is not known, take the interaction's limit: a file that is too large is refused and fitted again. A job
            # without an interaction has none, nor one whose interaction is forgotten.
            first = (address.upload_limit or SAFE_BYTES) if channel is None else channel
        return tuple(sorted({each for each in (first, channel or SAFE_BYTES, SAFE_BYTES) if each <= first}, reverse=True))
