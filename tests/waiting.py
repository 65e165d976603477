"""Waits for a condition instead of for time. For what has no event: rows, messages, lines of a log."""

import asyncio
import inspect


async def until(condition, seconds=20):
    """What `condition()`, which may be a coroutine function, returns once it is truthy. Looks again every 10 ms."""
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if inspect.isawaitable(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.01)
