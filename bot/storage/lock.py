"""The lock that allows one running bot per database. The operating system drops it when the process dies, however it dies.

It is SQLite's exclusive lock on a file beside the database, so it works wherever SQLite does. It decides who may run jobs, and
does not guard the data: shell commands beside a running bot do not take it. `open_storage` takes it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from bot.errors import DatabaseInUse, StorageError
from bot.storage.file import passes, refusal
from bot.storage_problem import StorageCode, StorageProblem

PATIENCE_SECONDS: Final = 0.25
"""How long `held` waits for the lock: for a process that is just ending at a restart, or that only looks (`is_held`)."""


@contextmanager
def held(database: Path) -> Generator[None]:
    """Holds the lock of this database. Raises `DatabaseInUse` where another process has it.

    `database` must be a real path (`real_path`): through two names two bots would hold a lock each.
    """
    path = _beside(database)
    try:
        connection = sqlite3.connect(path, timeout=PATIENCE_SECONDS, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise refusal(path, error) from error
    with closing(connection):
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if not passes(error):
                raise refusal(path, error) from error
            raise DatabaseInUse(StorageProblem(StorageCode.IN_USE, str(database), figures=(str(path),))) from error
        yield


def is_held(database: Path) -> bool:
    """Whether a bot runs on this database now. Makes no file. `database` as for `held`."""
    path = _beside(database)
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        return passes(error)
    return False


def real_path(path: Path) -> Path:
    """The path with all symlinks followed; it need not exist. Raises `StorageError` where symlinks go in circles."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:
        raise StorageError(StorageProblem(StorageCode.NOWHERE, str(path), str(error))) from error


def _beside(database: Path) -> Path:
    return database.with_name(f"{database.name}.lock")
