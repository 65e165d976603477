"""The databases that every store test runs with. A second database is one more entry of `ADAPTERS`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final

import pytest

from bot.storage import Storage, open_storage

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
