"""Copies of the database file in its folder, made before a migration so that an operator can go back. `upgrade` makes them.

Only the process that holds the lock makes and drops copies. A copy is named after its schema version and the time it was made.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.disk import put_in_place
from bot.errors import StorageError
from bot.ports import Clock
from bot.storage.lock import real_path
from bot.storage_problem import StorageCode, StorageProblem

KEPT: Final = 3
"""How many copies are kept, the latest ones."""
KEPT_FOR: Final = timedelta(days=30)
"""A copy holds members' prompts and tokens like the database itself, so it is not kept for ever."""
PRUNED_EVERY_SECONDS: Final = 6 * 60 * 60.0
ROOM_BYTES: Final = 64 * 1024**2
"""Must stay free on the disk beside a copy, for what the migration writes and for working files of clips."""
_TIME: Final = "%Y%m%dT%H%M%SZ"
_PART: Final = ".part"


@dataclass(frozen=True, slots=True)
class Copy:
    path: Path
    schema: int
    made_at: datetime


def copies_of(database: Path) -> list[Copy]:
    """The complete copies beside this file, the latest first. An empty list where the folder can't be listed."""
    return sorted(_named(database, ""), key=lambda copy: (copy.made_at, copy.schema), reverse=True)


def prune(database: Path, now: datetime, made: Path | None = None) -> None:
    """Drops copies that are too many or too old, and half-written ones. The caller holds the lock.

    `made` is the copy that was made just now: it counts as the latest, even if a wrong clock gave older ones a later time.
    """
    latest = sorted(copies_of(database), key=lambda copy: copy.path != made)
    old = [copy for number, copy in enumerate(latest) if number >= KEPT or now - copy.made_at > KEPT_FOR]
    for copy in (*old, *_named(database, _PART)):
        # A file that can't be removed only takes room.
        with suppress(OSError):
            copy.path.unlink()


class CopiesPruned:
    """Prunes copies while the bot runs, so that a bot that runs for months drops old ones too."""

    def __init__(self, database: Path, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def run(self) -> None:
        """Prunes every six hours until cancelled. The first time is after six hours: the start has pruned already."""
        while True:
            await self._clock.sleep(PRUNED_EVERY_SECONDS)
            await asyncio.to_thread(self._prune)

    def _prune(self) -> None:
        prune(real_path(self._database), datetime.now(UTC))


def refusal(connection: sqlite3.Connection, database: Path) -> StorageProblem | None:
    """Why no copy can be made; None where there is room for one."""
    needed = _size(connection) + ROOM_BYTES
    free = shutil.disk_usage(database.parent).free
    if free >= needed:
        return None
    figures = (needed // 1024**2 + 1, free // 1024**2, str(database.parent))
    return StorageProblem(StorageCode.NO_ROOM_FOR_COPY, str(database), figures=figures)


def copy(connection: sqlite3.Connection, database: Path, schema: int, now: datetime) -> Path:
    """Makes a copy of the open database, durable on return, readable by the bot's user only.

    It uses SQLite's backup, which includes commits that are still in the write-ahead log. Raises `StorageError` where there is
    no room or the copy fails; then no file is left.
    """
    whole = database.with_name(f"{database.name}.schema{schema}.{now.strftime(_TIME)}")
    half = whole.with_name(f"{whole.name}{_PART}")
    try:
        problem = refusal(connection, database)
        if problem is not None:
            raise StorageError(problem)
        _write(connection, half)
        put_in_place(half, whole)
    except (sqlite3.Error, OSError) as error:
        raise StorageError(StorageProblem(StorageCode.NO_COPY, str(database), str(error))) from error
    finally:
        # If it can't be removed now, a later start does.
        with suppress(OSError):
            half.unlink(missing_ok=True)
    return whole


def _write(connection: sqlite3.Connection, target: Path) -> None:
    target.unlink(missing_ok=True)
    # Created with its mode, so that nobody else can read it at any moment.
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(target, isolation_level=None)) as copied:
        # No journal file, which a kill would leave behind: a half copy is thrown away anyway.
        copied.execute("PRAGMA journal_mode = MEMORY")
        connection.backup(copied)


def _named(database: Path, end: str) -> list[Copy]:
    """The files beside the database whose name is that of a copy plus `end`."""
    named = re.compile(re.escape(database.name) + r"\.schema(\d{1,6})\.(\d{8}T\d{6}Z)" + re.escape(end))
    found: list[Copy] = []
    # A folder that can be written but not listed is no reason not to start.
    with suppress(OSError):
        for file in database.parent.iterdir():
            if (match := named.fullmatch(file.name)) is not None:
                with suppress(ValueError):
                    made_at = datetime.strptime(match[2], _TIME).replace(tzinfo=UTC)
                    found.append(Copy(file, int(match[1]), made_at))
    return found


def _size(connection: sqlite3.Connection) -> int:
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    return int(pages) * int(size)
