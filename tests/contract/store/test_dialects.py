"""Both dialects of the migrations end with the same tables. A change of the schema is a file for each of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from bot.storage.schema import Dialect, migrate, shipped

TYPES = {"INTEGER": "bigint", "TEXT": "text", "BLOB": "bytea", "REAL": "double precision"}

# Of each index, also that of a primary key: its table, whether it is unique or partial, and its columns in order. An expression
# is None.
INDEXES_OF_POSTGRES = """
SELECT held.relname, indisunique, indpred IS NOT NULL, ARRAY(
    SELECT attname FROM unnest(indkey::int2[]) WITH ORDINALITY AS key (number, place)
    LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = number AND number > 0 ORDER BY place
)
FROM pg_index JOIN pg_class AS held ON held.oid = indrelid
WHERE held.relnamespace = 'public'::regnamespace AND held.relname <> 'migrations'
"""
REFERENCES_OF_POSTGRES = """
SELECT conrelid::regclass::text, confrelid::regclass::text, ARRAY(
    SELECT attname FROM unnest(conkey) AS number JOIN pg_attribute ON attrelid = conrelid AND attnum = number
)
FROM pg_constraint WHERE contype = 'f'
"""


@pytest.fixture(scope="module")
def sqlite():
    """An SQLite database with every migration, one after the other."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for number in range(1, len(shipped()) + 1):
            migrate(connection, Path("books.db"), shipped()[:number])
        yield connection


@pytest.fixture(scope="module")
def postgres(new_postgres_database):
    with new_postgres_database() as address, psycopg.connect(address) as connection:
        for migration in shipped(Dialect.POSTGRES):
            connection.execute(migration.sql)
        yield connection


def tables_of(connection):
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return sorted({name for (name,) in names} - {"migrations"})


def test_they_have_the_same_columns_of_the_same_types_and_the_same_may_be_null(sqlite, postgres):
    ours = {
        (table, name, TYPES[kind], bool(needed or key))
        for table in tables_of(sqlite)
        for _, name, kind, needed, _, key in sqlite.execute(f"PRAGMA table_info({table})")
    }
    theirs = postgres.execute(
        "SELECT table_name, column_name, data_type, is_nullable = 'NO' FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name <> 'migrations'"
    )

    assert set(theirs) == ours


def test_the_same_columns_are_unique_and_have_an_index(sqlite, postgres):
    ours = set()
    for table in tables_of(sqlite):
        key = [(place, name) for _, name, _, _, _, place in sqlite.execute(f"PRAGMA table_info({table})") if place]
        ours.add((table, True, False, tuple(name for _, name in sorted(key))))
        for _, index, unique, _, partial in sqlite.execute(f"PRAGMA index_list({table})"):
            columns = tuple(name for _, _, name in sqlite.execute(f"PRAGMA index_info({index})"))
            ours.add((table, bool(unique), bool(partial), columns))
    theirs = postgres.execute(INDEXES_OF_POSTGRES)

    assert {(table, unique, partial, tuple(columns)) for table, unique, partial, columns in theirs} == ours


def test_they_have_the_same_foreign_keys(sqlite, postgres):
    ours = {
        (table, parent, (column,))
        for table in tables_of(sqlite)
        for _, _, parent, column, *_ in sqlite.execute(f"PRAGMA foreign_key_list({table})")
    }
    theirs = postgres.execute(REFERENCES_OF_POSTGRES)

    assert {(table, parent, tuple(columns)) for table, parent, columns in theirs} == ours
