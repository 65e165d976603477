"""`OperatorRequests` over any `Database`: what the operator asked of the running bot, and its answers."""

from __future__ import annotations

from typing import Final

from bot.errors import StorageError
from bot.ports import OperatorAction, OperatorAnswer, OperatorRequest
from bot.storage.answers import remarks_of, text_of
from bot.storage.database import Database, Row, Transaction
from bot.storage.sql import statement
from bot.storage_problem import StorageCode, StorageProblem

KEPT: Final = 500
"""How many requests are kept, the latest ones."""

_ASK = statement("operator_requests.add")
_FORGET_OLD = statement("operator_requests.forget_old")
_UNANSWERED = statement("operator_requests.unanswered")
_ANSWER = statement("operator_requests.answer")
_ANSWER_OF = statement("operator_requests.answer_of")


class StoredOperatorRequests:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, action: OperatorAction, job_id: int, *, sure: bool, new_job_id: int, at_ms: int) -> int:
        parameters = {"action": action, "job_id": job_id, "sure": sure, "new_job_id": new_job_id, "at_ms": at_ms}

        def work(transaction: Transaction) -> int:
            row = transaction.one(_ASK, parameters)
            if row is None:
                raise StorageError(StorageProblem(StorageCode.NO_REQUEST))
            transaction.run(_FORGET_OLD, {"id": row["id"], "kept": KEPT})
            return int(row["id"])

        return await self._database.write(work)

    async def unanswered(self) -> list[OperatorRequest]:
        return list(map(_request_of, await self._database.read(lambda transaction: transaction.rows(_UNANSWERED, {}))))

    async def answer(self, request_id: int, answer: OperatorAnswer, at_ms: int) -> None:
        parameters = {"id": request_id, "done": answer.done, "answer": text_of(answer.remarks), "at_ms": at_ms}
        await self._database.write(lambda transaction: transaction.run(_ANSWER, parameters))

    async def answer_of(self, request_id: int) -> OperatorAnswer | None:
        row = await self._database.read(lambda transaction: transaction.one(_ANSWER_OF, {"id": request_id}))
        return None if row is None else OperatorAnswer(bool(row["done"]), remarks_of(str(row["answer"])))


def _request_of(row: Row) -> OperatorRequest:
    return OperatorRequest(
        id=row["id"],
        action=OperatorAction(row["action"]),
        job_id=row["job_id"],
        sure=bool(row["sure"]),
        new_job_id=row["new_job_id"],
        at_ms=row["at_ms"],
    )
