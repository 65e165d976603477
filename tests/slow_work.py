"""A write that goes on for as long as a test wants, for tests of what waits for it."""

from __future__ import annotations

import asyncio
import threading

WRITE = "INSERT INTO settings (key, value, at_ms) VALUES (:key, 'x', 0)"


class SlowWork:
    """Work that has begun and goes on until the test lets it end."""

    def __init__(self):
        self.begun = asyncio.Event()
        self.go_on = threading.Event()
        self._loop = asyncio.get_running_loop()

    def __call__(self, transaction):
        self._loop.call_soon_threadsafe(self.begun.set)
        self.go_on.wait(10)
        return transaction.run(WRITE, {"key": "slow"})
