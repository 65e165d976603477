"""Makes and checks the database file, and turns SQLite's errors into `StorageError`s whose codes say what is wrong. The
modules here that open the file call it.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from pathlib import Path
from typing import Final

from bot.errors import DatabaseBusy, StorageError
from bot.storage_problem import StorageCode, StorageProblem

BUSY_SECONDS: Final = 10.0
"""How long a write waits for another process that writes, for example `happyhorse migrate`."""
_BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_JOURNAL_BYTES: Final = 1024**2
"""With less free room than this the disk counts as full: the files beside a database grow by up to this much."""
_CODES: Final = {
    sqlite3.SQLITE_NOTADB: StorageCode.NOT_A_DATABASE,
    sqlite3.SQLITE_CORRUPT: StorageCode.DAMAGED,
    sqlite3.SQLITE_FULL: StorageCode.FAILED_FULL,
    sqlite3.SQLITE_IOERR: StorageCode.FAILED_DISK,
    sqlite3.SQLITE_READONLY: StorageCode.FAILED_FOLDER,
    sqlite3.SQLITE_CANTOPEN: StorageCode.FAILED_FOLDER,
}


def is_there(path: Path) -> bool:
    """Whether the file exists. Raises `StorageError` where the system does not tell."""
    try:
        return path.exists()
    except OSError as error:
        raise StorageError(StorageProblem(StorageCode.NOT_OPENED, str(path), str(error.strerror))) from error


def prepare(path: Path) -> None:
    """Makes the file and its folder. Raises `StorageError` where they may not be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The file holds interaction tokens and members' prompts. SQLite gives the files beside it the same mode.
        path.touch(mode=0o600)
    except OSError as error:
        raise StorageError(_not_made(path, error)) from error
    check_file(path)


def _not_made(path: Path, error: OSError) -> StorageProblem:
    if isinstance(error, FileExistsError):
        # If a file stands where the folder should be, the system only says that it "exists".
        return StorageProblem(StorageCode.NOT_MADE_NO_FOLDER, str(path), figures=(str(path.parent),))
    code = StorageCode.NOT_MADE_FULL if error.errno == errno.ENOSPC else StorageCode.NOT_MADE
    return StorageProblem(code, str(path), str(error.strerror))


def check_file(path: Path) -> None:
    """Raises `StorageError` where this is no file, where it can't be written, or where it has a second name (a hard link).

    SQLite keeps its journal beside the name by which the file was opened, and the lock is there too. Through a hard link, or a
    file that is mounted by itself, two programs would each have their own and damage the file.
    """
    # Checked without opening it: closing a file that this process has open elsewhere drops SQLite's locks on it (POSIX).
    if path.is_dir():
        raise StorageError(StorageProblem(StorageCode.IS_FOLDER, str(path)))
    if not (path.is_file() and os.access(path, os.W_OK)):
        raise StorageError(StorageProblem(StorageCode.NO_FILE, str(path)))
    if path.stat().st_nlink > 1:
        raise StorageError(StorageProblem(StorageCode.HARD_LINK, str(path)))
    if os.path.ismount(path):
        raise StorageError(StorageProblem(StorageCode.MOUNTED, str(path)))


def refusal(path: Path, error: sqlite3.Error) -> StorageError:
    """SQLite's error as a `StorageError`; `DatabaseBusy` where another process kept the file locked for too long."""
    code = _code(error)
    if code in _BUSY:
        return DatabaseBusy(StorageProblem(StorageCode.BUSY, str(path), figures=(BUSY_SECONDS,)))
    if code == sqlite3.SQLITE_IOERR and _is_full(path):
        # SQLite reports this code where there is no room for the files beside the database.
        code = sqlite3.SQLITE_FULL
    return StorageError(StorageProblem(_CODES.get(code, StorageCode.FAILED), str(path), str(error)))


def _is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _JOURNAL_BYTES
    except OSError:
        return False


def passes(error: sqlite3.Error) -> bool:
    """Whether the error only means that another process uses the file."""
    return _code(error) in (*_BUSY, sqlite3.SQLITE_PROTOCOL)


def _code(error: sqlite3.Error) -> int:
    # The low byte is the error; the bytes above it hold details.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
