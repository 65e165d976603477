"""Several real processes on one file: the lock, racing bookings, and kill -9 in the middle of a write."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.errors import DatabaseInUse, StorageError
from bot.storage import open_storage
from tests.factories import TODAY
from tests.processes import at_most
from tests.told import told

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_SECONDS = 60

HOLD = """
async def main(path):
    async with open_storage(path):
        print("held", flush=True)
        sys.stdin.read()
"""
RACE = """
async def main(path):
    async with open_storage(path, exclusive=False) as storage:
        print("ready", flush=True)
        first = int(sys.stdin.readline())
        calls = (book(storage, a_new_order(first + n, cost=30), bounds(member_credits=300)) for n in range(25))
        made = [job for job in await asyncio.gather(*calls, return_exceptions=True) if isinstance(job, Job)]
        print(len(made), flush=True)
"""
LIVES = """
async def main(path):
    async with open_storage(path) as storage:
        async def live(number):
            while True:
                # One to three jobs, whose ids begin with that of their order.
                jobs = tuple(a_new_job(10 * number + place, cost=30) for place in range(1 + number // 8 % 3))
                booking = await storage.bookings.create(replace(a_new_order(number), jobs=jobs), NO_BOUNDS)
                for job in booking.jobs:
                    print("made", job.id, flush=True)
                for job in booking.jobs if number % 3 else ():
                    await storage.transitions.end(job, State.FAILED, NOW_MS, charged=job.id % 31)
                    print("ended", job.id, flush=True)
                number += 8
        await asyncio.gather(*(live(first) for first in range(1, 9)))
"""
PROGRAM = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from bot.domain.job import Job, State
from bot.storage import open_storage
from tests.factories import NO_BOUNDS, NOW_MS, a_new_job, a_new_order, book, bounds
{body}
asyncio.run(main(Path(sys.argv[1])))
"""


@contextmanager
def process(body, path):
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(body=body), str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with program, at_most(program, PATIENCE_SECONDS):
        try:
            yield program
        finally:
            program.kill()


def linked_file(folder, path):
    (folder / "link.db").symlink_to(path)
    return folder / "link.db"


def linked_twice(folder, path):
    (folder / "link.db").symlink_to(linked_folder(folder, path))
    return folder / "link.db"


def linked_folder(folder, path):
    (folder / "elsewhere").symlink_to(path.parent)
    return folder / "elsewhere" / path.name


@pytest.mark.skipif(sys.platform == "win32", reason="symlinks need rights there that tests have not")
@pytest.mark.parametrize("there", [True, False], ids=["there", "made by the bot"])
@pytest.mark.parametrize("link", [linked_file, linked_folder, linked_twice])
async def test_two_names_of_one_file_are_one_database(tmp_path, link, there):
    (tmp_path / "data").mkdir()
    (tmp_path / "links").mkdir()
    path = tmp_path / "data" / "books.db"
    if there:
        async with open_storage(path):
            pass
    other = link(tmp_path / "links", path)
    with process(HOLD, other) as bot:
        assert bot.stdout.readline() == "held\n"
        for name in (path, other):
            with told(DatabaseInUse, r"data/books\.db belongs to a bot that is running"):
                async with open_storage(name):
                    pass
        async with open_storage(other, exclusive=False) as beside:
            await beside.key_values.write("a", "x", 0)
    async with open_storage(path) as storage:
        assert await storage.key_values.read("a") == "x"
    assert not [file for file in (tmp_path / "links").iterdir() if not file.is_symlink()]


async def test_a_link_that_goes_in_circles_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "books.db").symlink_to(tmp_path / "books.db")
    with told(StorageError, r"books\.db leads nowhere .*: name another file"):
        async with open_storage(tmp_path / "books.db"):
            pass


async def test_a_second_bot_is_refused_until_the_first_is_gone_even_by_kill(tmp_path):
    path = tmp_path / "books.db"
    with process(HOLD, path) as bot:
        assert bot.stdout.readline() == "held\n"
        with told(DatabaseInUse, r"books\.db belongs to a bot that is running .*: stop that one first"):
            async with open_storage(path):
                pass
        async with open_storage(path, exclusive=False) as beside:
            assert (await beside.ledger.grant(7, None, 5, 0, "from the shell")).credits == 5
        bot.kill()
        bot.wait(30)

        async with open_storage(path) as storage:
            assert len(await storage.ledger.entries(7, 9)) == 1


async def test_a_second_bot_in_the_same_process_is_refused_too(tmp_path):
    async with open_storage(tmp_path / "books.db"):
        with pytest.raises(DatabaseInUse):
            async with open_storage(tmp_path / "books.db"):
                pass


async def test_processes_that_race_never_overspend_together(tmp_path):
    path = tmp_path / "books.db"
    async with open_storage(path) as storage:
        with process(RACE, path) as one, process(RACE, path) as other:
            for program in (one, other):
                assert program.stdout.readline() == "ready\n"
            for program, first in ((one, 1000), (other, 2000)):
                program.stdin.write(f"{first}\n")
                program.stdin.flush()
            made = [int(program.stdout.readline()) for program in (one, other)]

        assert sum(made) == 10
        assert await storage.ledger.booked(7, TODAY) == -300


@pytest.mark.parametrize("after", [20, 60, 200])
async def test_a_kill_at_any_moment_keeps_what_was_answered_and_every_job_with_its_money(tmp_path, after):
    path = tmp_path / "books.db"
    with process(LIVES, path) as bot:
        told = [bot.stdout.readline().split() for _ in range(after)]
        bot.kill()
        told += [line.split() for line in bot.stdout.read().splitlines() if line[-1:].isdigit()]

    async with open_storage(path) as storage:
        unfinished = await asyncio.gather(*(storage.jobs.get(int(number)) for what, number in told if what == "made"))
        assert all(unfinished)
        ended = [await storage.jobs.get(int(number)) for what, number in told if what == "ended"]
        assert ended
        assert all(job.ended for job in ended)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        pairs = """
            SELECT jobs.id, jobs.ended_at_ms IS NOT NULL, -jobs.cost, COALESCE(-jobs.charged, -jobs.cost),
                SUM(entry = 'reserve'), SUM(entry IN ('settle', 'release')), SUM(credits * (entry = 'reserve')), SUM(credits)
            FROM jobs LEFT JOIN ledger ON ledger.job_id = jobs.id GROUP BY jobs.id
        """
        for job_id, has_ended, cost, owed, reserves, ends, reserved, total in connection.execute(pairs):
            assert (reserves, ends, reserved, total) == (1, has_ended, cost, owed), job_id
        orders = """
            SELECT orders.id, orders.ended_at_ms IS NOT NULL, COUNT(jobs.id), MIN(jobs.ended_at_ms IS NOT NULL)
            FROM orders LEFT JOIN jobs ON jobs.order_id = orders.id GROUP BY orders.id
        """
        for order_id, has_ended, jobs, all_ended in connection.execute(orders):
            assert (jobs, has_ended) == (1 + order_id // 8 % 3, all_ended), order_id
