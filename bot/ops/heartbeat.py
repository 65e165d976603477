"""What a running bot writes for `happyhorse health`: whether Discord's gateway is there, at each change and every 15 s.

That it could be written shows that the database takes writes and that the bot does not hang.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from bot.errors import Interrupted, StorageError
from bot.ports import KeyValues
from bot.tasks import Tell, kept, over

KEY: Final = "health"
"""Of the note in the database's settings."""
EVERY_SECONDS: Final = 15.0
"""Between notes that say the same."""
_CHECK_SECONDS: Final = 1.0
_CLOSE_SECONDS: Final = 1.0
_READY: Final = "ready"
_AWAY: Final = "away"


@asynccontextmanager
async def heartbeat(ready: Callable[[], bool], key_values: KeyValues, tell: Tell) -> AsyncGenerator[None]:
    """Writes as long as the block runs. `ready()` says whether the gateway is there; `tell` tells the operator of a fault."""

    async def beat() -> None:
        said, next_at = False, 0.0
        while True:
            now, there = time.monotonic(), ready()
            if there != said or now >= next_at:
                said, next_at = there, now + EVERY_SECONDS
                with suppress(StorageError, Interrupted):
                    # Whoever else writes says so, and a note that grows old says it to who asks.
                    await key_values.write(KEY, *_note(ready=there))
            await asyncio.sleep(_CHECK_SECONDS)

    beating = asyncio.create_task(kept("the word of the bot's health", beat, tell), name="health")
    try:
        yield
    finally:
        beating.cancel()
        await over(beating, _CLOSE_SECONDS)


def _note(*, ready: bool) -> tuple[str, int]:
    """What is written now, with its time in milliseconds. By the machine's clock: who asks reads the same one."""
    now_ms = time.time_ns() // 1_000_000
    return f"{_READY if ready else _AWAY} {now_ms}", now_ms


def read(said: str) -> tuple[bool, float]:
    """Whether the gateway was there, and how many seconds ago that was written."""
    word, _, at_ms = said.partition(" ")
    return word == _READY, time.time() - int(at_ms) / 1000
