"""Writes for `happyhorse health` whether the bot is connected to Discord's gateway: at each change and every 15 s.

A fresh note also shows that the database takes writes and that the bot does not hang. The application runs it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from bot.errors import Interrupted, StorageError
from bot.notice import Part
from bot.ports import KeyValues
from bot.tasks import Tell, kept, over

KEY: Final = "health"
"""Key of the note in the key-value store."""
EVERY_SECONDS: Final = 15.0
"""Between two notes without a change."""
_CHECK_SECONDS: Final = 1.0
_CLOSE_SECONDS: Final = 1.0
_READY: Final = "ready"
_AWAY: Final = "away"


@asynccontextmanager
async def heartbeat(ready: Callable[[], bool], key_values: KeyValues, tell: Tell) -> AsyncGenerator[None]:
    """Writes notes while the block runs. `ready()` says whether the gateway is connected; `tell` reports a fault to the
    operator.
    """

    async def beat() -> None:
        said, next_at = False, 0.0
        while True:
            now, there = time.monotonic(), ready()
            if there != said or now >= next_at:
                said, next_at = there, now + EVERY_SECONDS
                with suppress(StorageError, Interrupted):
                    # A failed write needs no report here: `health` sees that the note is old.
                    await key_values.write(KEY, *_note(ready=there))
            await asyncio.sleep(_CHECK_SECONDS)

    beating = asyncio.create_task(kept(Part.HEALTH, beat, tell), name="health")
    try:
        yield
    finally:
        beating.cancel()
        await over(beating, _CLOSE_SECONDS)


def _note(*, ready: bool) -> tuple[str, int]:
    """The text of a note and its time in milliseconds, by the machine's clock, which `health` reads too."""
    now_ms = time.time_ns() // 1_000_000
    return f"{_READY if ready else _AWAY} {now_ms}", now_ms


def read(said: str) -> tuple[bool, float]:
    """Reads a note: whether the gateway was connected, and how many seconds ago it was written."""
    word, _, at_ms = said.partition(" ")
    return word == _READY, time.time() - int(at_ms) / 1000
