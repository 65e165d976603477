"""The database's file: made, looked at, and SQLite's errors about it in the operator's words. Knows no table."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from pathlib import Path
from typing import Final

from bot.errors import DatabaseBusy, StorageError

BUSY_SECONDS: Final = 10.0
"""How long a write waits for another process's, for example a migration from the shell."""
_BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_JOURNAL_BYTES: Final = 1024**2
"""Less room than that is none: the files beside a database grow by up to this much."""
_FOLDER: Final = "give the bot a folder that it may write to"
_REMEDIES: Final = {
    sqlite3.SQLITE_FULL: "make room there",
    sqlite3.SQLITE_IOERR: "look at the disk, its room and the system's log",
    sqlite3.SQLITE_READONLY: _FOLDER,
    sqlite3.SQLITE_CANTOPEN: _FOLDER,
}


def is_there(path: Path) -> bool:
    """Raises `StorageError` where the system does not let us look."""
    try:
        return path.exists()
    except OSError as error:
        raise StorageError(f"cannot look at {path} ({error.strerror}): {_FOLDER}") from error


def prepare(path: Path) -> None:
    """Makes the file and its folder. Raises `StorageError` where they may not be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The file holds interaction tokens and members' words; SQLite gives its companions the same mode.
        path.touch(mode=0o600)
    except OSError as error:
        remedy = "make room there" if error.errno == errno.ENOSPC else _FOLDER
        # A file where the folder should be is told as one that "exists".
        why = f"{path.parent} is no folder" if isinstance(error, FileExistsError) else error.strerror
        raise StorageError(f"cannot write {path} ({why}): {remedy}") from error
    check_file(path)


def check_file(path: Path) -> None:
    """Raises `StorageError` where this is no file, none that may be written, or one with a name elsewhere.

    SQLite keeps a journal beside the name by which it was opened, and the lock stands there too: through a hard link, or a
    file that is mounted by itself, two programs would each have their own and destroy the file between them.
    """
    # Asked, not tried: closing a file that this process has open elsewhere drops SQLite's locks on it (POSIX).
    if path.is_dir():
        raise StorageError(f"{path} is a folder: name a file in it (storage.path)")
    if not (path.is_file() and os.access(path, os.W_OK)):
        raise StorageError(f"{path} is not a file that can be written: {_FOLDER}")
    if path.stat().st_nlink > 1:
        raise StorageError(f"{path} has another name (a hard link), by which it would be damaged: remove the other name")
    if os.path.ismount(path):
        raise StorageError(f"{path} is mounted by itself, without what SQLite keeps beside it: mount its whole folder instead")


def refusal(path: Path, error: sqlite3.Error) -> StorageError:
    """SQLite's error in the operator's words, with what to do about it."""
    code = _code(error)
    if code == sqlite3.SQLITE_NOTADB:
        return StorageError(f"{path} is not an SQLite database: move it away, or name another file (storage.path)")
    if code == sqlite3.SQLITE_CORRUPT:
        return StorageError(f"{path} is damaged ({error}): restore your latest copy of it")
    if code in _BUSY:
        return DatabaseBusy(f"{path} was kept busy by another process for {BUSY_SECONDS:.0f} s")
    if code == sqlite3.SQLITE_IOERR and _is_full(path):
        # What SQLite says where there is no room for the files that it keeps beside its database.
        code = sqlite3.SQLITE_FULL
    remedy = _REMEDIES.get(code)
    return StorageError(f"{path}: {error}{f': {remedy}' if remedy else ''}")


def _is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _JOURNAL_BYTES
    except OSError:
        return False


def passes(error: sqlite3.Error) -> bool:
    """Whether it is only that another process is at the file."""
    return _code(error) in (*_BUSY, sqlite3.SQLITE_PROTOCOL)


def _code(error: sqlite3.Error) -> int:
    # Above the low byte SQLite says more about the same trouble.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
