"""Finds what a process still keeps of jobs and orders that are over: it walks through all objects. `invariants` calls it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from bot.domain.post import of_job, of_order

if TYPE_CHECKING:
    from tests.simulation.lives import Life
    from tests.simulation.world import World

_DEEP_MOST: Final = 14
_AS_READ: Final = ("._written[]",)
"""In paths to what a process remembers of the database as it last read it. Where two run, the other may have changed that
since, so a job's id there is no fault.
"""


def of(world: World, last: Life) -> Iterator[str]:
    """Paths of objects that name an ended job or order, by its id or as posts do, tasks that still run for one, and files."""
    jobs = [row[0] for row in world.books.execute("SELECT id FROM jobs")]
    orders = [row[0] for row in world.books.execute("SELECT id FROM orders")]
    ids = {*jobs, *orders, *map(of_job, jobs), *map(of_order, orders)}
    app = last.app
    if app is not None:
        for root in (app, app.engine, app.runner):
            found = _walk(root, ids, type(root).__name__, set(), 0)
            yield from (path for path in found if not (world.kind.pair and any(each in path for each in _AS_READ)))
    for task in asyncio.all_tasks(last.loop):
        if task.get_name().startswith(("job-", "progress-")):
            yield f"task {task.get_name()}"
    for path in sorted(world.folder.glob("work/*")):
        yield f"file {path.name}"
    kept = {row[0] for row in world.books.execute("SELECT sha256 FROM files WHERE location = 'clips'")}
    there = {path.name.partition(".")[0] for path in world.folder.glob("clips/*")}
    yield from (f"clip {name} without a row" for name in sorted(there - kept))
    yield from (f"row of a clip {name} that is not there" for name in sorted(kept - there))


def _walk(value: Any, ids: set[int | str], path: str, seen: set[int], depth: int) -> Iterator[str]:
    """Walks through containers and the bot's own objects; objects of libraries are skipped."""
    if isinstance(value, (int, str)):
        if value in ids:
            yield path
        return
    if isinstance(value, (bytes, float, type(None), Enum, type)) or id(value) in seen or depth > _DEEP_MOST:
        return
    seen.add(id(value))
    for name, each in _parts(value):
        yield from _walk(each, ids, f"{path}{name}", seen, depth + 1)


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from (("", key) for key in list(value))
        yield from (("[]", each) for each in list(value.values()))
    elif isinstance(value, (list, tuple, set, frozenset, deque)):
        yield from (("[]", each) for each in list(value))
    elif type(value).__module__.startswith("bot."):
        names = {*getattr(value, "__dict__", ()), *getattr(type(value), "__slots__", ())}
        yield from ((f".{name}", getattr(value, name)) for name in sorted(names) if hasattr(value, name))
