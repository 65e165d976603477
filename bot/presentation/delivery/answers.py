"""The answer to a job's command, which is its card: edited, read and deleted with the interaction's token. `CardEdits`,
`ClipPoster` and others of this folder call it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, cast

import discord

from bot.domain.job import Address
from bot.ports import Clock
from bot.presentation.delivery.discord_requests import NO_MENTIONS, DiscordRequests
from bot.presentation.delivery.message_parts import NO_FILES, Files, Kept, files_of, opened
from bot.presentation.discord_errors import Closed
from bot.presentation.views.layout import Page

_log: Final = logging.getLogger(__name__)
_ORIGINAL: Final = cast("int", "@original")
"""Discord's name for the first answer to an interaction, used where its id is not known. discord.py's type hint says int."""
_TOKEN_MARGIN_MS: Final = 20_000
"""A token that expires within this time is not used any more, since an upload takes time."""


class Answers:
    def __init__(self, requests: DiscordRequests, clock: Clock) -> None:
        self._requests = requests
        self._clock = clock

    def answerable(self, address: Address) -> bool:
        """Whether the interaction's token can still be used to edit its answer."""
        return bool(address.token) and self._clock.now_ms() < address.token_expires_at_ms - _TOKEN_MARGIN_MS

    async def edit(
        self,
        address: Address,
        page: Page,
        files: Files = NO_FILES,
        mentions: discord.AllowedMentions = NO_MENTIONS,
        *,
        urgent: bool = True,
    ) -> tuple[int, Mapping[str, Kept]]:
        """Edits the answer to the command. Returns its message id and its files. Afterwards it has exactly `files`.

        Safe to repeat. If it is in an archived thread, an `urgent` edit reopens the thread. Raises `Closed` or `DeliveryError`.
        """
        webhook = self._webhook(address)

        async def once() -> discord.Message:
            with opened(files) as attachments:
                return await webhook.edit_message(
                    address.card_id or _ORIGINAL, view=page, allowed_mentions=mentions, attachments=attachments
                )

        opening = (lambda: self._requests.in_open_thread(address.channel_id, once)) if urgent else once
        message = await self._requests.showing(f"answer {address.token}", opening)
        return message.id, files_of(message)

    async def whisper(self, address: Address, page: Page) -> int:
        """Sends a message that only the member of the command sees, after its answer; its id. Not safe to repeat: it can't be
        looked for. Raises `Closed` or `DeliveryError`.
        """
        webhook = self._webhook(address)
        # discord.py assumes that a partial webhook belongs to a channel, but this one belongs to an interaction.
        webhook.type = discord.WebhookType.application
        with self._requests.guarded(f"whisper {address.token}"):
            sent = await webhook.send(view=page, ephemeral=True, allowed_mentions=NO_MENTIONS, wait=True)
        return sent.id

    async def files(self, address: Address) -> Mapping[str, Kept]:
        """The files of the card by name; empty where it can't be read. Without a valid token the bot itself reads it. Raises
        `DeliveryError`.
        """
        try:
            with self._requests.guarded(f"card {address.channel_id}"):
                if self.answerable(address):
                    webhook = self._webhook(address)
                    return files_of(await webhook.fetch_message(address.card_id or _ORIGINAL))
                if address.card_id is not None and not address.private:
                    await self._requests.take()
                    channel = self._requests.client.get_partial_messageable(address.channel_id)
                    return files_of(await channel.fetch_message(address.card_id))
        except Closed as closed:
            _log.info("could not look at a card in %d: %s", address.channel_id, closed)
        return NO_FILES

    async def delete(self, address: Address) -> None:
        """Deletes the answer; one that is gone already is fine. Raises `Closed` or `DeliveryError`."""
        webhook = self._webhook(address)
        with self._requests.guarded(f"answer {address.token}"), suppress(discord.NotFound):
            await webhook.delete_message(address.card_id or _ORIGINAL)

    def _webhook(self, address: Address) -> discord.Webhook:
        return discord.Webhook.partial(address.application_id, address.token, client=self._requests.client)
