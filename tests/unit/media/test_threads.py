"""The pool for Pillow: a few at a time, each with a limit, and nobody waits for a thread that hangs."""

import asyncio
import threading

import pytest

from bot.errors import MediaBusy, MediaError
from bot.media.threads import Threads
from tests.unit.media.waiting import until


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
    """Work that hangs until the test is over."""
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
    with pytest.raises(MediaError, match=r"more than 0\.05 s"):
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


async def test_one_owner_never_has_all_threads(threads, stuck):
    pool = threads(2)
    hanging = [asyncio.create_task(pool.run_for(1, stuck)) for _ in range(20)]
    assert await pool.run_for(2, abs, -1) == 1
    assert await pool.run_for(3, abs, -2) == 2
    for each in hanging:
        each.cancel()


async def test_a_thread_that_goes_on_past_its_limit_stays_its_owners(threads, stuck, monkeypatch):
    pool = threads(2, time_limit=0.05)
    with pytest.raises(MediaError, match="more than"):
        await pool.run_for(1, stuck)
    monkeypatch.setattr("bot.media.threads.TURN_LIMIT_SECONDS", 0.05)
    # Their next one waits for it, and is not blamed for that.
    with pytest.raises(MediaBusy):
        await pool.run_for(1, abs, -1)
    assert await pool.run_for(2, abs, -2) == 2


async def test_an_owners_turn_comes_back_whatever_became_of_the_one_before(threads):
    pool = threads(2)
    with pytest.raises(ZeroDivisionError):
        await pool.run_for(1, divmod, 1, 0)
    given_up = asyncio.create_task(pool.run_for(1, abs, -1))
    await asyncio.sleep(0)
    given_up.cancel()
    assert await pool.run_for(1, abs, -2) == 2
    await until(lambda: not pool._owners)


async def test_closing_waits_for_nobody(threads, stuck):
    pool = threads(1, time_limit=0.05)
    with pytest.raises(MediaError):
        await pool.run(stuck)
    pool.close()
