"""`JobMessages` over any `Database`: where the messages of a job are in Discord, and what they show."""

from __future__ import annotations

from typing import Final, Unpack

from bot.domain.job import Job
from bot.ports import AddressChanges
from bot.storage.database import Database
from bot.storage.job_rows import JobRows
from bot.storage.sql import changing, statement

ADDRESS_COLUMNS: Final = AddressChanges.__optional_keys__

_READDRESS = statement("jobs.readdress")
_SHOW_BAR = statement("jobs.show_bar")
_SHOWN = statement("jobs.shown")
_UNSHOWN = statement("jobs.unshown")


class StoredJobMessages:
    def __init__(self, database: Database, rows: JobRows) -> None:
        self._database = database
        self._rows = rows

    async def readdress(self, job_id: int, **address: Unpack[AddressChanges]) -> None:
        if not address:
            return
        sql = changing(_READDRESS, address, ADDRESS_COLUMNS)
        await self._database.write(lambda transaction: transaction.run(sql, {"id": job_id, **address}))

    async def show_bar(self, job_id: int, percent: int, told: int | None = None) -> None:
        parameters = {"id": job_id, "percent": percent, "told": told}
        await self._database.write(lambda transaction: transaction.run(_SHOW_BAR, parameters))

    async def shown(self, job_id: int) -> None:
        await self._database.write(lambda transaction: transaction.run(_SHOWN, {"id": job_id}))

    async def unshown(self) -> list[Job]:
        return self._rows.readable(await self._database.read(lambda transaction: transaction.rows(_UNSHOWN, {})))
