"""The PostgreSQL adapter: writes at the same time and their locks, what a lost connection leaves, and the schema."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
import threading
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path

import psycopg
import pytest

from bot.errors import DatabaseBusy, DatabaseOutdated, DatabaseTooNew, QuotaRefused, StorageError
from bot.storage import storage_over
from bot.storage.keys import member
from bot.storage.postgres import PostgresDatabase
from bot.storage.postgres_values import translated
from bot.storage.schema import Dialect, shipped
from bot.storage.sql import statement
from tests.factories import TODAY, a_new_order, an_address, book, bounds
from tests.slow_work import WRITE, SlowWork

ROOT = Path(__file__).resolve().parents[3]
CHANGE = "UPDATE settings SET value = value || :more WHERE key = :key"
KEYS = "SELECT key FROM settings"
END_CONNECTION = "SELECT pg_terminate_backend(pg_backend_pid())"
NUMBERS = ("id", "kept")
"""Parameters that are not NULL where a statement is only explained: PostgreSQL can't tell the type of NULL - NULL."""
KILLED_WHILE_WRITING = """
import asyncio, os, signal, sys
from bot.storage.postgres import PostgresDatabase

def work(transaction):
    transaction.run("INSERT INTO settings (key, value, at_ms) VALUES ('killed', 'x', 0)", {})
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    await (await PostgresDatabase.open(sys.argv[1])).write(work, alone=("seat",))

asyncio.run(main())
"""


@asynccontextmanager
async def opened(address, **how):
    database = await PostgresDatabase.open(address, **how)
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture
async def database(postgres_books):
    async with opened(postgres_books) as database:
        yield database


@pytest.fixture
async def other(postgres_books):
    """The same database, as another process has it."""
    async with opened(postgres_books) as database:
        yield database


def written(key):
    return lambda transaction: transaction.run(WRITE, {"key": key})


async def keys(database):
    return {row["key"] for row in await database.read(lambda transaction: transaction.rows(KEYS, {}))}


async def test_two_processes_that_book_at_once_never_spend_more_than_the_cap(database, other):
    stores = [storage_over(database), storage_over(other)]
    caps = bounds(member_credits=10, guild_credits=14)

    async def order(number):
        # Nine in ten are of one member; the others use up what the server has left.
        new = a_new_order(number, cost=1, member_id=8 if number % 10 == 0 else 7, address=an_address(guild_id=3))
        return await book(stores[number % 2], new, caps)

    outcomes = await asyncio.gather(*map(order, range(1, 401)), return_exceptions=True)

    assert sum(isinstance(each, QuotaRefused) for each in outcomes) == 386
    assert sum(not isinstance(each, Exception) for each in outcomes) == 14
    spent = [await stores[0].ledger.booked(each, TODAY) for each in (7, 8)]
    assert spent[0] >= -10
    assert sum(spent) == -14


