"""Makes new databases for tests, and reads what the bot itself does not: every row of a member's ledger."""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path

from bot.storage.rows import entry_of
from bot.storage.schema import migrate, shipped


@cache
def migrated() -> bytes:
    """A database with the bot's tables and no rows in them. Made once in a process: that takes longer than most tests."""
    with sqlite3.connect(":memory:", isolation_level=None) as connection:
        migrate(connection, Path("books.db"), shipped())
        return connection.serialize()


def new_file(path: Path) -> Path:
    """Puts such a database at `path`, as a bot leaves it that has done nothing yet. Returns the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(migrated())
    path.chmod(0o600)
    return path


async def every_entry(storage, member_id):
    """Newest first. The store's own list, which members see, leaves out rows that moved no credits."""
    sql = (
        "SELECT ledger.*, discord_id AS member_id FROM ledger JOIN people ON people.id = person_id"
        " WHERE discord_id = :member_id ORDER BY ledger.id DESC"
    )
    rows = await storage.database.read(lambda transaction: transaction.rows(sql, {"member_id": member_id}))
    return [entry_of(row) for row in rows]
