"""Brings a PostgreSQL database to the schema of this bot: the table `migrations` records what was applied, as on SQLite.
`PostgresDatabase.open` calls it.
"""

from __future__ import annotations

import time
from typing import Any, Final

import psycopg

from bot.errors import DatabaseOutdated, StorageError
from bot.storage.schema import APPLIED, Dialect, shipped, version_of
from bot.storage_problem import StorageCode, StorageProblem

_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(1)"
"""Taken by whoever looks at the schema or changes it. Keys of writes are hashes, which are never that small in practice."""
_TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
_RECORD: Final = """
CREATE TABLE IF NOT EXISTS migrations (
    number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at_ms BIGINT NOT NULL
)
"""


def bring_up_to_date(connection: psycopg.Connection[tuple[Any, ...]], name: str, *, exclusive: bool) -> None:
    """Applies the missing migrations in one transaction, so that a migration that fails changes nothing.

    A new database gets its tables in any case. `exclusive`: an older one is brought up to date too; without it
    `DatabaseOutdated` is raised. Raises `DatabaseTooNew` or another `StorageError`, and `psycopg.Error`. `name` is the
    database's for messages.
    """
    known = shipped(Dialect.POSTGRES)
    with connection.transaction():
        connection.execute(_ONE_AT_A_TIME)
        version = _recorded(connection, name)
        if version == len(known):
            return
        if version and not exclusive:
            raise DatabaseOutdated(StorageProblem(StorageCode.OUTDATED, name, figures=(version, len(known))))
        connection.execute(_RECORD)
        for migration in known[version:]:
            connection.execute(migration.sql.encode())
            connection.execute(
                "INSERT INTO migrations (number, name, checksum, applied_at_ms) VALUES (%s, %s, %s, %s)",
                (migration.number, migration.name, migration.checksum, time.time_ns() // 1_000_000),
            )


def _recorded(connection: psycopg.Connection[tuple[Any, ...]], name: str) -> int:
    """Number of the latest migration in the database, 0 for a new one."""
    tables = {table for (table,) in connection.execute(_TABLES)}
    if not tables:
        return 0
    if "migrations" not in tables:
        raise StorageError(StorageProblem(StorageCode.ANOTHER_PROGRAM, name))
    return version_of(connection.execute(APPLIED).fetchall(), name, shipped(Dialect.POSTGRES))
