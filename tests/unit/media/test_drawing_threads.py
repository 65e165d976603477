"""The threads that draw with Pillow: a few at a time, each with a time limit, and nothing waits for a thread that hangs."""

import asyncio
import threading

import pytest

from bot.errors import MediaError
from bot.media.drawing_threads import Threads


@pytest.fixture
def threads():
    made = []

    def pool(*arguments, **options):
        made.append(Threads(*arguments, **options))
        return made[-1]

    yield pool
    for each in made:
        each.close()


@pytest.fixture
def stuck():
    """Work that hangs until the test ends."""
    over = threading.Event()
    yield over.wait
    over.set()


async def test_what_work_returns_or_raises_comes_back(threads):
    pool = threads()
    assert await pool.run(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await pool.run(divmod, 1, 0)


async def test_work_is_done_beside_the_event_loop(threads):
    assert await threads().run(threading.get_ident) != threading.get_ident()


async def test_work_past_its_limit_is_left_alone_and_told_as_ours(threads, stuck):
    with pytest.raises(MediaError, match=r"drawing_slow: 0\.05"):
        await threads(1, time_limit=0.05).run(stuck)


async def test_a_hanging_picture_keeps_its_place_and_no_other_thread_is_started_for_it(threads, stuck):
    pool = threads(1, time_limit=0.05)
    ran = threading.Event()
    for work in (stuck, ran.set):
        with pytest.raises(MediaError):
            await pool.run(work)
    assert not ran.is_set()


async def test_one_that_hangs_leaves_the_other_places_to_others(threads, stuck):
    pool = threads(2)
    hanging = asyncio.create_task(pool.run(stuck))
    assert await pool.run(abs, -1) == 1
    hanging.cancel()


async def test_closing_waits_for_nobody(threads, stuck):
    pool = threads(1, time_limit=0.05)
    with pytest.raises(MediaError):
        await pool.run(stuck)
    pool.close()
