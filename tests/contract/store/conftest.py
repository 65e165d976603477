"""The databases that every store test runs with. A second database is one more entry of `ADAPTERS`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from bot.storage import Storage, open_storage
from tests import postgres

OpenStorage = Callable[[], AbstractAsyncContextManager[Storage]]
"""Each call opens new connections to the same database, as another process would."""


def sqlite(folder: Path) -> OpenStorage:
    return lambda: open_storage(folder / "books.db", exclusive=False)


ADAPTERS: Final = {"sqlite": sqlite}


@pytest.fixture(params=ADAPTERS)
def opened(request, tmp_path) -> OpenStorage:
    return ADAPTERS[request.param](tmp_path)


@pytest.fixture
async def storage(opened):
    async with opened() as storage:
        yield storage


@pytest.fixture(scope="session")
def new_postgres_database(worker_id):
    """Opens another empty database of the run's PostgreSQL server each time."""
    numbers = count(1)
    with postgres.server() as server:
        yield lambda: postgres.new_database(server, f"{worker_id}_{next(numbers)}")
