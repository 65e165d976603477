"""The SQLite adapter: how it opens, what it promises of the disk, and transactions that share a commit."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import sys
from contextlib import closing

import pytest

from bot.errors import StorageError
from bot.storage import open_storage
from bot.storage.sqlite import SqliteDatabase
from tests.factories import NO_BOUNDS, NOW_MS, a_new_job

WRITE = "INSERT INTO settings (key, value, at_ms) VALUES (:key, :value, 0)"
COUNT = "SELECT COUNT(*) AS many FROM settings"


@pytest.fixture
async def database(tmp_path):
    database = await SqliteDatabase.open(tmp_path / "books.db")
    yield database
    await database.close()


def written(key, value="x"):
    return lambda transaction: transaction.run(WRITE, {"key": key, "value": value})


async def count(database):
    row = await database.read(lambda transaction: transaction.one(COUNT, {}))
    return row["many"]


async def test_what_is_written_is_on_disk_before_it_is_answered(database):
    def pragmas(transaction):
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "query_only")
        return {name: next(iter(transaction.one(f"PRAGMA {name}", {}).values())) for name in names}

    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000, "query_only": 0}
    assert await database.write(pragmas) == expected
    assert await database.read(pragmas) == {**expected, "query_only": 1}


async def test_a_read_cannot_write(database):
    with pytest.raises(StorageError):
        await database.read(written("a"))
    assert await count(database) == 0


async def test_a_read_sees_one_state_throughout(database, tmp_path):
    with closing(sqlite3.connect(tmp_path / "books.db", check_same_thread=False)) as other:

        def work(transaction):
            before = transaction.one(COUNT, {})["many"]
            other.execute("INSERT INTO settings (key, value, at_ms) VALUES ('a', 'x', 0)")
            other.commit()
            return before, transaction.one(COUNT, {})["many"]

        assert await database.read(work) == (0, 0)
    assert await count(database) == 1


async def test_work_that_raises_is_undone_alone_though_it_shares_a_commit(database):
    class Refusal(Exception):
        pass

    def half_way(transaction):
        transaction.run(WRITE, {"key": "lost", "value": "x"})
        raise Refusal

    results = await asyncio.gather(
        database.write(written("a")),
        database.write(half_way),
        database.write(lambda transaction: transaction.run("INSERT INTO nowhere VALUES (1)", {})),
        database.write(written("b")),
        return_exceptions=True,
    )

    assert [type(result) for result in results] == [int, Refusal, StorageError, int]
    assert await count(database) == 2


async def test_a_commit_that_fails_is_told_to_everyone_whose_work_was_in_it(database):
    def break_books(transaction):
        transaction.run("PRAGMA defer_foreign_keys = ON", {})  # so that only the commit finds the missing job
        transaction.run(
            "INSERT INTO ledger (job_id, member_id, entry, credits, at_ms, counts_at_ms) VALUES (9, 7, 'reserve', 0, 0, 0)", {}
        )

    results = await asyncio.gather(
        *(database.write(work) for work in (written("a"), break_books, written("b"))), return_exceptions=True
    )
    await database.write(written("c"))

    lost = [result for result in results if isinstance(result, StorageError)]
    assert results[1] in lost
    assert "FOREIGN KEY" in str(results[1])
    assert await count(database) == 1 + 3 - len(lost)


async def test_more_writers_than_share_a_commit_are_all_answered(database):
    results = await asyncio.gather(*(database.write(written(f"key {number}")) for number in range(300)))

    assert results == [1] * 300
    assert await count(database) == 300


async def test_a_full_disk_is_told_to_everyone_whose_work_was_lost_and_to_no_later_one(database):
    def fill(transaction):
        transaction.run("PRAGMA max_page_count = 1", {})  # SQLite's own way to be full: it takes the present size instead
        transaction.run(WRITE, {"key": "big", "value": "x" * 4_000_000})

    results = await asyncio.gather(
        database.write(written("a")), database.write(fill), database.write(written("b")), return_exceptions=True
    )
    await database.write(lambda transaction: transaction.run("PRAGMA max_page_count = 1000000", {}))
    await database.write(written("c"))

    # Whether SQLite ends the whole transaction or the statement alone, an answer and the file say the same.
    assert isinstance(results[1], StorageError)
    assert "full" in str(results[1])
    assert await count(database) == 1 + results.count(1)


async def test_a_caller_that_is_cancelled_leaves_no_half_transaction(database):
    def both(transaction):
        transaction.run(WRITE, {"key": "a", "value": "x"})
        transaction.run(WRITE, {"key": "b", "value": "x"})

    task = asyncio.ensure_future(database.write(both))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    await database.write(written("c"))
    assert await count(database) == 3


async def test_a_file_that_is_no_database_is_refused_with_what_to_do_and_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_bytes(b"My shopping list, much longer than the header of any database. " * 9)
    before = path.read_bytes()

    with pytest.raises(StorageError, match=r"notes\.txt is not an SQLite database: move it away"):
        await SqliteDatabase.open(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["file/books.db", "folder"])
async def test_a_path_that_cannot_hold_a_database_is_refused_with_what_to_do(tmp_path, name):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()

    with pytest.raises(StorageError, match="folder that it may write to"):
        async with open_storage(tmp_path / name):
            pass


async def test_folder_and_file_are_made_for_the_bot_alone(tmp_path):
    path = tmp_path / "new" / "folder" / "books.db"
    async with open_storage(path) as storage:
        await storage.jobs.create(a_new_job(), NO_BOUNDS)
        modes = {stat.S_IMODE(path.with_name(f"books.db{end}").stat().st_mode) for end in ("", "-wal", "-shm")}

    if sys.platform != "win32":
        assert modes == {0o600}
    assert [file.name for file in path.parent.iterdir() if file.name.endswith(("-wal", "-shm"))] == []


async def test_the_ledger_is_never_changed_and_never_shortened(tmp_path):
    async with open_storage(tmp_path / "books.db") as storage:
        await storage.jobs.create(a_new_job(), NO_BOUNDS)
        await storage.ledger.grant(7, None, 5, NOW_MS, "")

        for change in ("UPDATE ledger SET credits = 0", "DELETE FROM ledger WHERE entry = 'grant'"):
            with pytest.raises(StorageError, match="append-only"):
                await storage.database.write(lambda transaction, change=change: transaction.run(change, {}))


@pytest.mark.parametrize(
    "row",
    [
        "(1, 7, 'reserve', -5, 0, 0)",
        "(1, 7, 'settle', 5, 0, 0), (1, 7, 'release', 5, 0, 0)",
        "(1, 7, 'settle', -5, 0, 0)",
        "(1, 7, 'grant', 5, 0, 0)",
        "(NULL, 7, 'settle', 5, 0, 0)",
        "(999, 7, 'settle', 5, 0, 0)",
    ],
    ids=["a second reserve", "two ends", "an end that takes", "a grant with a job", "an end without a job", "a stranger's job"],
)
async def test_the_tables_themselves_refuse_books_that_cannot_be(tmp_path, row):
    async with open_storage(tmp_path / "books.db") as storage:
        await storage.jobs.create(a_new_job(), NO_BOUNDS)
        sql = f"INSERT INTO ledger (job_id, member_id, entry, credits, at_ms, counts_at_ms) VALUES {row}"  # noqa: S608  the rows stand above

        with pytest.raises(StorageError, match="constraint"):
            await storage.database.write(lambda transaction: transaction.run(sql, {}))
        assert len(await storage.ledger.entries(7, 9)) == 1
