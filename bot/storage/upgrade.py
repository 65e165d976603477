"""Prepares a file when it is opened: a new one gets its tables; an older one is copied and migrated. `SqliteDatabase.open`
calls it.

An older file is changed only by the process that holds the lock: a migration would break a running bot of the older version.
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
from bot.storage_problem import StorageCode, StorageProblem

_log: Final = logging.getLogger(__name__)


def bring_up_to_date(connection: sqlite3.Connection, path: Path, *, exclusive: bool) -> None:
    """`exclusive`: the caller holds the lock of this database.

    Raises `DatabaseOutdated` for an older file without `exclusive`, `DatabaseTooNew`, or `StorageError` where no copy can be
    made or a migration fails; the file is then as it was after the last complete migration.
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
        raise DatabaseOutdated(StorageProblem(StorageCode.OUTDATED, str(path), figures=(version, len(known))))
    copy = copies.copy(connection, path, version, now)
    try:
        migrate(connection, path, known)
    except StorageError:
        # Nothing was migrated, so drop this copy: otherwise repeated failing starts would push older copies out.
        with suppress(OSError, sqlite3.Error, StorageError):
            if recorded(connection, path, known) == version:
                copy.unlink()
        raise
    _log.info("%s was brought from schema %d to %d; as it was before it is kept as %s", path, version, len(known), copy.name)
    copies.prune(path, now, made=copy)
