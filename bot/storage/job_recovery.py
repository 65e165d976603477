"""`JobRecovery` over any `Database`: what a start and the operator do with jobs that were left or are stuck."""

from __future__ import annotations

from bot.detail import Detail, DetailCode, text_of
from bot.domain.job import STARTS_TOGETHER, Failure, Job
from bot.ports import Entry
from bot.storage import keys
from bot.storage.database import Database, Row, Transaction
from bot.storage.job_rows import JobRows
from bot.storage.sql import statement

_TAKE_OVER = statement("jobs.take_over")
_TAKE_OVER_BEHIND = statement("jobs.take_over_behind")
_COUNT_START = statement("jobs.count_start")
_RESUME = statement("jobs.resume")
_ORDER_OF = statement("jobs.order_of")
_END_UNREADABLE = statement("jobs.end_unreadable")
_ALL_SHOWN = statement("posts.all_shown")
_CLOSE_RESERVE = statement("ledger.close_reserve")
_END_ORDER = statement("orders.end")
_TURNS = statement("turns.of_members")
_PRUNE_TURNS = statement("turns.prune")


class StoredJobRecovery:
    def __init__(self, database: Database, rows: JobRows) -> None:
        self._database = database
        self._rows = rows

    async def take_over(self, at_ms: int, *, broke: bool = False) -> list[Job]:
        broken = {"broke": broke, "alone": STARTS_TOGETHER}

        def work(transaction: Transaction) -> list[Row]:
            transaction.run(_TAKE_OVER_BEHIND, {"at_ms": at_ms, **broken})
            transaction.run(_PRUNE_TURNS, {})
            return transaction.rows(_TAKE_OVER, {"at_ms": at_ms, **broken})

        rows = await self._database.write(work)
        return sorted(self._rows.readable(rows), key=lambda job: (job.created_at_ms, job.id))

    async def turns(self) -> dict[int, int]:
        rows = await self._database.read(lambda transaction: transaction.rows(_TURNS, {}))
        return {row["member_id"]: row["turn"] for row in rows}

    async def count_start(self, job: Job) -> bool:
        parameters = {"id": job.id, "fence": job.fence}
        return await self._database.write(lambda transaction: transaction.run(_COUNT_START, parameters)) > 0

    async def resume(self, job_id: int) -> Job | None:
        row = await self._database.write(lambda transaction: transaction.one(_RESUME, {"id": job_id}))
        return None if row is None else self._rows.read(row)

    def unreadable(self) -> dict[int, str]:
        return dict(self._rows.unreadable)

    async def end_unreadable(self, job_id: int, at_ms: int) -> bool:
        detail = text_of(Detail(DetailCode.ENDED_UNREAD))
        ending = {"id": job_id, "at_ms": at_ms, "failure": Failure.STOPPED, "detail": detail}
        closing = {"id": job_id, "entry": Entry.RELEASE, "charged": 0, "at_ms": at_ms}

        order = await self._database.read(lambda transaction: transaction.one(_ORDER_OF, {"id": job_id}))
        if order is None:
            return False

        def work(transaction: Transaction) -> bool:
            ended = transaction.run(_END_UNREADABLE, ending)
            if ended:
                transaction.rows(_CLOSE_RESERVE, closing)
                transaction.run(_END_ORDER, {"job_id": job_id, "at_ms": at_ms})
            transaction.run(_ALL_SHOWN, {"id": job_id})
            return bool(ended)

        return await self._database.write(work, alone=(keys.order(order["order_id"]),))
