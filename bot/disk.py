"""Files that outlast a power cut, and folders that nobody else on the machine looks into. Blocking; run it in a thread."""

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
"""Bytes. One clip under work takes up to 60 MB twice, beside the database and its journal."""
_NO_FOLDER_SYNC: Final = frozenset({errno.EACCES, errno.EBADF, errno.EINVAL, errno.EISDIR, errno.ENOTSUP})
"""How systems say that a folder can't be synced here at all (some network and shared drives). The file itself was."""


def keep_private() -> None:
    """From here on whatever this process and its children make is readable by its own user alone (not on Windows)."""
    os.umask(0o077)


def private_folder(path: Path) -> None:
    """Makes a folder that only its owner may enter, also where it was there and open to others. Raises `OSError`."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A folder of somebody else's, which we may only write to, stays as its owner wants it.
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
    """Bytes that are free where this folder is, or would be made. Raises `OSError`."""
    return shutil.disk_usage(next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())).free


def put_in_place(half: Path, target: Path) -> None:
    """Gives a finished file its name, on the same disk, so that after a power cut it is there whole or not at all.

    A bare rename may reach the disk before the bytes do: then the name is there with nothing behind it. Raises `OSError`.
    """
    # Windows syncs only what is open for writing.
    with half.open("rb+") as file:
        os.fsync(file.fileno())
    half.replace(target)
    if sys.platform == "win32":
        return
    try:
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise


def drop(path: Path) -> None:
    """Removes a working file. What can't be removed now is removed by the sweep of a later start; nothing waits for it."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        _log.warning("%s could not be removed: %s", path.name, error)
