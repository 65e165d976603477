"""`JobMessages` over any `Database`: what the messages of a job have shown."""

from __future__ import annotations

from bot.storage.database import Database
from bot.storage.sql import statement

_SHOW_BAR = statement("jobs.show_bar")


class StoredJobMessages:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def show_bar(self, job_id: int, percent: int, told: int | None = None) -> None:
        parameters = {"id": job_id, "percent": percent, "told": told}
        await self._database.write(lambda transaction: transaction.run(_SHOW_BAR, parameters))
