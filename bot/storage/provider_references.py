"""`ProviderReferences` over any `Database`: which job has which clip of a provider."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from bot.domain.job import Job
from bot.storage.database import Database, Transaction
from bot.storage.job_rows import JobRows
from bot.storage.sql import statement

HOLD_MS: Final = 48 * 60 * 60 * 1000
"""For so long `held` lists the reference of an ended job."""

_REFERENCES_HELD = statement("jobs.references_held")
_HOLDER = statement("jobs.holder")
_SUBMITTING = statement("jobs.submitting")


class StoredProviderReferences:
    def __init__(self, database: Database, rows: JobRows) -> None:
        self._database = database
        self._rows = rows

    async def held(self, provider: str) -> set[str]:
        parameters = {"provider": provider, "hold_ms": HOLD_MS}
        rows = await self._database.read(lambda transaction: transaction.rows(_REFERENCES_HELD, parameters))
        return {row["provider_reference"] for row in rows}

    async def holder(self, provider: str, reference: str) -> int | None:
        return await self._database.read(lambda transaction: holder_in(transaction, provider, reference))

    async def submitting(self, provider: str, but: Collection[int]) -> list[Job]:
        rows = await self._database.read(lambda transaction: transaction.rows(_SUBMITTING, {"provider": provider}))
        return self._rows.readable(row for row in rows if row["id"] not in but)


def holder_in(transaction: Transaction, provider: str, reference: str) -> int | None:
    """`holder`, as this transaction sees it."""
    row = transaction.one(_HOLDER, {"provider": provider, "reference": reference})
    return None if row is None else row["id"]
