"""The door between the stores and a database: transactions as functions. Knows no dialect, no driver and no table.

A transaction is a plain function, so an adapter can run the whole of it in one place (one thread hop on SQLite), and a
caller that is cancelled half-way never leaves half a transaction behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


Row = Mapping[str, Any]
"""One row by column names. Columns hold int, str, bytes or None: which, is the schema's to say."""


class Transaction(Protocol):
    """Statements inside one transaction. `sql` uses named parameters (`:name`), every one of them in `parameters`."""

    def run(self, sql: str, parameters: Mapping[str, object]) -> int:
        """Number of rows changed."""
        ...

    def one(self, sql: str, parameters: Mapping[str, object]) -> Row | None:
        """The first row, or None."""
        ...

    def rows(self, sql: str, parameters: Mapping[str, object]) -> list[Row]: ...


class Database(Protocol):
    """Runs work in transactions. Raises `StorageError` for whatever the database itself refuses."""

    async def write(self, work: Callable[[Transaction], T], *, patience: float | None = None) -> T:
        """Runs `work` as if alone in the database; it is durable on return. What `work` raises undoes all of it.

        `work` runs outside the event loop and may be run again from the start, so it touches nothing but the transaction.
        `patience` is how many seconds may pass until `work` begins. Past that it is taken back for certain and `DatabaseBusy`
        is raised; work that has begun is waited for to its end. Without it a write waits as long as the database lets it.
        """
        ...

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Runs `work` over one consistent state that holds every write that returned before. It must not write."""
        ...

    async def schema_version(self) -> int:
        """Number of the latest migration that was applied."""
        ...

    async def close(self) -> None: ...


class Hurried:
    """A `Database` whose writes have `patience` seconds to begin, unless they say otherwise: for answers to members."""

    def __init__(self, database: Database, patience: float) -> None:
        self._database = database
        self._patience = patience

    async def write(self, work: Callable[[Transaction], T], *, patience: float | None = None) -> T:
        return await self._database.write(work, patience=self._patience if patience is None else patience)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        return await self._database.read(work)

    async def schema_version(self) -> int:
        return await self._database.schema_version()

    async def close(self) -> None:
        await self._database.close()
