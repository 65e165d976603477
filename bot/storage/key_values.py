"""`KeyValues` over any `Database`: small texts that are kept over a restart. They are in the table `settings`, which has
nothing to do with the operator's configuration.
"""

from __future__ import annotations

from bot.storage.database import Database
from bot.storage.sql import statement

_READ = statement("key_values.read")
_WRITE = statement("key_values.write")


class StoredKeyValues:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, key: str) -> str | None:
        row = await self._database.read(lambda transaction: transaction.one(_READ, {"key": key}))
        return None if row is None else row["value"]

    async def write(self, key: str, value: str, at_ms: int) -> None:
        parameters = {"key": key, "value": value, "at_ms": at_ms}
        await self._database.write(lambda transaction: transaction.run(_WRITE, parameters))
