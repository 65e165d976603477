"""`KeptPauses` over any `Database`. All pauses are one row of the table `settings`, so one read and one write are enough."""

from __future__ import annotations

import json
import logging
from typing import Final

from bot.domain.pause import Pause, Pauses
from bot.storage.database import Database, Row, Transaction
from bot.storage.keys import PAUSES
from bot.storage.sql import statement

_log: Final = logging.getLogger(__name__)
KEY: Final = "pauses"
_EVERYWHERE: Final = "all"
_READ: Final = statement("key_values.read")
_WRITE: Final = statement("key_values.write")


class KeptPauses:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Pauses:
        return await self._database.read(pauses_in)

    async def change(self, guild_id: int | None, pause: Pause | None, at_ms: int) -> Pause | None:
        def work(transaction: Transaction) -> Pause | None:
            kept = dict(pauses_in(transaction))
            before = kept.pop(guild_id, None)
            if pause is not None:
                kept[guild_id] = pause
            named = {_EVERYWHERE if place is None else str(place): [each.until_ms, each.why] for place, each in kept.items()}
            transaction.run(_WRITE, {"key": KEY, "value": json.dumps(named), "at_ms": at_ms})
            return before

        return await self._database.write(work, alone=(PAUSES,))


def pauses_in(transaction: Transaction) -> Pauses:
    """The pauses as this transaction sees them, so that a booking in it can't miss a pause that was written before."""
    return read_pauses(transaction.one(_READ, {"key": KEY}))


def read_pauses(row: Row | None) -> Pauses:
    """The pauses of a row of `settings`; none where there is no row. A row that can't be read pauses nothing and is logged."""
    if row is None:
        return {}
    try:
        named = json.loads(row["value"])
        return {
            None if name == _EVERYWHERE else int(name): Pause(None if until is None else int(until), str(why))
            for name, (until, why) in named.items()
        }
    except (ValueError, TypeError, AttributeError):
        _log.warning("the pauses in the database can't be read, so nothing is paused: give them anew with happyhorse pause")
        return {}
