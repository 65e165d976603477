"""The sandbox's clock: it goes with real time, and a test can move it forward."""

import asyncio
import time

import pytest

from sandbox.clock import Clock


def test_now_is_real_time_until_advanced():
    earliest = time.time() * 1000
    clock = Clock()
    assert earliest - 1000 < clock.now_ms() < time.time() * 1000 + 1000
    begun = time.monotonic()
    before = clock.now_ms()
    clock.advance(900)
    passed = clock.now_ms() - before
    assert 900_000 <= passed <= 900_000 + (time.monotonic() - begun) * 1000 + 2


def test_time_never_runs_backwards():
    with pytest.raises(ValueError, match="forward"):
        Clock().advance(-1)


async def test_an_advance_counts_as_time_slept():
    clock = Clock()
    sleeper = asyncio.create_task(clock.sleep(3600))
    while not clock._sleepers:  # noqa: ASYNC110 - a condition of the class under test, without an event of its own
        await asyncio.sleep(0)
    clock.advance(1800)
    await asyncio.sleep(0)
    assert not sleeper.done()
    clock.advance(1801)
    await asyncio.wait_for(sleeper, 5)


async def test_a_sleep_without_an_advance_takes_real_time():
    clock = Clock()
    begun = clock.now_ms()
    await clock.sleep(0.02)
    assert clock.now_ms() - begun >= 20
