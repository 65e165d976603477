"""Implements `Database` over SQLite: one connection that writes and one that reads, each on a thread of aiosqlite.

Writes that wait at the same time share one commit, so that the disk is waited for once. For its caller each is still a
transaction of its own, and undone alone when it raises.
"""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import aiosqlite

from bot.errors import StorageError
from bot.storage.database import Row, Transaction
from bot.storage.file import BUSY_SECONDS, passes, prepare, refusal
from bot.storage.schema import VERSION, recorded, shipped
from bot.storage.upgrade import bring_up_to_date
from bot.storage.waiting import Waiting, in_time
from bot.storage_problem import StorageCode, StorageProblem

T = TypeVar("T")

OLDEST: Final = (3, 37, 0)
"""The first SQLite version with STRICT tables. RETURNING came earlier (3.35)."""
SHARED_COMMIT: Final = 128
"""How many transactions share a commit at most: few enough that all are done within milliseconds."""
ROOM_BYTES: Final = 4_200_000
"""About what the write-ahead log grows to: SQLite begins it anew after 1,000 pages of 4 KiB."""


class _Statements:
    """`Transaction` over one raw connection; used on that connection's thread only."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, sql: str, parameters: Mapping[str, object]) -> int:
        return self._connection.execute(sql, cast("dict[str, Any]", parameters)).rowcount

    def one(self, sql: str, parameters: Mapping[str, object]) -> Row | None:
        # All rows are fetched, because a statement with RETURNING is finished only then.
        rows = self.rows(sql, parameters)
        return rows[0] if rows else None

    def rows(self, sql: str, parameters: Mapping[str, object]) -> list[Row]:
        cursor = self._connection.execute(sql, cast("dict[str, Any]", parameters))
        # Not sqlite3.Row: it searches a column's name along the row, which for the wide `jobs` costs more than the statement.
        columns = [column[0] for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


class _Thread:
    """A raw connection on a thread of aiosqlite. Whole functions are run there with `call`."""

    def __init__(self, path: Path, *, reads_only: bool) -> None:
        self.path = path
        self._reads_only = reads_only
        self._raw: sqlite3.Connection | None = None
        self._aio = aiosqlite.Connection(self._open, iter_chunk_size=64)

    async def start(self) -> None:
        # When opening fails, aiosqlite leaves a thread behind. So everything that can fail with a bad file comes after opening;
        # then `close` ends the thread in order.
        await self._aio
        await self.call(self._tune)

    async def call(self, function: Callable[[sqlite3.Connection], T]) -> T:
        # aiosqlite has no public way to run a function on its thread, and one hop per statement costs several times the
        # statement. The version is pinned below the next minor one, and every test of this folder runs through here.
        return await self._aio._execute(function, self._raw)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType, reportUnknownVariableType]

    async def close(self) -> None:
        await self._aio.close()

    def _open(self) -> sqlite3.Connection:
        self._raw = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, cached_statements=256)
        self._raw.text_factory = _text
        return self._raw

    def _tune(self, raw: sqlite3.Connection) -> None:
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute("PRAGMA synchronous = FULL")
        if self._reads_only:
            raw.execute("PRAGMA query_only = ON")
        else:
            # First check that the file is ours: the journal mode of another program's file must not change.
            recorded(raw, self.path, shipped())
            _write_ahead(raw, self.path)


class SqliteDatabase:
    """`Database` over a file. Made by `open`."""

    def __init__(self, path: Path, writer: _Thread, reader: _Thread) -> None:
        self._path = path
        self._writer = writer
        self._reader = reader
        self._waiting: deque[Waiting[Any]] = deque()

    @classmethod
    async def open(cls, path: Path, *, exclusive: bool = True) -> SqliteDatabase:
        """Opens the file, and makes it where there is none. Raises `StorageError`.

        `exclusive`: the caller holds the lock. Only then an older file is migrated.
        """
        if sqlite3.sqlite_version_info < OLDEST:
            wanted = ".".join(map(str, OLDEST))
            raise StorageError(StorageProblem(StorageCode.OLD_SQLITE, figures=(sqlite3.sqlite_version, wanted)))
        prepare(path)
        database = cls(path, _Thread(path, reads_only=False), _Thread(path, reads_only=True))
        try:
            await database._writer.start()
            await database._writer.call(lambda raw: bring_up_to_date(raw, path, exclusive=exclusive))
            await database._reader.start()
        except BaseException as error:
            await database.close()
            if isinstance(error, sqlite3.Error):
                raise refusal(path, error) from error
            raise
        return database

    async def write(
        self,
        work: Callable[[Transaction], T],
        *,
        patience: float | None = None,
        alone: Collection[str] = (),  # noqa: ARG002  SQLite runs one write at a time
    ) -> T:
        waiting = Waiting(work)
        self._waiting.append(waiting)
        # Each call runs at least one waiting write, in order. So when our call returns, our write is done, by it or before.
        taking = self._writer.call(self._take)
        try:
            await (taking if patience is None else in_time(taking, waiting, patience, str(self._path)))
            return waiting.outcome()
        except sqlite3.Error as error:
            raise refusal(self._path, error) from error

    async def read(self, work: Callable[[Transaction], T]) -> T:
        def whole(raw: sqlite3.Connection) -> T:
            raw.execute("BEGIN")
            try:
                return work(_Statements(raw))
            finally:
                raw.execute("ROLLBACK")

        try:
            return await self._reader.call(whole)
        except sqlite3.Error as error:
            raise refusal(self._path, error) from error

    async def make_room(self) -> None:
        """Makes the write-ahead log as long as it will be. Otherwise the first commits do so bit by bit, and wait for the disk
        longer than commits that write over what is there.
        """
        await self._writer.call(_make_room)

    async def schema_version(self) -> int:
        row = await self.read(lambda transaction: transaction.one(VERSION, {}))
        return 0 if row is None else int(row["version"])

    async def close(self) -> None:
        try:
            await self._reader.close()
        finally:
            await self._writer.close()

    def _take(self, raw: sqlite3.Connection) -> None:
        taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), SHARED_COMMIT))]
        # Leave withdrawn ones out. One that is withdrawn while BEGIN waits for the lock is left out by `_run`.
        group = [waiting for waiting in taken if not waiting.withdrawn]
        if not group:
            return
        try:
            _roll_back(raw)
            raw.execute("BEGIN IMMEDIATE")
            if len(group) == 1:
                kept = _run_alone(raw, group[0])
            else:
                kept = True
                for waiting in group:
                    _run(raw, waiting)
            raw.execute("COMMIT" if kept else "ROLLBACK")
        except BaseException as error:  # noqa: BLE001  raised to every caller in the group: none of their work was kept
            # Before the ROLLBACK, which a broken disk may refuse too: no caller may take lost work for done.
            for waiting in group:
                if not waiting.failed:
                    waiting.fail(error)
            _roll_back(raw)


def _text(stored: bytes) -> str | bytes:
    """Decodes a text column. Damaged text stays bytes, and `bot/storage/rows.py` refuses only the rows that contain it. An
    error raised here would fail all rows of the query.
    """
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored


def _run_alone(raw: sqlite3.Connection, waiting: Waiting[Any]) -> bool:
    """Runs the only write of a commit, which needs no savepoint. Whether the transaction is to be committed."""
    if not waiting.begin():
        return False
    if waiting.run(_Statements(raw)):
        return True
    if not raw.in_transaction:
        # SQLite has ended the transaction already (a full disk): raise the error.
        waiting.outcome()
    return False


def _run(raw: sqlite3.Connection, waiting: Waiting[Any]) -> None:
    """Runs one of several writes that share a commit, in a savepoint, so that it can be undone alone."""
    if not waiting.begin():
        return
    raw.execute("SAVEPOINT one")
    if not waiting.run(_Statements(raw)):
        if not raw.in_transaction:
            # SQLite has ended the whole transaction (a full disk): raise the error, since no work of the group was kept.
            waiting.outcome()
        raw.execute("ROLLBACK TO one")
    raw.execute("RELEASE one")


def _roll_back(raw: sqlite3.Connection) -> None:
    """Ends a failed transaction, where SQLite has not done so. If that fails too, it is tried again before the next begins."""
    if raw.in_transaction:
        with suppress(sqlite3.Error):
            raw.execute("ROLLBACK")


def _write_ahead(raw: sqlite3.Connection, path: Path) -> None:
    # Unlike other statements, this one does not wait for other connections by itself, so it is repeated here.
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            mode = raw.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        except sqlite3.OperationalError as error:
            if not passes(error) or time.monotonic() > until:
                raise
        else:
            if mode == "wal":
                return
            raise StorageError(StorageProblem(StorageCode.NO_JOURNAL, str(path)))
        time.sleep(0.01)


def _make_room(raw: sqlite3.Connection) -> None:
    cached = raw.execute("PRAGMA cache_size").fetchone()[0]
    # A transaction that does not fit into the cache is written to the log at once. Rolled back, it leaves nothing but the room.
    # A full disk or another process's lock only leaves less room: what needs to be written now says so itself.
    with suppress(sqlite3.Error):
        raw.execute("PRAGMA cache_size = 10")
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("CREATE TABLE room (bytes)")
        raw.execute("INSERT INTO room VALUES (zeroblob(?))", (ROOM_BYTES,))
    _roll_back(raw)
    raw.execute(f"PRAGMA cache_size = {cached}")
