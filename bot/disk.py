"""Files that outlast a power cut: their bytes are on the disk before they get their name. Blocking; run it in a thread."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Final

_NO_FOLDER_SYNC: Final = frozenset({errno.EACCES, errno.EBADF, errno.EINVAL, errno.EISDIR, errno.ENOTSUP})
"""How systems say that a folder can't be synced here at all (some network and shared drives). The file itself was."""


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
