"""`Multipliers` over any `Database`: the allowance multiplier by role with which a member was last seen in a server."""

from __future__ import annotations

from bot.storage.database import Database
from bot.storage.sql import statement

_LAST = statement("multipliers.last")
_REMEMBER = statement("multipliers.remember")


class SeenMultipliers:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def last(self, member_id: int) -> float | None:
        row = await self._database.read(lambda transaction: transaction.one(_LAST, {"member_id": member_id}))
        return None if row is None else float(row["multiplier"])

    async def remember(self, member_id: int, multiplier: float, at_ms: int) -> None:
        parameters = {"member_id": member_id, "multiplier": multiplier, "at_ms": at_ms}
        await self._database.write(lambda transaction: transaction.run(_REMEMBER, parameters))
