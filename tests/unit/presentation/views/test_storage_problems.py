"""What is said of each trouble with the database, word for word."""

import pytest

from bot.errors import StorageError, UnreadableJob
from bot.presentation.views.command_errors import sentence as words_of
from bot.presentation.views.storage_problems import sentence
from bot.storage_problem import StorageCode, StorageProblem

FOLDER = "give the bot a folder that it may write to"
SENTENCES = {
    StorageCode.UNSEEN: ((), "a.db can't be looked at (why)"),
    StorageCode.NO_FOLDER: ((), "a.db is no folder"),
    StorageCode.NOT_WRITABLE: ((), "a.db may not be written to"),
    StorageCode.NOT_OPENED: ((), f"cannot look at a.db (why): {FOLDER}"),
    StorageCode.NOT_MADE: ((), f"cannot write a.db (why): {FOLDER}"),
    StorageCode.NOT_MADE_FULL: ((), "cannot write a.db (why): make room there"),
    StorageCode.NOT_MADE_NO_FOLDER: (("data",), f"cannot write a.db (data is no folder): {FOLDER}"),
    StorageCode.NOT_WRITTEN: ((), f"cannot write a.db (why): {FOLDER}, with room in it"),
    StorageCode.IS_FOLDER: ((), "a.db is a folder: name a file in it (storage.path)"),
    StorageCode.NO_FILE: ((), f"a.db is not a file that can be written: {FOLDER}"),
    StorageCode.HARD_LINK: (
        (),
        "a.db has another name (a hard link), by which it would be damaged: remove the other name",
    ),
    StorageCode.MOUNTED: (
        (),
        "a.db is mounted by itself, without what SQLite keeps beside it: mount its whole folder instead",
    ),
    StorageCode.NOWHERE: ((), "a.db leads nowhere (why): name another file (storage.path)"),
    StorageCode.FAILED: ((), "a.db: why"),
    StorageCode.FAILED_FULL: ((), "a.db: why: make room there"),
    StorageCode.FAILED_DISK: ((), "a.db: why: look at the disk, its room and the system's log"),
    StorageCode.FAILED_FOLDER: ((), f"a.db: why: {FOLDER}"),
    StorageCode.NOT_A_DATABASE: (
        (),
        "a.db is not an SQLite database: move it away, or name another file (storage.path)",
    ),
    StorageCode.DAMAGED: ((), "a.db is damaged (why): restore your latest copy of it"),
    StorageCode.BUSY: ((10.0,), "a.db was kept busy by another process for 10 s"),
    StorageCode.TOO_LATE: ((1.5,), "a.db could not be written to within 1.5 s"),
    StorageCode.NO_JOURNAL: ((), "a.db: write-ahead logging is not possible here (is it a network drive?)"),
    StorageCode.OLD_SQLITE: (("3.36.0", "3.37.0"), "this Python has SQLite 3.36.0; 3.37.0 or later is needed"),
    StorageCode.IN_USE: (
        ("a.db.lock",),
        (
            "a.db belongs to a bot that is running (it holds a.db.lock): stop that one first, or give this one another"
            " database (storage.path). A happyhorse job or migrate that is at it ends by itself"
        ),
    ),
    StorageCode.ANOTHER_PROGRAM: ((), "a.db is another program's database: name a new file (storage.path)"),
    StorageCode.TOO_NEW: (
        (5, 4),
        (
            "a.db was written by a newer bot (its schema is 5, this bot knows 4): install that version again, or restore"
            " the copy that was made before the upgrade"
        ),
    ),
    StorageCode.OUTDATED: (
        (3, 4),
        (
            "a.db was written by an older bot (its schema is 3, this bot's 4): stop the bot that runs on it, then"
            " happyhorse migrate"
        ),
    ),
    StorageCode.CHANGED_MIGRATION: (
        (2, "own_trouble"),
        "a.db was made with another text of migration 2 (own_trouble): it comes from a changed copy of this bot",
    ),
    StorageCode.NOT_MIGRATED: ((), "a.db could not be migrated (why); nothing of this step was kept"),
    StorageCode.NO_ROOM_FOR_COPY: (
        (70, 12, "data"),
        (
            "a.db needs a copy before it is brought up to date, and 70 MiB free for that; 12 MiB are: make room in data,"
            " or move the database to a larger disk"
        ),
    ),
    StorageCode.NO_COPY: (
        (),
        "no copy of a.db could be made before it is brought up to date (why), so nothing was changed: mend that",
    ),
    StorageCode.UNREADABLE_JOB: ((7, "state: x"), "job 7 can't be read by this version of the bot: state: x"),
    StorageCode.NO_GRANT: ((), "the database took a grant and did not give it back"),
    StorageCode.NO_REQUEST: ((), "the database took a request and did not give it back"),
}


@pytest.mark.parametrize("code", StorageCode)
def test_each_code_has_its_sentence(code):
    figures, words = SENTENCES[code]
    assert sentence(StorageProblem(code, "a.db", "why", figures)) == words


def test_a_command_ends_with_the_words_and_the_log_has_the_code():
    error = StorageError(StorageProblem(StorageCode.FAILED_FULL, "a.db", "database or disk is full"))
    assert words_of(error) == "a.db: database or disk is full: make room there"
    assert str(error) == "a.db: failed_full (database or disk is full)"
    assert words_of(UnreadableJob(7, "state: x")) == "job 7 can't be read by this version of the bot: state: x"
