"""Waits for a condition that has no event: rows, messages, lines of a log."""

import asyncio
import inspect


async def until(condition, seconds=20):
    """Call `condition()`, awaited if needed, every 10 ms until it is true, and return what it returned."""
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if inspect.isawaitable(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.01)
