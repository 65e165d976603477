"""Makes and checks the database file, and turns SQLite's errors into `StorageError`s that say what to do."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from pathlib import Path
from typing import Final

from bot.errors import DatabaseBusy, StorageError

BUSY_SECONDS: Final = 10.0
"""How long a write waits for another process that writes, for example `happyhorse migrate`."""
_BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_JOURNAL_BYTES: Final = 1024**2
"""With less free room than this the disk counts as full: the files beside a database grow by up to this much."""
_FOLDER: Final = "give the bot a folder that it may write to"
_REMEDIES: Final = {
    sqlite3.SQLITE_FULL: "make room there",
    sqlite3.SQLITE_IOERR: "look at the disk, its room and the system's log",
    sqlite3.SQLITE_READONLY: _FOLDER,
    sqlite3.SQLITE_CANTOPEN: _FOLDER,
}


def is_there(path: Path) -> bool:
    """Whether the file exists. Raises `StorageError` where the system does not tell."""
    try:
        return path.exists()
    except OSError as error:
        raise StorageError(f"cannot look at {path} ({error.strerror}): {_FOLDER}") from error


def prepare(path: Path) -> None:
    """Makes the file and its folder. Raises `StorageError` where they may not be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The file holds interaction tokens and members' prompts. SQLite gives the files beside it the same mode.
        path.touch(mode=0o600)
    except OSError as error:
        remedy = "make room there" if error.errno == errno.ENOSPC else _FOLDER
        # If a file stands where the folder should be, the system only says that it "exists".
        why = f"{path.parent} is no folder" if isinstance(error, FileExistsError) else error.strerror
        raise StorageError(f"cannot write {path} ({why}): {remedy}") from error
    check_file(path)


def check_file(path: Path) -> None:
    """Raises `StorageError` where this is no file, where it can't be written, or where it has a second name (a hard link).

    SQLite keeps its journal beside the name by which the file was opened, and the lock is there too. Through a hard link, or a
    file that is mounted by itself, two programs would each have their own and damage the file.
    """
    # Checked without opening it: closing a file that this process has open elsewhere drops SQLite's locks on it (POSIX).
    if path.is_dir():
        raise StorageError(f"{path} is a folder: name a file in it (storage.path)")
    if not (path.is_file() and os.access(path, os.W_OK)):
        raise StorageError(f"{path} is not a file that can be written: {_FOLDER}")
    if path.stat().st_nlink > 1:
        raise StorageError(f"{path} has another name (a hard link), by which it would be damaged: remove the other name")
    if os.path.ismount(path):
        raise StorageError(f"{path} is mounted by itself, without what SQLite keeps beside it: mount its whole folder instead")


def refusal(path: Path, error: sqlite3.Error) -> StorageError:
    """SQLite's error as a `StorageError` that says what to do; `DatabaseBusy` where another process kept the file."""
    code = _code(error)
    if code == sqlite3.SQLITE_NOTADB:
        return StorageError(f"{path} is not an SQLite database: move it away, or name another file (storage.path)")
    if code == sqlite3.SQLITE_CORRUPT:
        return StorageError(f"{path} is damaged ({error}): restore your latest copy of it")
    if code in _BUSY:
        return DatabaseBusy(f"{path} was kept busy by another process for {BUSY_SECONDS:.0f} s")
    if code == sqlite3.SQLITE_IOERR and _is_full(path):
        # SQLite reports this code where there is no room for the files beside the database.
        code = sqlite3.SQLITE_FULL
    remedy = _REMEDIES.get(code)
    return StorageError(f"{path}: {error}{f': {remedy}' if remedy else ''}")


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
