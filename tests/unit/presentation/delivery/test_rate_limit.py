"""The limit of requests per second: bursts, its rate, and who goes first."""

import asyncio

import pytest

from bot.presentation.delivery.rate_limit import BURST, REQUESTS_PER_SECOND, RateLimit
from tests.virtual_time import played


def test_a_burst_goes_at_once_and_the_rest_at_the_rate():
    async def spent():
        budget, loop = RateLimit(rate=100, burst=5), asyncio.get_running_loop()
        for _ in range(5):
            await budget.take()
        at_once = loop.time()
        await asyncio.gather(*(budget.take() for _ in range(10)))
        return at_once, loop.time()

    at_once, all_of_them = played(spent())
    assert at_once == 0
    assert all_of_them == pytest.approx(0.1, abs=0.01)


async def test_the_urgent_overtake_those_who_wait():
    budget = RateLimit(rate=50, burst=1)
    await budget.take()
    order = []

    async def ask(name, *, urgent):
        await budget.take(urgent=urgent)
        order.append(name)

    waiting = [asyncio.create_task(ask(f"progress {n}", urgent=False)) for n in range(3)]
    await asyncio.sleep(0)
    waiting.append(asyncio.create_task(ask("delivery", urgent=True)))
    await asyncio.gather(*waiting)
    assert order == ["delivery", "progress 0", "progress 1", "progress 2"]


async def test_one_who_stops_waiting_takes_nothing_from_the_others():
    budget = RateLimit(rate=50, burst=1)
    await budget.take()
    first = asyncio.create_task(budget.take())
    second = asyncio.create_task(budget.take())
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait_for(second, timeout=2)
    assert first.cancelled()


def test_no_second_ever_holds_more_than_discords_fifty():
    assert REQUESTS_PER_SECOND + BURST <= 50
