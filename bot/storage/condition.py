"""Reads the state of a database for `happyhorse doctor`. Changes nothing; works beside a running bot of any version."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.pause import Pause, Pauses
from bot.ports import COMMANDS_REFUSED
from bot.storage import copies
from bot.storage.copies import Copy
from bot.storage.file import BUSY_SECONDS, check_file, is_there, refusal
from bot.storage.lock import is_held, real_path
from bot.storage.pauses import KEY, read_pauses
from bot.storage.schema import recorded, shipped
from bot.storage.sql import statement
from bot.storage_problem import StorageProblem

_READ = statement("key_values.read")


@dataclass(frozen=True, slots=True)
class Condition:
    """`schema` is the file's version, 0 where there is no database yet; `known` is the version that this bot works with.

    `running`: a bot runs on it. `no_copy` says why an older file can't be copied before it is migrated; None where it can.
    `commands_refused` is Discord's error at the last start, empty where it took the commands. `pauses` are the operator's,
    including ended ones.
    """

    path: Path
    schema: int
    known: int
    running: bool
    copies: tuple[Copy, ...] = ()
    no_copy: StorageProblem | None = None
    commands_refused: str = ""
    pauses: Pauses = field(default_factory=dict[int | None, Pause])


def condition_of(path: Path) -> Condition:
    """Raises `DatabaseTooNew` or another `StorageError`."""
    path = real_path(path)
    known = shipped()
    if not is_there(path):
        return Condition(path, 0, len(known), running=False)
    check_file(path)
    try:
        # `rw` opens an existing file and never makes one.
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS)) as connection:
            schema = recorded(connection, path, known)
            outdated = 0 < schema < len(known)
            no_copy = copies.refusal(connection, path) if outdated else None
            noted = connection.execute(_READ, {"key": COMMANDS_REFUSED}).fetchone() if schema else None
            paused = connection.execute(_READ, {"key": KEY}).fetchone() if schema else None
    except sqlite3.Error as error:
        raise refusal(path, error) from error
    refused = "" if noted is None else str(noted[0])
    pauses = read_pauses(None if paused is None else {"value": paused[0]})
    return Condition(path, schema, len(known), is_held(path), tuple(copies.copies_of(path)), no_copy, refused, pauses)
