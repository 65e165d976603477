"""What can be wrong with the database, its file and its folder, as a code and figures.
`presentation/views/storage_problems.py` has the words.

`bot.storage`, `disk.py`, `app.py` and `UnreadableJob` make these problems, and a `StorageError` carries one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.problem import Figures


class StorageCode(StrEnum):
    """`FIGURES` names each code's figures."""

    # A folder, or the file in it.
    UNSEEN = "unseen"
    """The system does not tell whether the path exists."""
    NO_FOLDER = "no_folder"
    NOT_WRITABLE = "not_writable"
    NOT_OPENED = "not_opened"
    """The database's file could not be opened."""
    NOT_MADE = "not_made"
    NOT_MADE_FULL = "not_made_full"
    """The same as `NOT_MADE`, because the disk has no room."""
    NOT_MADE_NO_FOLDER = "not_made_no_folder"
    NOT_WRITTEN = "not_written"
    """A working file could not be written."""
    IS_FOLDER = "is_folder"
    NO_FILE = "no_file"
    """It is not a file, or can't be written."""
    HARD_LINK = "hard_link"
    MOUNTED = "mounted"
    """Only the file is mounted, without its folder."""
    NOWHERE = "nowhere"

    # What SQLite says.
    FAILED = "failed"
    FAILED_FULL = "failed_full"
    FAILED_DISK = "failed_disk"
    FAILED_FOLDER = "failed_folder"
    """The file or the files beside it may not be written."""
    NOT_A_DATABASE = "not_a_database"
    DAMAGED = "damaged"
    BUSY = "busy"
    """Another process kept the database busy for longer than a write waits, which is this many seconds."""
    TOO_LATE = "too_late"
    """A write did not begin within these seconds."""
    NO_JOURNAL = "no_journal"
    """This drive does not support the write-ahead log."""
    OLD_SQLITE = "old_sqlite"

    # What is in it.
    IN_USE = "in_use"
    ANOTHER_PROGRAM = "another_program"
    TOO_NEW = "too_new"
    OUTDATED = "outdated"
    CHANGED_MIGRATION = "changed_migration"
    NOT_MIGRATED = "not_migrated"
    NO_ROOM_FOR_COPY = "no_room_for_copy"
    NO_COPY = "no_copy"
    UNREADABLE_JOB = "unreadable_job"
    NO_GRANT = "no_grant"
    """A grant was written, but could not be read back."""
    NO_REQUEST = "no_request"
    """The same for a request of the operator."""


FIGURES: Final[dict[StorageCode, tuple[str, ...]]] = {
    StorageCode.NOT_MADE_NO_FOLDER: ("folder",),
    StorageCode.BUSY: ("seconds",),
    StorageCode.TOO_LATE: ("seconds",),
    StorageCode.OLD_SQLITE: ("version", "least"),
    StorageCode.IN_USE: ("lock",),
    StorageCode.TOO_NEW: ("schema", "known"),
    StorageCode.OUTDATED: ("schema", "known"),
    StorageCode.CHANGED_MIGRATION: ("number", "name"),
    StorageCode.NO_ROOM_FOR_COPY: ("needed", "free", "folder"),
    StorageCode.UNREADABLE_JOB: ("job", "why"),
}
"""The names of each code's figures, in order. A code that is not here has none. Disk space is in MiB. `schema` is the file's
version, `known` the bot's.
"""


@dataclass(frozen=True, slots=True)
class StorageProblem:
    """`path` is the file or folder that it is about, "" if none; `said` is the message of the system or of SQLite."""

    code: StorageCode
    path: str = ""
    said: str = ""
    figures: Figures = ()

    @property
    def named(self) -> dict[str, str | int | float]:
        """The figures by their names. Raises `ValueError` if their number is not the code's."""
        return dict(zip(FIGURES.get(self.code, ()), self.figures, strict=True))

    def __str__(self) -> str:
        """For the log: `data/happyhorse.db: failed_full (database or disk is full)`."""
        more = ", ".join(map(str, (*filter(None, [self.said]), *self.figures)))
        return f"{self.path}{': ' if self.path else ''}{self.code}{f' ({more})' if more else ''}"
