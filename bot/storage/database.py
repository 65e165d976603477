"""The Protocols between the stores and a database. `SqliteDatabase` and `PostgresDatabase` implement them.

A transaction is a plain function, so that an adapter can run all of it on one thread, and a cancelled caller never leaves half
a transaction behind.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


Row = Mapping[str, Any]
"""One row by column names. Values are int, float, str, bytes or None, as the schema says."""


class Transaction(Protocol):
    """Statements inside one transaction. `sql` uses named parameters (`:name`), every one of them in `parameters`."""

    def run(self, sql: str, parameters: Mapping[str, object]) -> int:
        """Number of rows changed."""
        ...

    def one(self, sql: str, parameters: Mapping[str, object]) -> Row | None:
        """The first row; None where there is none."""
        ...

    def rows(self, sql: str, parameters: Mapping[str, object]) -> list[Row]: ...


class Database(Protocol):
    """Runs functions in transactions. Raises `StorageError` for every error of the database itself."""

    async def write(self, work: Callable[[Transaction], T], *, patience: float | None = None, alone: Collection[str] = ()) -> T:
        """Runs `work` in a transaction that is durable on return. An exception of `work` undoes all of it and is raised.

        `work` runs on another thread and may be run again from the start, so it may use nothing but the transaction.
        `patience` is how many seconds may pass until `work` begins. After that it will never run, and `DatabaseBusy` is raised;
        work that has begun is waited for. Without `patience` a write waits as long as the database allows.

        No other write with one of the keys `alone` (keys.py) runs between this one's begin and end. If what
        the work writes depends on what it read, `alone` must name all that it read: a database may run other writes at the same
        time.
        """
        ...

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Runs `work` over one consistent state that includes every write that has returned. It must not write."""
        ...

    async def schema_version(self) -> int:
        """Number of the latest migration that was applied."""
        ...

    async def close(self) -> None: ...


class Hurried:
    """A `Database` whose writes have `patience` seconds to begin by default, for answers to members."""

    def __init__(self, database: Database, patience: float) -> None:
        self._database = database
        self._patience = patience

    async def write(self, work: Callable[[Transaction], T], *, patience: float | None = None, alone: Collection[str] = ()) -> T:
        return await self._database.write(work, patience=self._patience if patience is None else patience, alone=alone)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        return await self._database.read(work)

    async def schema_version(self) -> int:
        return await self._database.schema_version()

    async def close(self) -> None:
        await self._database.close()


class GivingWay:
    """A `Database` after which the caller waits for `go_first`, for the work on jobs: it goes on when no member's first answer
    is due any more (`FirstAnswers`). What was written stays written if the caller is cancelled meanwhile.
    """

    def __init__(self, database: Database, go_first: Callable[[], Awaitable[None]]) -> None:
        self._database = database
        self._go_first = go_first

    async def write(self, work: Callable[[Transaction], T], *, patience: float | None = None, alone: Collection[str] = ()) -> T:
        written = await self._database.write(work, patience=patience, alone=alone)
        await self._go_first()
        return written

    async def read(self, work: Callable[[Transaction], T]) -> T:
        found = await self._database.read(work)
        await self._go_first()
        return found

    async def schema_version(self) -> int:
        return await self._database.schema_version()

    async def close(self) -> None:
        await self._database.close()
