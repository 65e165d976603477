"""Reads every row of a member's ledger. The store's own list, which members see, leaves out rows that moved no credits."""

from __future__ import annotations

from bot.storage.rows import entry_of


async def every_entry(storage, member_id):
    """Newest first."""
    sql = (
        "SELECT ledger.*, discord_id AS member_id FROM ledger JOIN people ON people.id = person_id"
        " WHERE discord_id = :member_id ORDER BY ledger.id DESC"
    )
    rows = await storage.database.read(lambda transaction: transaction.rows(sql, {"member_id": member_id}))
    return [entry_of(row) for row in rows]
