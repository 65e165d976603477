"""What can be wrong with the database, its file and its folder: a code and figures. Their words stand in
`presentation/views/storage_problems.py`.

`bot.storage` and `disk.py` say it; a `StorageError` carries it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.problem import Figures


class StorageCode(StrEnum):
    """Behind each code stand its figures, () where nothing is said."""

    # A folder, or the file in it.
    UNSEEN = "unseen"
    """The system does not tell whether it is there."""
    NO_FOLDER = "no_folder"
    NOT_WRITABLE = "not_writable"
    NOT_OPENED = "not_opened"
    """The database's file could not be looked at."""
    NOT_MADE = "not_made"
    NOT_MADE_FULL = "not_made_full"
    """The same, where the disk has no room."""
    NOT_MADE_NO_FOLDER = "not_made_no_folder"
    """(what stands where the folder should be)"""
    NOT_WRITTEN = "not_written"
    """A working file."""
    IS_FOLDER = "is_folder"
    NO_FILE = "no_file"
    """Or one that can't be written."""
    HARD_LINK = "hard_link"
    MOUNTED = "mounted"
    """The file alone, without its folder."""
    NOWHERE = "nowhere"

    # What SQLite says.
    FAILED = "failed"
    FAILED_FULL = "failed_full"
    FAILED_DISK = "failed_disk"
    FAILED_FOLDER = "failed_folder"
    """The file or those beside it may not be written."""
    NOT_A_DATABASE = "not_a_database"
    DAMAGED = "damaged"
    BUSY = "busy"
    """(seconds for which it was waited)"""
    TOO_LATE = "too_late"
    """(seconds within which a write should have begun)"""
    NO_JOURNAL = "no_journal"
    """The write-ahead log can't be had on this drive."""
    OLD_SQLITE = "old_sqlite"
    """(version that is there, least version)"""

    # What is in it.
    IN_USE = "in_use"
    """(path of the lock)"""
    ANOTHER_PROGRAM = "another_program"
    TOO_NEW = "too_new"
    """(its schema, this bot's)"""
    OUTDATED = "outdated"
    """(its schema, this bot's)"""
    CHANGED_MIGRATION = "changed_migration"
    """(number of the migration, its name)"""
    NOT_MIGRATED = "not_migrated"
    NO_ROOM_FOR_COPY = "no_room_for_copy"
    """(MiB needed, MiB free, the folder)"""
    NO_COPY = "no_copy"
    UNREADABLE_JOB = "unreadable_job"
    """(job's id, the field and what is wrong with it)"""
    NO_GRANT = "no_grant"
    """It was written, and not given back."""
    NO_REQUEST = "no_request"
    """The same of a request of the operator's."""


@dataclass(frozen=True, slots=True)
class StorageProblem:
    """`path` is the file or folder that it is about, "" where it is about none; `said` the system's or SQLite's words."""

    code: StorageCode
    path: str = ""
    said: str = ""
    figures: Figures = ()

    def __str__(self) -> str:
        """For the log: `data/happyhorse.db: failed_full (database or disk is full)`."""
        more = ", ".join(map(str, (*filter(None, [self.said]), *self.figures)))
        return f"{self.path}{': ' if self.path else ''}{self.code}{f' ({more})' if more else ''}"
