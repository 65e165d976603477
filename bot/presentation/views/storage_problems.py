"""The words for each `StorageProblem`: what is wrong with the database, its file or its folder, and what to do.

The command line and the doctor call `sentence`, after an error. The module imports little, so that it loads quickly.
"""

from __future__ import annotations

from typing import Final

from bot.presentation.views.translations import N_, _, plain_number
from bot.storage_problem import StorageCode, StorageProblem

_WORDS: Final[dict[StorageCode, str]] = {
    StorageCode.UNSEEN: N_("{path} can't be looked at ({said})"),
    StorageCode.NO_FOLDER: N_("{path} is no folder"),
    StorageCode.NOT_WRITABLE: N_("{path} may not be written to"),
    StorageCode.NOT_OPENED: N_("cannot look at {path} ({said}): give the bot a folder that it may write to"),
    StorageCode.NOT_MADE: N_("cannot write {path} ({said}): give the bot a folder that it may write to"),
    StorageCode.NOT_MADE_FULL: N_("cannot write {path} ({said}): make room there"),
    StorageCode.NOT_MADE_NO_FOLDER: N_(
        "cannot write {path} ({folder} is no folder): give the bot a folder that it may write to"
    ),
    StorageCode.NOT_WRITTEN: N_("cannot write {path} ({said}): give the bot a folder that it may write to, with room in it"),
    StorageCode.IS_FOLDER: N_("{path} is a folder: name a file in it (storage.path)"),
    StorageCode.NO_FILE: N_("{path} is not a file that can be written: give the bot a folder that it may write to"),
    StorageCode.HARD_LINK: N_("{path} has another name (a hard link), by which it would be damaged: remove the other name"),
    StorageCode.MOUNTED: N_("{path} is mounted by itself, without what SQLite keeps beside it: mount its whole folder instead"),
    StorageCode.NOWHERE: N_("{path} leads nowhere ({said}): name another file (storage.path)"),
    StorageCode.FAILED: N_("{path}: {said}"),
    StorageCode.FAILED_FULL: N_("{path}: {said}: make room there"),
    StorageCode.FAILED_DISK: N_("{path}: {said}: look at the disk, its room and the system's log"),
    StorageCode.FAILED_FOLDER: N_("{path}: {said}: give the bot a folder that it may write to"),
    StorageCode.NOT_A_DATABASE: N_("{path} is not an SQLite database: move it away, or name another file (storage.path)"),
    StorageCode.DAMAGED: N_("{path} is damaged ({said}): restore your latest copy of it"),
    StorageCode.BUSY: N_("{path} was kept busy by another process for {seconds} s"),
    StorageCode.TOO_LATE: N_("{path} could not be written to within {seconds} s"),
    StorageCode.NO_JOURNAL: N_("{path}: write-ahead logging is not possible here (is it a network drive?)"),
    StorageCode.OLD_SQLITE: N_("this Python has SQLite {version}; {least} or later is needed"),
    StorageCode.IN_USE: N_(
        "{path} belongs to a bot that is running (it holds {lock}): stop that one first, or give this one another database"
        " (storage.path). A happyhorse job or migrate that is at it ends by itself"
    ),
    StorageCode.ANOTHER_PROGRAM: N_("{path} is another program's database: name a new file (storage.path)"),
    StorageCode.TOO_NEW: N_(
        "{path} was written by a newer bot (its schema is {schema}, this bot knows {known}): install that version again, or"
        " restore the copy that was made before the upgrade"
    ),
    StorageCode.OUTDATED: N_(
        "{path} was written by an older bot (its schema is {schema}, this bot's {known}): stop the bot that runs on it, then"
        " happyhorse migrate"
    ),
    StorageCode.CHANGED_MIGRATION: N_(
        "{path} was made with another text of migration {number} ({name}): it comes from a changed copy of this bot"
    ),
    StorageCode.NOT_MIGRATED: N_("{path} could not be migrated ({said}); nothing of this step was kept"),
    StorageCode.NO_ROOM_FOR_COPY: N_(
        "{path} needs a copy before it is brought up to date, and {needed} MiB free for that; {free} MiB are: make room in"
        " {folder}, or move the database to a larger disk"
    ),
    StorageCode.NO_COPY: N_(
        "no copy of {path} could be made before it is brought up to date ({said}), so nothing was changed: mend that"
    ),
    StorageCode.UNREADABLE_JOB: N_("job {job} can't be read by this version of the bot: {why}"),
    StorageCode.NO_GRANT: N_("the database took a grant and did not give it back"),
    StorageCode.NO_REQUEST: N_("the database took a request and did not give it back"),
}


def sentence(problem: StorageProblem) -> str:
    figures = {name: _shown(figure) for name, figure in problem.named.items()}
    return _(_WORDS[problem.code]).format(path=problem.path, said=problem.said, **figures)


def _shown(figure: str | float) -> str:
    """A figure as text. Seconds are written as in the reader's language; names and whole numbers stay as they are."""
    return plain_number(figure) if isinstance(figure, float) else str(figure)
