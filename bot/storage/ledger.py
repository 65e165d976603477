"""`Ledger` over any `Database`: the rows of what members were given and what they spent."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from bot.domain.quota import Span
from bot.errors import StorageError
from bot.ports import LedgerEntry
from bot.storage.database import Database, Row, Transaction
from bot.storage.rows import entry_of
from bot.storage.sql import statement
from bot.storage_problem import StorageCode, StorageProblem

_log: Final = logging.getLogger(__name__)

_BOOKED = statement("ledger.booked")
_GRANTED = statement("ledger.granted")
_ENTRIES = statement("ledger.entries")
_OF_JOB = statement("ledger.of_job")
_GRANT = statement("ledger.grant")


class Books:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def booked(self, member_id: int, span: Span) -> int:
        parameters = {"member_id": member_id, "start_ms": span.start_ms, "end_ms": span.end_ms}
        row = await self._database.read(lambda transaction: transaction.one(_BOOKED, parameters))
        return 0 if row is None else int(row["booked"])

    async def granted(self, member_id: int, span: Span) -> int:
        parameters = {"member_id": member_id, "start_ms": span.start_ms, "end_ms": span.end_ms}
        row = await self._database.read(lambda transaction: transaction.one(_GRANTED, parameters))
        return 0 if row is None else int(row["granted"])

    async def entries(self, member_id: int, limit: int) -> list[LedgerEntry]:
        parameters = {"member_id": member_id, "most": limit}
        rows = await self._database.read(lambda transaction: transaction.rows(_ENTRIES, parameters))
        return [entry for row in rows if (entry := _readable(row)) is not None]

    async def of_job(self, job_id: int) -> list[LedgerEntry]:
        rows = await self._database.read(lambda transaction: transaction.rows(_OF_JOB, {"job_id": job_id}))
        return [entry for row in rows if (entry := _readable(row)) is not None]

    async def grant(self, member_id: int, guild_id: int | None, credits: int, at_ms: int, note: str) -> LedgerEntry:  # noqa: A002  as in the port
        parameters = {"member_id": member_id, "guild_id": guild_id, "credits": credits, "at_ms": at_ms, "note": note}
        return await self._database.write(lambda transaction: _grant(transaction, parameters))

    async def set_left(
        self, member_id: int, left: int, allowance: int, span: Span, at_ms: int, note: str
    ) -> LedgerEntry | None:
        window = {"member_id": member_id, "start_ms": span.start_ms, "end_ms": span.end_ms}

        def work(transaction: Transaction) -> LedgerEntry | None:
            row = transaction.one(_BOOKED, window)
            missing = left - allowance - (0 if row is None else int(row["booked"]))
            if not missing:
                return None
            grant = {"member_id": member_id, "guild_id": None, "credits": missing, "at_ms": at_ms, "note": note}
            return _grant(transaction, grant)

        return await self._database.write(work)


def _readable(row: Row) -> LedgerEntry | None:
    try:
        return entry_of(row)
    except (ValueError, TypeError) as error:
        _log.error("entry %s of the ledger is left out, this version can't read it: %s", row["id"], error)
        return None


def _grant(transaction: Transaction, parameters: Mapping[str, object]) -> LedgerEntry:
    row = transaction.one(_GRANT, parameters)
    if row is None:
        raise StorageError(StorageProblem(StorageCode.NO_GRANT))
    return entry_of(row)
