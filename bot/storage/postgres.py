"""Implements `Database` over PostgreSQL: a pool of connections, each of them used on one thread while a transaction runs.

Writes run at the same time, at READ COMMITTED: what a write holds `alone` is an advisory lock for each key, taken before its
work begins. No operator can choose this database yet; the tests of the stores run over it.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Collection, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, Final, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from bot.errors import DatabaseBusy, StorageError
from bot.storage.database import Row, Transaction
from bot.storage.postgres_schema import bring_up_to_date
from bot.storage.postgres_values import VALUES, translated
from bot.storage.schema import VERSION
from bot.storage.waiting import Waiting, in_time, too_late
from bot.storage_problem import StorageCode, StorageProblem

T = TypeVar("T")
_Connection = psycopg.Connection[dict[str, Any]]

WRITERS: Final = 8
"""Writes that run at the same time. Each waits for the disk or the network most of its time."""
READERS: Final = 4
"""Reads that run at the same time, beside the writes: one that waits for a lock keeps no read waiting."""
WAIT_SECONDS: Final = 10.0
"""How long a write waits for a connection, for a key or for a row that another transaction holds."""
STATEMENT_SECONDS: Final = 60
"""No statement of the bot takes nearly as long. The server ends one that does, and a transaction that stands idle for so long:
its process is stopped or cut off, and holds locks that others wait for.
"""
PREPARED_AFTER: Final = 5
"""How often a connection runs a statement before the server keeps its plan."""
ATTEMPTS: Final = 5
"""How often work is begun at most. It is begun anew after a deadlock, or where the connection was lost before the commit."""
_NETWORK: Final = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""A server that can no longer be reached is noticed within half a minute, not hours. Idle time and interval are seconds, the
timeout is milliseconds."""
PAUSE_SECONDS: Final = 0.02
"""The pause before the second attempt; before the third it is twice as long. Meanwhile the other transaction of a deadlock gets
the rows that it waits for.
"""
_CODES: Final = {
    "53100": StorageCode.FAILED_FULL,
    "58030": StorageCode.FAILED_DISK,
    "XX001": StorageCode.DAMAGED,
    "XX002": StorageCode.DAMAGED,
}
_UNDONE: Final = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)


class _Statements:
    """`Transaction` over one connection."""

    __slots__ = ("_connection",)

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection

    def run(self, sql: str, parameters: Mapping[str, object]) -> int:
        return self._connection.execute(translated(sql), parameters).rowcount

    def one(self, sql: str, parameters: Mapping[str, object]) -> Row | None:
        rows = self.rows(sql, parameters)
        return rows[0] if rows else None

    def rows(self, sql: str, parameters: Mapping[str, object]) -> list[Row]:
        cursor = self._connection.execute(translated(sql), parameters)
        return [] if cursor.description is None else list[Row](cursor.fetchall())


