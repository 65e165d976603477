"""Makes files that survive a power cut, and folders that no other user may read. Blocking; run it in a thread."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import shutil
import sys
from pathlib import Path
from typing import Final

from bot.storage_problem import StorageCode, StorageProblem

_log: Final = logging.getLogger(__name__)
ROOM_LEAST: Final = 256 * 1024**2
"""The least free bytes. A clip takes up to 60 MB twice during its work; the database and its journal need room too."""
_NO_FOLDER_SYNC: Final = frozenset({errno.EACCES, errno.EBADF, errno.EINVAL, errno.EISDIR, errno.ENOTSUP})
"""Errors that mean that a folder can't be synced on this drive (some network and shared ones). The file itself was synced."""


def keep_private() -> None:
    """Files that this process and its children make from now on are readable by its own user only (not on Windows)."""
    os.umask(0o077)


def private_folder(path: Path) -> None:
    """Makes a folder that only its owner may enter, or closes an existing one to others. Raises `OSError`."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A folder of another user, which this process may only write to, stays as its owner wants it.
    with contextlib.suppress(PermissionError):
        path.chmod(0o700)


def obstacle(folder: Path) -> StorageProblem | None:
    """Why this folder can't be made or written to; None where it can. Makes nothing."""
    for each in (folder, *folder.parents):
        try:
            there = each.exists()
        except OSError as error:
            return StorageProblem(StorageCode.UNSEEN, str(each), str(error.strerror))
        if there:
            if not each.is_dir():
                return StorageProblem(StorageCode.NO_FOLDER, str(each))
            writable = os.access(each, os.W_OK | os.X_OK)
            return None if writable else StorageProblem(StorageCode.NOT_WRITABLE, str(each))
    return None


def room(folder: Path) -> int:
    """Free bytes on the disk of this folder, which need not exist. Raises `OSError`."""
    return shutil.disk_usage(next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())).free


def put_in_place(half: Path, target: Path) -> None:
    """Gives a finished file its name, on the same disk, so that after a power cut it is complete or not there.

    A plain rename may reach the disk before the file's bytes; then the name exists without its content. Raises `OSError`.
    """
    sync_file(half)
    half.replace(target)
    sync_folder(target.parent)


def sync_file(path: Path) -> None:
    """Waits until the file's bytes are on the disk. Raises `OSError`."""
    # Windows syncs only a file that is open for writing.
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Waits until the names of this folder's files are on the disk, where the system can do that. Raises `OSError`."""
    if sys.platform == "win32":
        return
    try:
        folder = os.open(path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise


def drop(path: Path) -> None:
    """Removes a working file. If that fails, the sweep of a later start removes it."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        _log.warning("%s could not be removed: %s", path.name, error)
