"""Waits for a condition instead of for time."""

import asyncio


async def until(condition, seconds=20):
    """What `condition()` returns once it is truthy."""
    async with asyncio.timeout(seconds):
        while True:
            if found := condition():
                return found
            await asyncio.sleep(0.01)
