"""Tells the operator of notices: always in the log, in English, and in a Discord channel where one is configured."""

from __future__ import annotations

import hashlib
import logging
from typing import Final

from bot.errors import HappyHorseError
from bot.notice import Notice
from bot.presentation.delivery.messages import Messages
from bot.presentation.discord_errors import Closed
from bot.presentation.views import escaping
from bot.presentation.views.error_pages import note_page
from bot.presentation.views.layout import AMBER
from bot.presentation.views.notices import sentence
from bot.presentation.views.translations import ENGLISH, Language, _, speaking
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
_CHARACTERS: Final = 1500
_NONCE_DIGITS: Final = 20
"""Discord takes a nonce of at most 25 characters."""


class OperatorsChannel:
    """`channel_id` is None where no channel is configured. `language` is that of the shell which started the bot."""

    def __init__(self, messages: Messages, channel_id: int | None, language: Language) -> None:
        self._messages = messages
        self._channel_id = channel_id
        self._hears = False
        self._language = language

    @property
    def hears(self) -> bool:
        """Whether the last text arrived. Only then members are told that the people who run the bot know."""
        return self._hears

    async def tell(self, notice: Notice) -> None:
        with speaking(ENGLISH):
            _log.warning("for the operator: %s", sentence(notice))
        if self._channel_id is not None:
            with speaking(self._language):
                await self._post(self._channel_id, sentence(notice))

    async def _post(self, channel_id: int, text: str) -> None:
        page = note_page(_("For the operator"), escaping.inline(text, _CHARACTERS), AMBER)
        self._hears = False
        try:
            with own_cancels_only():
                # The nonce depends on the text only, so that after a restart the same text is not posted twice within minutes.
                nonce = f"o{hashlib.sha256(text.encode()).hexdigest()[:_NONCE_DIGITS]}"
                await self._messages.send(channel_id, page, nonce=nonce)
        except (Closed, HappyHorseError) as error:
            _log.error("the operator's channel %d does not take messages: %s", channel_id, error)
        else:
            self._hears = True
