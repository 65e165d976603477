"""Writes with a time limit to begin: either certainly not done, or waited for to the end."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
import subprocess
import sys

import pytest

from bot.errors import DatabaseBusy, StorageError
from bot.storage import storage_over
from bot.storage.sqlite import SqliteDatabase
from tests.factories import NO_BOUNDS, NOW_MS, a_new_order, book, what_was_asked
from tests.processes import end, line_of
from tests.slow_work import WRITE, SlowWork
from tests.told import told
from tests.waiting import until

KEYS = "SELECT key FROM settings"
LOCK_AND_WAIT = """
import sqlite3, sys
books = sqlite3.connect(sys.argv[1], isolation_level=None)
books.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
async def database(tmp_path):
    database = await SqliteDatabase.open(tmp_path / "books.db")
    yield database
    await database.close()


@pytest.fixture
def other(tmp_path, database):
    """Another connection to the same file, like that of a shell command."""
    with contextlib.closing(sqlite3.connect(tmp_path / "books.db", isolation_level=None)) as connection:
        yield connection


def written(key):
    return lambda transaction: transaction.run(WRITE, {"key": key})


async def keys(database):
    return {row["key"] for row in await database.read(lambda transaction: transaction.rows(KEYS, {}))}


async def test_a_write_that_cannot_begin_in_time_is_refused_and_never_done_later(database, other):
    other.execute("BEGIN IMMEDIATE")
    with told(DatabaseBusy, r"within 0\.02 s"):
        await database.write(written("late"), patience=0.02)
    other.execute("ROLLBACK")

    await database.write(written("after"), patience=10)
    assert await keys(database) == {"after"}


async def test_the_lock_of_another_process_counts_as_much(database, tmp_path):
    arguments = [sys.executable, "-c", LOCK_AND_WAIT, str(tmp_path / "books.db")]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: ASYNC220  nothing else runs
        assert line_of(process) == "locked\n"
        with pytest.raises(DatabaseBusy):
            await database.write(written("late"), patience=0.02)
        end(process)
    await database.write(written("after"))
    assert await keys(database) == {"after"}


async def test_of_writes_that_wait_together_only_those_with_a_time_limit_give_up(database, other):
    other.execute("BEGIN IMMEDIATE")
    pipeline = asyncio.create_task(database.write(written("pipeline")))
    answers = await asyncio.gather(
        *(database.write(written(f"member {number}"), patience=0.02) for number in range(3)), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [DatabaseBusy] * 3
    assert not pipeline.done()
    other.execute("ROLLBACK")

    assert await pipeline == 1
    assert await keys(database) == {"pipeline"}


async def test_work_that_has_begun_is_waited_for_however_long_it_takes(database):
    slow = SlowWork()
    writing = asyncio.create_task(database.write(slow, patience=0.02))
    await slow.begun.wait()
    done, _ = await asyncio.wait({writing}, timeout=0.1)
    assert not done
    slow.go_on.set()
    assert await writing == 1
    assert await keys(database) == {"slow"}


async def test_an_impatient_write_behind_slow_work_is_withdrawn_from_the_same_commit(database):
    slow = SlowWork()
    # Both wait before the writer's thread takes a group, so they are in one: the first has begun, the second has not.
    writing = asyncio.create_task(database.write(slow))
    late = asyncio.create_task(database.write(written("late"), patience=0.02))
    await slow.begun.wait()
    with pytest.raises(DatabaseBusy):
        await late
    slow.go_on.set()
    assert await writing == 1
    assert await keys(database) == {"slow"}


async def test_answers_and_file_agree_at_whatever_moment_the_lock_is_released(database, other):
    dice = random.Random(5)  # noqa: S311  moments, nothing to guard
    for round_number in range(6):
        other.execute("BEGIN IMMEDIATE")
        names = [f"{round_number}/{number}" for number in range(160)]
        asking = [asyncio.create_task(database.write(written(name), patience=dice.random() * 0.05)) for name in names]
        await asyncio.sleep(dice.random() * 0.05)
        other.execute("ROLLBACK")
        answers = await asyncio.gather(*asking, return_exceptions=True)

        assert {type(answer) for answer in answers} <= {int, DatabaseBusy}
        told = {name for name, answer in zip(names, answers, strict=True) if answer == 1}
        assert {key for key in await keys(database) if key.startswith(f"{round_number}/")} == told


async def test_stores_in_a_hurry_book_nothing_that_they_refused(database, other):
    stores, hurried = storage_over(database), storage_over(database).hurried(0.02)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError):
        await book(hurried, a_new_order())
    with pytest.raises(StorageError):
        await hurried.drafts.save(1, 7, {"prompt": "A kite"}, NOW_MS)
    # Reads work while another connection writes.
    assert await hurried.jobs.get(1) is None
    other.execute("ROLLBACK")

    # Nothing blocks the write now; even a very busy machine begins it within a minute.
    assert await book(stores.hurried(60.0), a_new_order(2)) is not None
    assert await stores.jobs.get(1) is None
    assert await stores.drafts.load(1, 7) is None
    assert [entry.job_id for entry in await stores.ledger.entries(7, 9)] == [2]


async def test_the_work_on_jobs_goes_on_with_what_it_read_or_wrote_when_first_answers_have_gone(database, other):
    storage, gone, order = storage_over(database), asyncio.Event(), a_new_order()
    await storage.asked.add(what_was_asked(order.address, order.member_id))
    working = storage.giving_way(gone.wait)
    writing = asyncio.create_task(working.bookings.create(order, NO_BOUNDS))
    # What is written is there at once. Only whoever wrote it waits.
    await until(lambda: storage.jobs.get(1))
    reading = asyncio.create_task(working.jobs.get(1))
    assert await working.hurried(60.0).jobs.get(1) is not None
    assert not writing.done()
    assert not reading.done()
    gone.set()
    assert (await reading).id == 1
    assert (await writing).new
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy):
        await book(storage.hurried(0.02).giving_way(gone.wait), a_new_order(2))
