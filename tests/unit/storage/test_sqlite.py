"""The SQLite adapter: how it opens a file, what is on the disk after a commit, and transactions that share a commit."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StorageError
from bot.storage import file, open_storage
from bot.storage.sqlite import ROOM_BYTES, SqliteDatabase
from tests.factories import a_new_order, book
from tests.told import told

ROOT = Path(__file__).resolve().parents[3]
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
            "INSERT INTO ledger (account_id, person_id, job_id, entry, credits, at_ms, counts_at_ms) VALUES"
            " (1, 1, 9, 'reserve', 0, 0, 0)",
            {},
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
        transaction.run("PRAGMA max_page_count = 1", {})  # as on a full disk: SQLite takes the present size as the limit
        transaction.run(WRITE, {"key": "big", "value": "x" * 4_000_000})

    results = await asyncio.gather(
        database.write(written("a")), database.write(fill), database.write(written("b")), return_exceptions=True
    )
    await database.write(lambda transaction: transaction.run("PRAGMA max_page_count = 1000000", {}))
    await database.write(written("c"))

    # Whether SQLite ends the whole transaction or only the statement, each answer matches the file.
    assert isinstance(results[1], StorageError)
    assert "full" in str(results[1])
    assert await count(database) == 1 + results.count(1)


async def test_room_in_the_write_ahead_log_is_made_once_and_leaves_nothing_else(database, tmp_path):
    log, tables = tmp_path / "books.db-wal", "SELECT name FROM sqlite_master"
    before = await database.read(lambda transaction: transaction.rows(tables, {}))
    await database.make_room()
    made = log.stat().st_size
    assert made > ROOM_BYTES
    assert await database.read(lambda transaction: transaction.rows(tables, {})) == before
    await database.write(written("a", "x" * 1_000_000))
    assert await count(database) == 1
    assert log.stat().st_size == made


async def test_where_no_room_can_be_made_the_database_is_used_without(database, tmp_path):
    await database.write(lambda transaction: transaction.run("PRAGMA max_page_count = 1", {}))  # as on a full disk
    await database.make_room()
    await database.write(lambda transaction: transaction.run("PRAGMA max_page_count = 1000000", {}))
    await database.write(written("a"))
    assert await count(database) == 1
    assert (tmp_path / "books.db-wal").stat().st_size < ROOM_BYTES


class BrokenDisk:
    """A connection that can neither commit nor roll back while `broken`."""

    def __init__(self, raw):
        self._raw = raw
        self.broken = True

    def execute(self, sql, *parameters):
        if self.broken and sql in {"COMMIT", "ROLLBACK"}:
            raise sqlite3.OperationalError("disk I/O error")
        return self._raw.execute(sql, *parameters)

    def __getattr__(self, name):
        return getattr(self._raw, name)


async def test_work_that_could_be_neither_committed_nor_undone_is_not_reported_as_done(database):
    disk = database._writer._raw = BrokenDisk(database._writer._raw)
    results = await asyncio.gather(*(database.write(written(f"{n}")) for n in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [StorageError] * 3

    disk.broken = False
    await database.write(written("later"))
    assert await count(database) == 1


FULL = """
import asyncio, resource, sys
from pathlib import Path
from bot.errors import StorageError
from bot.presentation.views.command_errors import sentence
from bot.storage import file, open_storage
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
async def main():
    try:
        async with open_storage(Path(sys.argv[1])):
            print("opened")
    except StorageError as error:
        print(sentence(error))
asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
@pytest.mark.parametrize("room", [0, 8192])
async def test_a_start_on_a_disk_without_room_says_so(tmp_path, room):
    child = [sys.executable, "-c", FULL, str(tmp_path / "books.db"), str(room)]
    ran = await asyncio.to_thread(subprocess.run, child, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert "look at the disk, its room and the system's log" in ran.stdout, ran
    # Once there is room, the next start creates what is missing.
    async with open_storage(tmp_path / "books.db") as storage:
        await book(storage, a_new_order())


async def test_a_file_with_a_second_name_is_refused_through_both(tmp_path):
    async with open_storage(tmp_path / "books.db"):
        pass
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "other.db").hardlink_to(tmp_path / "books.db")
    for exclusive in (True, False):
        for name in ("books.db", "elsewhere/other.db"):
            with told(StorageError, r"has another name .*: remove the other name"):
                async with open_storage(tmp_path / name, exclusive=exclusive):
                    pass
    (tmp_path / "elsewhere" / "other.db").unlink()
    async with open_storage(tmp_path / "books.db") as storage:
        assert await book(storage, a_new_order()) is not None


async def test_a_file_that_is_mounted_by_itself_is_refused_with_what_to_do(tmp_path, monkeypatch):
    # Tests do not have the right to make such a mount.
    monkeypatch.setattr(file.os.path, "ismount", lambda path: str(path).endswith("books.db"))
    with told(StorageError, r"mounted by itself.*: mount its whole folder instead"):
        async with open_storage(tmp_path / "books.db"):
            pass


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

    with told(StorageError, r"notes\.txt is not an SQLite database: move it away"):
        await SqliteDatabase.open(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("file/books.db", "file is no folder.*: give the bot a folder that it may write to"),
        ("folder", r"folder is a folder: name a file in it \(storage.path\)"),
    ],
)
async def test_a_path_that_cannot_hold_a_database_is_refused_with_what_to_do(tmp_path, name, said):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()

    with told(StorageError, said):
        async with open_storage(tmp_path / name):
            pass


async def test_folder_and_file_are_made_for_the_bot_alone(tmp_path):
    path = tmp_path / "new" / "folder" / "books.db"
    async with open_storage(path) as storage:
        await book(storage, a_new_order())
        modes = {stat.S_IMODE(path.with_name(f"books.db{end}").stat().st_mode) for end in ("", "-wal", "-shm")}

    if sys.platform != "win32":
        assert modes == {0o600}
    assert [file.name for file in path.parent.iterdir() if file.name.endswith(("-wal", "-shm"))] == []
