"""Deletes old drafts, what was asked long ago, and pictures that no job and no draft uses. The application runs it."""

from __future__ import annotations

import logging
from typing import Final

from bot.errors import Interrupted, StorageError
from bot.ports import AskedStore, Clock, Drafts, KeptPictures
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
KEPT_MS: Final = 48 * 60 * 60 * 1000
"""Pictures are kept twice as long as drafts."""
EVERY_SECONDS: Final = 6 * 60 * 60.0


class Pruning:
    def __init__(self, kept_pictures: KeptPictures, drafts: Drafts, asked: AskedStore, clock: Clock) -> None:
        self._kept_pictures = kept_pictures
        self._drafts = drafts
        self._asked = asked
        self._clock = clock

    async def run(self) -> None:
        """Prunes now and every six hours until cancelled."""
        while True:
            try:
                with own_cancels_only():
                    await self.prune()
            except (StorageError, Interrupted) as error:
                _log.warning("old drafts and pictures could not be pruned: %s", error)
            await self._clock.sleep(EVERY_SECONDS)

    async def prune(self) -> None:
        # Drafts first, because a draft keeps its pictures. Saving a draft drops old ones too, but on a quiet server that may
        # not happen for weeks.
        await self._drafts.prune(self._clock.now_ms())
        await self._asked.prune(self._clock.now_ms())
        dropped = 0
        while some := await self._kept_pictures.prune(self._clock.now_ms() - KEPT_MS):
            dropped += some
        if dropped:
            _log.info("dropped %d pictures of requests that came to nothing", dropped)
