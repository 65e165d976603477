"""Keeps what became of interactions while the database does not take it. `asked` hands it in, and the application runs `run`.

An interaction whose outcome is not stored looks like one that was never answered, and `going_on` would tell its member that the
bot could not answer. So it leaves alone what is here.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from bot.domain.backoff import Doubling
from bot.errors import StorageError
from bot.ports import AskedStore, Clock, Outcome

_log: Final = logging.getLogger(__name__)
_TRIES: Final = Doubling(first=1, longest=60)
"""Seconds between two tries to store."""


class Unsettled:
    """In memory alone: it is only needed where the database takes nothing. A later process asks Discord what it shows."""

    def __init__(self) -> None:
        self._outcomes: dict[int, Outcome] = {}
        self._some = asyncio.Event()

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(self._outcomes)

    def keep(self, asked_id: int, outcome: Outcome) -> None:
        self._outcomes[asked_id] = outcome
        self._some.set()

    async def run(self, store: AskedStore, clock: Clock) -> None:
        """Stores what is kept here, in tries ever further apart, until it is cancelled."""
        while True:
            await self._some.wait()
            tried = 0
            while self._outcomes:
                tried += 1
                await clock.sleep(_TRIES.pause(tried))
                await self._store(store)
            self._some.clear()

    async def _store(self, store: AskedStore) -> None:
        for asked_id, outcome in list(self._outcomes.items()):
            try:
                await store.settle(asked_id, outcome)
            except StorageError as error:
                _log.info("interaction %d: that it is %s can't be stored yet: %s", asked_id, outcome, error)
                return
            del self._outcomes[asked_id]