async def test_a_killed_process_leaves_nothing_of_its_write_and_holds_nothing_any_more(postgres_books, database):
    program = [sys.executable, "-c", KILLED_WHILE_WRITING, postgres_books]
    killed = await asyncio.to_thread(subprocess.run, program, cwd=ROOT, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL

    await database.write(written("after"), alone=("seat",))
    assert await keys(database) == {"after"}


async def test_a_write_waits_for_another_that_holds_its_key_and_for_no_other(database, other):
    slow = SlowWork()
    first = asyncio.create_task(other.write(slow, alone=("seat", "table")))
    await slow.begun.wait()
    second = asyncio.create_task(database.write(written("second"), alone=("seat",)))

    assert await database.write(written("elsewhere"), alone=("window",)) == 1
    assert not second.done()
    slow.go_on.set()
    assert await first == await second == 1


async def test_a_write_that_cannot_begin_in_time_is_refused_and_never_done_later(database, other):
    slow = SlowWork()
    first = asyncio.create_task(other.write(slow, alone=("seat",)))
    await slow.begun.wait()

    with pytest.raises(DatabaseBusy, match="too_late"):
        await database.write(written("late"), patience=0.02, alone=("seat",))
    slow.go_on.set()
    await first

    await database.write(written("after"), patience=60, alone=("seat",))
    assert await keys(database) == {"slow", "after"}


async def test_stores_in_a_hurry_book_nothing_that_they_refused(database, other):
    stores, hurried = storage_over(database), storage_over(database).hurried(0.02)
    slow = SlowWork()
    first = asyncio.create_task(other.write(slow, alone=(member(7),)))
    await slow.begun.wait()

    with pytest.raises(DatabaseBusy):
        await book(hurried, a_new_order(1))
    slow.go_on.set()
    await first
    assert await book(stores.hurried(60), a_new_order(2)) is not None
    assert await stores.jobs.get(1) is None


async def test_work_that_has_begun_is_waited_for_however_long_it_takes(database):
    slow = SlowWork()
    writing = asyncio.create_task(database.write(slow, patience=30))
    await slow.begun.wait()
    writing_again = asyncio.create_task(database.write(written("beside"), patience=30))
    assert await writing_again == 1
    assert not writing.done()
    slow.go_on.set()
    assert await writing == 1


async def test_a_caller_that_is_cancelled_leaves_no_half_transaction(database):
    slow = SlowWork()
    writing = asyncio.create_task(database.write(slow, alone=("seat",)))
    await slow.begun.wait()
    writing.cancel()
    slow.go_on.set()

    await database.write(written("after"), alone=("seat",))
    assert await keys(database) == {"slow", "after"}


async def test_work_that_raises_is_undone(database):
    def work(transaction):
        transaction.run(WRITE, {"key": "half"})
        raise KeyError("no more")

    with pytest.raises(KeyError):
        await database.write(work)
    assert await keys(database) == set()


async def test_two_writes_that_wait_for_each_others_rows_are_both_done(database, other):
    for key in ("a", "b"):
        await database.write(written(key))
    both_hold_one = threading.Barrier(2)
    runs = []

    def work_on(first, second):
        def work(transaction):
            runs.append(first)
            transaction.run(CHANGE, {"key": first, "more": "1"})
            if runs.count(first) == 1:
                both_hold_one.wait(30)
            transaction.run(CHANGE, {"key": second, "more": "2"})

        return work

    await asyncio.gather(database.write(work_on("a", "b")), other.write(work_on("b", "a")))

    rows = await database.read(lambda transaction: transaction.rows("SELECT value FROM settings", {}))
    assert {"".join(sorted(row["value"])) for row in rows} == {"12x"}
    assert len(runs) > 2, "one of them was run again"


async def test_a_connection_that_is_lost_during_the_work_is_replaced_and_the_work_done_once(database):
    runs = []

    def work(transaction):
        runs.append(transaction)
        transaction.run(WRITE, {"key": f"run {len(runs)}"})
        if len(runs) == 1:
            transaction.rows(END_CONNECTION, {})

    await database.write(work)
    assert await keys(database) == {"run 2"}


async def test_a_server_that_cuts_every_connection_again_and_again_is_an_error_and_nothing_is_kept(database):
    def work(transaction):
        transaction.run(WRITE, {"key": "never"})
        transaction.rows(END_CONNECTION, {})

    with pytest.raises(StorageError):
        await database.write(work)
    assert await keys(database) == set()


async def test_a_read_sees_one_state_throughout_and_cannot_write(database, other):
    seen, written_meanwhile = threading.Event(), threading.Event()

    def work(transaction):
        before = transaction.rows(KEYS, {})
        seen.set()
        written_meanwhile.wait(30)
        return before, transaction.rows(KEYS, {})

    reading = asyncio.create_task(database.read(work))
    await asyncio.to_thread(seen.wait, 30)
    await other.write(written("meanwhile"))
    written_meanwhile.set()

    assert await reading == ([], [])
    assert await keys(database) == {"meanwhile"}
    with pytest.raises(StorageError):
        await database.read(written("by a read"))


async def test_values_come_as_they_were_given(database):
    given = {"truth": True, "large": 2**62, "content": b"\x00\xff", "text": "100 % :nobody"}
    sql = "SELECT :truth AS truth, :large AS large, :content AS content, :text AS text, '%:x' AS here -- :nothing"
    row = await database.read(lambda transaction: transaction.one(sql, given))
    assert row == {**given, "truth": 1, "here": "%:x"}
    assert {name: type(value) for name, value in row.items()} == {
        "truth": int, "large": int, "content": bytes, "text": str, "here": str,
    }  # fmt: skip


async def test_an_error_says_what_failed_and_not_what_was_written(database):
    def work(transaction):
        transaction.run("INSERT INTO settings (key, value, at_ms) VALUES (:key, NULL, 0)", {"key": "a secret"})

    with pytest.raises(StorageError) as refused:
        await database.write(work)
    assert "null value" in str(refused.value)
    assert "secret" not in str(refused.value)


async def test_every_statement_is_understood(database):
    folder = resources.files("bot.storage").joinpath("statements")
    for file in folder.iterdir():
        for name in re.findall(r"-- name: (\w+)", file.read_text("utf-8")):
            sql = statement(f"{file.name.removesuffix('.sql')}.{name}")
            names = [parameter.decode() for parameter in re.findall(rb"%\((\w+)\)s", translated(sql))]
            given = {**dict.fromkeys(names), **{number: 1 for number in NUMBERS if number in names}}
            await database.write(lambda transaction, sql=sql, given=given: transaction.rows(f"EXPLAIN {sql}", given))


async def test_a_database_is_made_brought_up_to_date_and_refused_as_a_file_is(new_postgres_database):
    known = len(shipped(Dialect.POSTGRES))
    with new_postgres_database() as address, psycopg.connect(address, autocommit=True) as outside:
        async with opened(address, exclusive=False) as database:
            assert await database.schema_version() == known

        outside.execute("INSERT INTO migrations VALUES (%s, 'later', 'c', 0)", (known + 1,))
        with pytest.raises(DatabaseTooNew):
            await _open_and_close(address)
        outside.execute("DELETE FROM migrations WHERE number > 1")
        with pytest.raises(DatabaseOutdated):
            await _open_and_close(address, exclusive=False)
        outside.execute("UPDATE migrations SET checksum = 'another'")
        with pytest.raises(StorageError, match="changed_migration"):
            await _open_and_close(address)
        outside.execute("DROP TABLE migrations")
        with pytest.raises(StorageError, match="another_program"):
            await _open_and_close(address)


async def test_starts_at_the_same_moment_make_the_tables_once(new_postgres_database):
    with new_postgres_database() as address:
        await asyncio.gather(*(_open_and_close(address) for _ in range(4)))
        async with opened(address, exclusive=False) as database:
            assert await database.schema_version() == len(shipped(Dialect.POSTGRES))


async def _open_and_close(address, **how):
    async with opened(address, **how):
        pass


@pytest.mark.parametrize("address", ["host=/nowhere dbname=books password=hush", "postgresql://u:hush@[half"])
async def test_a_server_that_is_not_there_is_an_error_without_its_password(address):
    with pytest.raises(StorageError) as refused:
        await PostgresDatabase.open(address)
    assert "hush" not in str(refused.value)
