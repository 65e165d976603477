"""`Ledger` over any `Database`: the rows of what members were given and what they spent."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from bot.domain.quota import Span, payer_for
from bot.errors import StorageError
from bot.ports import LedgerEntry
from bot.storage import keys
from bot.storage.accounts import open_account
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
        parameters = _account_in(member_id, span)
        row = await self._database.read(lambda transaction: transaction.one(_BOOKED, parameters))
        return 0 if row is None else int(row["booked"])

    async def granted(self, member_id: int, span: Span) -> int:
        parameters = _account_in(member_id, span)
        row = await self._database.read(lambda transaction: transaction.one(_GRANTED, parameters))
        return 0 if row is None else int(row["granted"])

    async def entries(self, member_id: int, limit: int) -> list[LedgerEntry]:
        parameters = {**_account(member_id), "most": limit}
        rows = await self._database.read(lambda transaction: transaction.rows(_ENTRIES, parameters))
        return [entry for row in rows if (entry := _readable(row)) is not None]

    async def of_job(self, job_id: int) -> list[LedgerEntry]:
        rows = await self._database.read(lambda transaction: transaction.rows(_OF_JOB, {"job_id": job_id}))
        return [entry for row in rows if (entry := _readable(row)) is not None]

    async def grant(self, member_id: int, guild_id: int | None, credits: int, at_ms: int, note: str) -> LedgerEntry:  # noqa: A002  as in the port
        given = {"guild_id": guild_id, "credits": credits, "at_ms": at_ms, "note": note}
        alone = (keys.member(member_id),)
        return await self._database.write(lambda transaction: _grant(transaction, member_id, given), alone=alone)

    async def set_left(
        self, member_id: int, left: int, allowance: int, span: Span, at_ms: int, note: str
    ) -> LedgerEntry | None:
        window = _account_in(member_id, span)

        def work(transaction: Transaction) -> LedgerEntry | None:
            row = transaction.one(_BOOKED, window)
            missing = left - allowance - (0 if row is None else int(row["booked"]))
            if not missing:
                return None
            given = {"guild_id": None, "credits": missing, "at_ms": at_ms, "note": note}
            return _grant(transaction, member_id, given)

        return await self._database.write(work, alone=(keys.member(member_id),))


def _readable(row: Row) -> LedgerEntry | None:
    try:
        return entry_of(row)
    except (ValueError, TypeError) as error:
        _log.error("entry %s of the ledger is left out, this version can't read it: %s", row["id"], error)
        return None


def _account(member_id: int) -> dict[str, object]:
    payer = payer_for(member_id)
    return {"member_id": payer.member_id, "kind": payer.kind}


def _account_in(member_id: int, span: Span) -> dict[str, object]:
    return {**_account(member_id), "start_ms": span.start_ms, "end_ms": span.end_ms}


def _grant(transaction: Transaction, member_id: int, given: Mapping[str, object]) -> LedgerEntry:
    parameters = {**_account(member_id), **given}
    row = transaction.one(_GRANT, parameters)
    if row is None:
        # The first thing that is written of this member.
        open_account(transaction, payer_for(member_id))
        row = transaction.one(_GRANT, parameters)
    if row is None:
        raise StorageError(StorageProblem(StorageCode.NO_GRANT))
    return entry_of(row)
