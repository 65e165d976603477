"""The databases that every store test runs with: each name in `ADAPTERS`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from bot.storage import Storage, open_storage, storage_over
from bot.storage.postgres import PostgresDatabase
from tests.books import new_file

OpenStorage = Callable[[], AbstractAsyncContextManager[Storage]]
"""Each call opens new connections to the same database, as another process would."""


def over_sqlite(folder: Path) -> OpenStorage:
    path = new_file(folder / "books.db")
    return lambda: open_storage(path, exclusive=False)


def over_postgres(address: str) -> OpenStorage:
    @asynccontextmanager
    async def opened() -> AsyncGenerator[Storage]:
        database = await PostgresDatabase.open(address, exclusive=False)
        try:
            yield storage_over(database)
        finally:
            await database.close()

    return opened


ADAPTERS: Final = {
    "sqlite": lambda request: over_sqlite(request.getfixturevalue("tmp_path")),
    "postgres": lambda request: over_postgres(request.getfixturevalue("postgres_books")),
}


@pytest.fixture(params=ADAPTERS)
def opened(request) -> OpenStorage:
    return ADAPTERS[request.param](request)


@pytest.fixture
async def storage(opened):
    async with opened() as storage:
        yield storage
