"""The numbered migrations of each dialect, and how they bring an SQLite file to the schema of this bot: the table `migrations`
records which were applied. `upgrade` calls it; `postgres_schema`, which applies those of PostgreSQL, takes them from here.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from bot.errors import DatabaseTooNew, StorageError
from bot.storage_problem import StorageCode, StorageProblem

_FILE: Final = re.compile(r"(\d{4})_(\w+)\.sql")
_RECORD: Final = """
CREATE TABLE IF NOT EXISTS migrations (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at_ms INTEGER NOT NULL
) STRICT
"""

APPLIED: Final = "SELECT number, name, checksum FROM migrations ORDER BY number"
VERSION: Final = "SELECT COALESCE(MAX(number), 0) AS version FROM migrations"


class Dialect(StrEnum):
    """Whose SQL a migration is; the value names its folder in `migrations`.

    All dialects end with the same tables. Those of SQLite carry the rows of older files over.
    """

    SQLITE = "sqlite"
    POSTGRES = "postgres"


@dataclass(frozen=True, slots=True)
class Migration:
    """`sql` has line feeds only, so that `checksum` is the same on every system."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


@cache
def shipped(dialect: Dialect = Dialect.SQLITE) -> tuple[Migration, ...]:
    """The migrations of this bot for that database. Raises `ValueError` as `in_order` does, which is a bug."""
    return in_order(
        Migration(int(match[1]), match[2], file.read_text("utf-8").replace("\r\n", "\n"))
        for file in resources.files("bot.storage").joinpath("migrations", dialect).iterdir()
        if (match := _FILE.fullmatch(file.name))
    )


def in_order(found: Iterable[Migration]) -> tuple[Migration, ...]:
    """The migrations by their numbers. Raises `ValueError` unless these go from 1 without a gap and each is there once: a
    database records numbers, so of two with one number it would have only one.
    """
    migrations = tuple(sorted(found, key=lambda migration: (migration.number, migration.name)))
    for number, migration in enumerate(migrations, start=1):
        if migration.number < number:
            msg = f"two migrations have the number {migration.number}: {migrations[number - 2].name} and {migration.name}"
            raise ValueError(msg)
        if migration.number > number:
            msg = f"there is no migration {number} before {migration.number} ({migration.name})"
            raise ValueError(msg)
    return migrations


def migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> int:
    """Applies the missing migrations, each in a transaction of its own (for a new file all in one). Returns the version
    reached.

    Safe to repeat and to run twice at once: each step reads the version again under the write lock. Raises `DatabaseTooNew` or
    `StorageError`; the file is then as it was after the last complete migration.
    """
    while True:
        connection.execute("BEGIN IMMEDIATE")
        try:
            version = recorded(connection, path, migrations)
            # A new file gets all tables at once, so that no other process finds it half made.
            reached = len(migrations) if version == 0 else min(version + 1, len(migrations))
            for migration in migrations[version:reached]:
                _apply(connection, migration)
            connection.execute("COMMIT")
        except BaseException as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise StorageError(StorageProblem(StorageCode.NOT_MIGRATED, str(path), str(error))) from error
            raise
        if reached == len(migrations):
            return reached


def recorded(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> int:
    """Number of the latest migration in the file, 0 for a file that is new. Changes nothing.

    Raises `DatabaseTooNew`, or `StorageError` for a file that this bot did not write.
    """
    tables = {str(row[0]) for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return 0
    if "migrations" not in tables:
        raise StorageError(StorageProblem(StorageCode.ANOTHER_PROGRAM, str(path)))
    return version_of(connection.execute(APPLIED).fetchall(), str(path), migrations)


def version_of(applied: Sequence[tuple[int, str, str]], database: str, migrations: Sequence[Migration]) -> int:
    """How many of the migrations a database has. `applied`: the rows that `APPLIED` reads; `database`: its path or name.

    Raises `DatabaseTooNew`, or `StorageError` where one of them was another text.
    """
    if len(applied) > len(migrations):
        figures = (int(applied[-1][0]), len(migrations))
        raise DatabaseTooNew(StorageProblem(StorageCode.TOO_NEW, database, figures=figures))
    for (number, name, checksum), migration in zip(applied, migrations, strict=False):
        if (number, checksum) != (migration.number, migration.checksum):
            raise StorageError(StorageProblem(StorageCode.CHANGED_MIGRATION, database, figures=(number, name)))
    return len(applied)


def _apply(connection: sqlite3.Connection, migration: Migration) -> None:
    connection.execute(_RECORD)
    for sql in _statements(migration.sql):
        connection.execute(sql)
    _record(connection, migration)


def _record(connection: sqlite3.Connection, migration: Migration) -> None:
    connection.execute(
        "INSERT INTO migrations (number, name, checksum, applied_at_ms) VALUES (?, ?, ?, ?)",
        (migration.number, migration.name, migration.checksum, time.time_ns() // 1_000_000),
    )


def _statements(script: str) -> list[str]:
    # `executescript` would end the transaction that keeps a migration whole.
    found: list[str] = []
    text = ""
    for line in script.splitlines(keepends=True):
        text += line
        if sqlite3.complete_statement(text):
            found.append(text)
            text = ""
    return found
