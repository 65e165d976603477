"""Migrations from an empty file and from every older number, twice and at the same time. Newer or foreign files are refused."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

import pytest

from bot.errors import DatabaseTooNew, StorageError
from bot.storage import open_storage
from bot.storage.schema import Dialect, Migration, in_order, migrate, shipped
from tests.told import told

MADE_UP = (
    Migration(1, "one", "CREATE TABLE one (a INTEGER);\n"),
    Migration(
        2,
        "two",
        "-- A trigger holds semicolons of its own.\n"
        "CREATE TRIGGER never BEFORE DELETE ON one\nBEGIN\n    SELECT RAISE(ABORT, 'no');\n    SELECT 1;\nEND;\n"
        "INSERT INTO one VALUES (1);\n",
    ),
    Migration(3, "three", "ALTER TABLE one ADD COLUMN b TEXT;\nUPDATE one SET b = 'x';\n"),
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "books.db"


def raw(path):
    return closing(sqlite3.connect(path, isolation_level=None, timeout=30))


def dump(path):
    with raw(path) as connection:
        return [line for line in connection.iterdump() if 'INTO "migrations"' not in line]


@pytest.mark.parametrize("dialect", Dialect)
def test_shipped_migrations_are_numbered_from_one_without_a_gap(dialect):
    assert [migration.number for migration in shipped(dialect)] == list(range(1, len(shipped(dialect)) + 1))
    assert shipped(dialect)


def test_two_migrations_with_one_number_are_an_error_that_names_both():
    assert in_order(reversed(MADE_UP)) == MADE_UP
    with pytest.raises(ValueError, match="two migrations have the number 2: other and two"):
        in_order((*MADE_UP, Migration(2, "other", "CREATE TABLE other (a);\n")))


def test_a_number_that_is_missing_between_two_migrations_is_an_error():
    with pytest.raises(ValueError, match=r"there is no migration 2 before 3 \(three\)"):
        in_order((MADE_UP[0], MADE_UP[2]))


@pytest.mark.parametrize("older", range(len(MADE_UP) + 1))
def test_every_older_number_comes_to_the_same_schema(path, tmp_path, older):
    with raw(path) as connection:
        assert migrate(connection, path, MADE_UP[:older]) == older
        assert migrate(connection, path, MADE_UP) == 3
        assert migrate(connection, path, MADE_UP) == 3
    with raw(tmp_path / "fresh.db") as connection:
        migrate(connection, path, MADE_UP)

    assert dump(path) == dump(tmp_path / "fresh.db")


@pytest.mark.parametrize("older", range(len(shipped())))
async def test_a_file_of_every_older_bot_is_opened(path, older):
    with raw(path) as connection:
        migrate(connection, path, shipped()[:older])

    async with open_storage(path) as storage:
        assert await storage.schema_version() == len(shipped())
    async with open_storage(path) as storage:
        assert await storage.schema_version() == len(shipped())


async def test_a_file_of_a_newer_bot_is_refused_and_left_as_it_was(path):
    async with open_storage(path):
        pass
    with raw(path) as connection:
        connection.execute("INSERT INTO migrations VALUES (?, 'later', 'c', 0)", (len(shipped()) + 1,))
    before = dump(path)

    with told(DatabaseTooNew, r"books\.db was written by a newer bot .*: install that version again"):
        async with open_storage(path):
            pass
    assert dump(path) == before


def test_a_migration_that_fails_leaves_the_file_after_the_last_whole_one(path):
    broken = (*MADE_UP[:2], Migration(3, "three", "CREATE TABLE three (a);\nINSERT INTO one VALUES (1, 2, 3);\n"))
    with raw(path) as connection:
        migrate(connection, path, MADE_UP[:2])
        before = dump(path)

        with told(StorageError, "nothing of this step was kept"):
            migrate(connection, path, broken)
        assert dump(path) == before
        assert migrate(connection, path, MADE_UP) == 3


def test_a_migration_whose_text_was_changed_after_it_was_applied_is_refused(path):
    with raw(path) as connection:
        migrate(connection, path, MADE_UP[:1])

        with told(StorageError, "another text of migration 1"):
            migrate(connection, path, (Migration(1, "one", "CREATE TABLE one (a TEXT);\n"), *MADE_UP[1:]))


async def test_another_programs_database_is_refused_and_left_as_it_was(path):
    with raw(path) as connection:
        connection.execute("CREATE TABLE recipes (a)")
    before = dump(path)

    with told(StorageError, "another program's database"):
        async with open_storage(path):
            pass
    assert dump(path) == before


def test_starts_at_the_same_moment_apply_each_migration_once(path):
    barrier = threading.Barrier(6)
    versions, broken = [], []

    def start():
        try:
            with raw(path) as connection:
                barrier.wait(timeout=30)
                versions.append(migrate(connection, path, MADE_UP))
        except BaseException as error:
            broken.append(error)
            raise

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert (broken, versions) == ([], [3] * 6)
    with raw(path) as connection:
        assert connection.execute("SELECT COUNT(*) FROM one").fetchone() == (1,)
