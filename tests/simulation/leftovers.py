"""What a process still holds of jobs that are over: found by walking through it, whatever its parts are called."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tests.simulation.lives import Life
    from tests.simulation.world import World

KEPT: Final = frozenset({"._pressed"})
"""A memory that may outlive a job, by name: of double presses."""
_DEEP_MOST: Final = 14


def of(world: World, last: Life) -> Iterator[str]:
    """Places that name a job, tasks that still run for one, files."""
    ids = {row[0] for row in world.books.execute("SELECT id FROM jobs")}
    app = last.app
    if app is not None:
        for root in (app, app.engine, app.runner):
            yield from _walk(root, ids, type(root).__name__, set(), 0)
    for task in asyncio.all_tasks(last.loop):
        if task.get_name().startswith(("job-", "progress-")):
            yield f"task {task.get_name()}"
    for path in sorted(world.folder.glob("work/*")):
        yield f"file {path.name}"


def _walk(value: Any, ids: set[int], path: str, seen: set[int], depth: int) -> Iterator[str]:
    """Into containers, and into the bot's own objects; libraries hold nothing that names a job."""
    if isinstance(value, int):
        if value in ids:
            yield path
        return
    if isinstance(value, (str, bytes, float, type(None), Enum, type)) or id(value) in seen or depth > _DEEP_MOST:
        return
    seen.add(id(value))
    for name, each in _parts(value):
        if name not in KEPT:
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
