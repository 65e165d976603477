"""`JobReader` over any `Database`: one job, a member's orders, and how long finished ones took. Nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

from bot.domain.clip import Kind, Resolution
from bot.domain.job import Job
from bot.domain.order import Order
from bot.storage.database import Database, Row, Transaction
from bot.storage.job_rows import JobRows
from bot.storage.rows import order_of
from bot.storage.sql import statement

LATEST_LIKE: Final = 500
"""How many of the latest similar clips `took_ms` compares in length."""

_GET = statement("jobs.get")
_OF_SOURCE = statement("jobs.of_source")
_IN_ORDER = statement("jobs.in_order")
_ORDER = statement("orders.get")
_UNFINISHED_OF_MEMBER = statement("jobs.unfinished_of_member")
_ENDED_OF_MEMBER = statement("jobs.ended_of_member")
_TOOK_MS = statement("jobs.took_ms")


class StoredJobs:
    def __init__(self, database: Database, rows: JobRows) -> None:
        self._database = database
        self._rows = rows

    async def get(self, job_id: int) -> Job | None:
        row = await self._database.read(lambda transaction: transaction.one(_GET, {"id": job_id}))
        return None if row is None else self._rows.read(row)

    async def of_source(self, source: str) -> list[Job]:
        rows = await self._database.read(lambda transaction: transaction.rows(_OF_SOURCE, {"source": source}))
        return [self._rows.read(row) for row in rows]

    async def order(self, order_id: int) -> Order | None:
        row = await self._database.read(lambda transaction: transaction.one(_ORDER, {"id": order_id}))
        return None if row is None else order_of(row)

    async def of_order(self, order_id: int) -> list[Job]:
        rows = await self._database.read(lambda transaction: transaction.rows(_IN_ORDER, {"order_id": order_id}))
        return self._rows.readable(rows)

    async def of_member(self, member_id: int, limit: int, skip: int = 0) -> list[list[Job]]:
        def work(transaction: Transaction) -> list[list[Job]]:
            most = limit
            while True:
                orders = _orders_of_member(transaction, member_id, most, skip)
                readable = [jobs for jobs in map(self._rows.readable, orders) if jobs]
                if len(readable) >= limit or len(orders) < most:
                    return readable[:limit]
                # Some orders can't be read: read more, so that the answer is still `limit` long.
                most += limit

        return await self._database.read(work)

    async def took_ms(self, provider: str, kind: Kind, resolution: Resolution, duration: int, limit: int) -> list[int]:
        like = {"provider": provider, "kind": kind, "resolution": resolution, "duration": duration}
        parameters = {**like, "looked_at": LATEST_LIKE, "most": limit}
        rows = await self._database.read(lambda transaction: transaction.rows(_TOOK_MS, parameters))
        return [row["took_ms"] for row in rows]

    async def columns(self, job_id: int) -> Mapping[str, object] | None:
        row = await self._database.read(lambda transaction: transaction.one(_GET, {"id": job_id}))
        return None if row is None else {name: value for name, value in row.items() if name != "answer"}


def _orders_of_member(transaction: Transaction, member_id: int, most: int, skip: int) -> list[list[Row]]:
    # A member has few unfinished orders, so skipped ones are simply read and dropped.
    unfinished = _by_order(transaction.rows(_UNFINISHED_OF_MEMBER, {"member_id": member_id, "most": skip + most}))
    past = max(skip - len(unfinished), 0)
    page = unfinished[skip:]
    ended = transaction.rows(_ENDED_OF_MEMBER, {"member_id": member_id, "most": most - len(page), "skip": past})
    return page + _by_order(ended)


def _by_order(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows of each order, which stand one after the other."""
    return [list(each) for _, each in groupby(rows, key=lambda row: row["order_id"])]
