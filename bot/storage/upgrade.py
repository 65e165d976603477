"""What happens to a file when it is opened: a new one gets its tables, an older one a copy and the migrations it lacks.

An older file is changed only by whoever holds the lock: under a running bot of an older version a migration would take the
tables away that it works with.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.errors import DatabaseOutdated, StorageError
from bot.storage import copies
from bot.storage.schema import migrate, recorded, shipped

_log: Final = logging.getLogger(__name__)


def bring_up_to_date(connection: sqlite3.Connection, path: Path, *, exclusive: bool) -> None:
    """`exclusive` says that the caller holds the lock of this database.

    Raises `DatabaseOutdated` for an older file where it does not, `DatabaseTooNew`, or `StorageError` where no copy can be
    made; the file is then as it was.
    """
    known = shipped()
    version = recorded(connection, path, known)
    now = datetime.now(UTC)
    if exclusive:
        copies.prune(path, now)
    if version == len(known):
        return
    if version == 0:
        migrate(connection, path, known)
        return
    if not exclusive:
        raise DatabaseOutdated(
            f"{path} was written by an older bot (its schema is {version}, this bot's {len(known)}):"
            " stop the bot that runs on it, then happyhorse migrate"
        )
    copy = copies.copy(connection, path, version, now)
    try:
        migrate(connection, path, known)
    except StorageError:
        # Nothing to go back from: without this, starts that fail one after the other would push older copies out.
        with suppress(OSError, sqlite3.Error, StorageError):
            if recorded(connection, path, known) == version:
                copy.unlink()
        raise
    _log.info("%s was brought from schema %d to %d; as it was before it is kept as %s", path, version, len(known), copy.name)
    copies.prune(path, now, made=copy)