class PostgresDatabase:
    """`Database` over a PostgreSQL server. Made by `open`."""

    def __init__(self, name: str, pool: ConnectionPool[_Connection]) -> None:
        self._name = name
        self._pool = pool
        self._writers = ThreadPoolExecutor(WRITERS, "postgres write")
        self._readers = ThreadPoolExecutor(READERS, "postgres read")

    @classmethod
    async def open(cls, address: str, *, exclusive: bool = True) -> PostgresDatabase:
        """Connects to the database at `address` (a connection string), and makes its tables where there are none.

        `exclusive`: an older database is migrated. Raises `DatabaseOutdated`, `DatabaseTooNew` or another `StorageError`.
        """
        name = _name(address)

        def connect() -> PostgresDatabase:
            try:
                with psycopg.connect(address, autocommit=True, connect_timeout=int(WAIT_SECONDS)) as connection:
                    bring_up_to_date(connection, name, exclusive=exclusive)
            except psycopg.Error as error:
                raise _refusal(name, error) from error
            pool = ConnectionPool(
                address,
                connection_class=psycopg.Connection[dict[str, Any]],
                kwargs={
                    "autocommit": True,
                    "row_factory": dict_row,
                    "context": VALUES,
                    "prepare_threshold": PREPARED_AFTER,
                    "connect_timeout": int(WAIT_SECONDS),
                    "client_encoding": "utf8",
                    **_NETWORK,
                },
                min_size=1,
                max_size=WRITERS + READERS,
                configure=_limit,
                timeout=WAIT_SECONDS,
                open=True,
            )
            return cls(name, pool)

        return await asyncio.to_thread(connect)

    async def write(self, work: Callable[[Transaction], T], *, patience: float | None = None, alone: Collection[str] = ()) -> T:
        waiting = Waiting(work)
        until = None if patience is None else time.monotonic() + patience
        loop = asyncio.get_running_loop()
        running = loop.run_in_executor(self._writers, self._write, waiting, alone, until)
        try:
            return await (running if patience is None else in_time(running, waiting, patience, self._name))
        except psycopg.Error as error:
            if patience is not None and isinstance(error, psycopg.errors.LockNotAvailable):
                raise too_late(self._name, patience) from error
            raise _refusal(self._name, error) from error

    async def read(self, work: Callable[[Transaction], T]) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._readers, self._transact, _begin_reading, Waiting(work))
        except psycopg.Error as error:
            raise _refusal(self._name, error) from error

    async def schema_version(self) -> int:
        row = await self.read(lambda transaction: transaction.one(VERSION, {}))
        return 0 if row is None else int(row["version"])

    async def close(self) -> None:
        """Waits for the transactions that run."""

        def end() -> None:
            self._writers.shutdown()
            self._readers.shutdown()
            self._pool.close()

        await asyncio.to_thread(end)

    def _write(self, waiting: Waiting[T], alone: Collection[str], until: float | None) -> T:
        return self._transact(lambda begun: _begin(alone, None if begun else until), waiting)

    def _transact(self, begin: Callable[[bool], bytes], waiting: Waiting[T]) -> T:
        """Runs the work of `waiting` in a transaction; on a thread of its own.

        `begin` gives the statements that start it, and is told whether the work has begun before. Raises what the work raises,
        `psycopg.Error`, and `DatabaseBusy` for a withdrawn write, whose caller does not wait for it any more.
        """
        begun, attempt = False, 0
        while True:
            attempt += 1
            with self._connection() as connection:
                try:
                    connection.execute(begin(begun))
                    begun = begun or waiting.begin()
                    if not begun:
                        raise too_late(self._name, 0)
                    result = waiting.work(_Statements(connection))
                except psycopg.Error as error:
                    if attempt == ATTEMPTS or not (connection.broken or isinstance(error, _UNDONE)):
                        raise
                else:
                    # This is never tried again: where the answer to COMMIT is lost, it may have been done.
                    if connection.execute(b"COMMIT").statusmessage != "COMMIT":
                        raise StorageError(StorageProblem(StorageCode.FAILED, self._name, "rolled back"))
                    return result
            time.sleep(PAUSE_SECONDS * attempt)

    @contextmanager
    def _connection(self) -> Generator[_Connection]:
        """A connection of the pool. Whatever transaction is open on it at the end is undone."""
        connection = self._pool.getconn()
        try:
            yield connection
        finally:
            if connection.info.transaction_status not in (TransactionStatus.IDLE, TransactionStatus.UNKNOWN):
                with suppress(psycopg.Error):
                    connection.execute(b"ROLLBACK")
            broken = connection.broken
            self._pool.putconn(connection)
            if broken:
                # The server was restarted or cut off: those that wait in the pool are mostly lost too.
                self._pool.check()


def _begin_reading(_begun: bool) -> bytes:  # noqa: FBT001  as `_transact` calls it
    return b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


def _begin(alone: Collection[str], until: float | None) -> bytes:
    """The statements that begin a write and wait for its keys, in one order everywhere, so that no two wait for each other.

    `until` is the moment on the monotonic clock at which a write with patience gives up.
    """
    statements = ["BEGIN ISOLATION LEVEL READ COMMITTED"]
    limited = bool(alone) and until is not None
    if limited and until is not None:
        # 0 would mean no limit.
        statements.append(f"SET LOCAL lock_timeout = {max(1, round(1000 * (until - time.monotonic())))}")
    statements += [f"SELECT pg_advisory_xact_lock({number})" for number in sorted(map(_number, set(alone)))]
    if limited:
        statements.append(f"SET LOCAL lock_timeout = {round(1000 * WAIT_SECONDS)}")
    return "; ".join(statements).encode()


def _number(key: str) -> int:
    """The number of a key's advisory lock. Two keys with the same number only wait for each other in vain."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], signed=True)


def _limit(connection: _Connection) -> None:
    """Called by the pool with each new connection."""
    limits = {
        "statement_timeout": 1000 * STATEMENT_SECONDS,
        "idle_in_transaction_session_timeout": 1000 * STATEMENT_SECONDS,
        "lock_timeout": round(1000 * WAIT_SECONDS),
    }
    connection.execute("; ".join(f"SET {name} = {value}" for name, value in limits.items()).encode())


def _name(address: str) -> str:
    """The database and its server, for messages. Raises `StorageError` for an address that can't be read."""
    try:
        parts = conninfo_to_dict(address)
    except psycopg.Error as error:
        # Not its text, which may hold the password.
        raise StorageError(StorageProblem(StorageCode.FAILED, "", type(error).__name__)) from None
    return f"{parts.get('dbname', 'postgres')}@{parts.get('host', 'localhost')}"


def _refusal(name: str, error: psycopg.Error) -> StorageError:
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return DatabaseBusy(StorageProblem(StorageCode.BUSY, name, figures=(WAIT_SECONDS,)))
    # Not the whole error: its details may hold what members wrote.
    said = error.diag.message_primary or (str(error).splitlines() or [type(error).__name__])[0]
    return StorageError(StorageProblem(_CODES.get(error.sqlstate or "", StorageCode.FAILED), name, said))
