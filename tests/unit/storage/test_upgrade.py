"""The process with the lock brings an older file up to date, after it made a copy; an operator can go back to the copy."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import DatabaseOutdated, StorageError
from bot.storage import copies, open_storage, upgrade
from bot.storage.schema import Migration, migrate, recorded, shipped
from tests.fakes import ManualClock
from tests.told import told

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 26, 6, 30, 5, tzinfo=UTC)
FACT = "INSERT INTO settings (key, value, at_ms) VALUES ('fact', 'kept', 0)"


def raw(path):
    return closing(sqlite3.connect(path, isolation_level=None))


def dump(path):
    with raw(path) as connection:
        return list(connection.iterdump())


def schema_of(path):
    with raw(path) as connection:
        return recorded(connection, path, shipped())


@pytest.fixture
def older(tmp_path):
    """A database of the previous version of the bot, with a row in it."""
    path = tmp_path / "books.db"
    with raw(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection, path, shipped()[:-1])
        connection.execute(FACT)
    return path


def beside(path):
    return sorted(file.name for file in path.parent.iterdir() if file.name not in {path.name, f"{path.name}.lock"})


async def test_a_start_copies_an_older_file_before_it_changes_it(older):
    before = dump(older)
    with raw(older) as connection:
        # The copy must have commits of another connection that are not in the main file yet.
        connection.execute("INSERT INTO settings (key, value, at_ms) VALUES ('later', 'too', 0)")
        async with open_storage(older) as storage:
            assert await storage.schema_version() == len(shipped())
            assert await storage.key_values.read("later") == "too"
    (copy,) = copies.copies_of(older)
    assert copy.schema == len(shipped()) - 1
    assert [line for line in dump(copy.path) if "'later'" not in line] == before
    assert any("'later'" in line for line in dump(copy.path))
    if sys.platform != "win32":
        assert stat.S_IMODE(copy.path.stat().st_mode) == 0o600


async def test_the_way_back_is_to_put_the_copy_in_the_files_place(older):
    async with open_storage(older):
        pass
    (copy,) = copies.copies_of(older)
    older.unlink()
    copy.path.rename(older)
    assert schema_of(older) == len(shipped()) - 1
    async with open_storage(older) as storage:
        assert await storage.key_values.read("fact") == "kept"


async def test_a_new_file_and_one_that_is_up_to_date_are_not_copied(tmp_path):
    for _ in range(2):
        async with open_storage(tmp_path / "books.db"):
            pass
    assert beside(tmp_path / "books.db") == []


async def test_beside_a_bot_an_older_file_is_refused_with_what_to_do_and_left_as_it_was(older):
    before = dump(older)
    for _ in range(2):
        versions = rf"schema is {len(shipped()) - 1}, this bot's {len(shipped())}\)"
        with told(DatabaseOutdated, rf"{versions}: stop the bot .* then happyhorse migrate$"):
            async with open_storage(older, exclusive=False):
                pass
    assert (dump(older), beside(older)) == (before, [])


async def test_a_disk_without_room_for_the_copy_refuses_the_start_and_nothing_is_changed(older, monkeypatch):
    before = dump(older)
    monkeypatch.setattr(copies, "ROOM_BYTES", 2**60)
    with told(StorageError, r"books\.db needs a copy .* MiB free for that; \d+ MiB are: make room in"):
        async with open_storage(older):
            pass
    assert (dump(older), beside(older)) == (before, [])


def test_a_copy_that_fails_leaves_nothing_behind(older):
    (older.parent / "books.db.schema1.20261126T063005Z" / "in the way").mkdir(parents=True)
    with raw(older) as connection, told(StorageError, r"no copy of .* nothing was changed"):
        copies.copy(connection, older, 1, NOW)
    assert beside(older) == ["books.db.schema1.20261126T063005Z"]


async def test_a_migration_that_fails_keeps_no_copy_since_the_file_is_as_it_was(older, monkeypatch):
    before = dump(older)
    broken = (*shipped()[:-1], Migration(len(shipped()), "broken", "CREATE TABLE more (a);\nINSERT INTO nowhere VALUES (1);\n"))
    monkeypatch.setattr(upgrade, "shipped", lambda: broken)
    for _ in range(5):
        with told(StorageError, "nothing of this step was kept"):
            async with open_storage(older):
                pass
    assert (dump(older), beside(older)) == (before, [])


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from bot.storage import copies, open_storage, schema, upgrade
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
{cut}
async def main():
    async with open_storage(Path(sys.argv[1])):
        pass
asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize(
    ("cut", "left"),
    [
        ("copies.put_in_place = die", [".part"]),
        ("upgrade.migrate = die", ["Z"]),
        ("schema._record = die", ["Z"]),
    ],
    ids=["in the copy", "before the migration", "in the migration"],
)
async def test_a_kill_on_the_way_leaves_the_old_file_usable_and_the_next_start_goes_on(older, cut, left):
    before = dump(older)
    child = [sys.executable, "-c", KILLED.format(cut=cut), str(older)]
    ended = await asyncio.to_thread(subprocess.run, child, cwd=ROOT, timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL
    found = [name for name in beside(older) if f".schema{len(shipped()) - 1}." in name]
    assert [name.endswith(end) for name, end in zip(found, left, strict=True)] == [True]
    assert dump(older) == before
    async with open_storage(older) as storage:
        assert await storage.schema_version() == len(shipped())
        assert await storage.key_values.read("fact") == "kept"
    assert not any(name.endswith(".part") for name in beside(older))


def test_three_copies_are_kept_none_older_than_thirty_days_and_nothing_else_is_touched(tmp_path):
    path = tmp_path / "books.db"

    def put(*names):
        for name in names:
            (tmp_path / name).write_text("x", encoding="utf-8")

    def named(days, schema=1):
        return f"books.db.schema{schema}.{(NOW - timedelta(days=days)).strftime('%Y%m%dT%H%M%SZ')}"

    others = {"books.db", "books.db-wal", "books.db.schema1.mine", "other.db.schema1.20200101T000000Z", "books.db.schema1.bak"}
    put(*others, named(31), named(30), f"{named(0)}.part")
    copies.prune(path, NOW)
    assert {file.name for file in tmp_path.iterdir()} == {*others, named(30)}
    put(*(named(days, schema) for days, schema in ((1, 3), (2, 2), (3, 9))))
    copies.prune(path, NOW)
    assert {file.name for file in tmp_path.iterdir()} == {*others, named(1, 3), named(2, 2), named(3, 9)}
    assert [copy.schema for copy in copies.copies_of(path)] == [3, 2, 9]


async def test_the_copy_of_this_upgrade_is_kept_however_far_ahead_the_clock_was_before(older):
    ahead = [f"books.db.schema1.2099010{day}T000000Z" for day in range(1, 5)]
    for name in ahead:
        (older.parent / name).touch()
    async with open_storage(older):
        pass
    kept = {copy.path.name for copy in copies.copies_of(older)}
    assert len(kept) == copies.KEPT
    (made,) = kept - set(ahead)
    assert kept - {made} == set(ahead[-2:])
    assert schema_of(older.with_name(made)) == len(shipped()) - 1


async def test_the_names_of_two_databases_in_one_folder_never_stand_for_each_other(tmp_path):
    strangers = {"booksa.db.schema1.20261126T063005Z.part", "books[a].dbx.schema1.20201126T063005Z"}
    for name in strangers:
        (tmp_path / name).touch()
    mine = tmp_path / "books[a].db.schema1.20261126T063005Z.part"
    mine.touch()
    async with open_storage(tmp_path / "books[a].db"):
        pass
    assert strangers <= {file.name for file in tmp_path.iterdir()}
    assert not mine.exists()


async def test_a_bot_that_runs_for_months_drops_copies_of_a_month_too(tmp_path):
    now = datetime.now(UTC)
    old, fresh = (f"books.db.schema1.{at.strftime('%Y%m%dT%H%M%SZ')}" for at in (now - timedelta(days=31), now))
    (tmp_path / "link.db").symlink_to(tmp_path / "books.db")
    clock = ManualClock()
    began = clock.now
    running = asyncio.create_task(copies.CopiesPruned(tmp_path / "link.db", clock).run())
    for name in (old, fresh):
        (tmp_path / name).touch()
    for _ in range(3000):
        if not (tmp_path / old).exists():
            break
        await asyncio.sleep(0.01)
    assert clock.now - began >= copies.PRUNED_EVERY_SECONDS * 1000
    running.cancel()
    assert {file.name for file in tmp_path.iterdir()} == {"link.db", fresh}
