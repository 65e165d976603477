"""`FairSemaphore`: one owner's many requests never keep other owners waiting."""

import asyncio

from bot.fair_semaphore import FairSemaphore
from tests.waiting import until


async def test_one_owners_many_requests_leave_room_among_those_that_wait_for_the_common_limit():
    semaphore = FairSemaphore(each=2, at_once=3)
    running, served, go_on = [], [], {}

    async def take(member, number):
        async with semaphore.of(member):
            running.append(member)
            served.append((member, number))
            await go_on.setdefault((member, number), asyncio.Event()).wait()
            running.remove(member)

    pile = [asyncio.create_task(take("a", number)) for number in range(9)]
    await asyncio.sleep(0)
    late = [asyncio.create_task(take(member, 0)) for member in "bc"]
    await until(lambda: len(running) == 3)
    assert sorted(running) == ["a", "a", "b"]
    go_on["a", 0].set()
    await until(lambda: ("c", 0) in served)
    for each in (*pile, *late):
        each.cancel()
    await asyncio.gather(*pile, *late, return_exceptions=True)
    assert semaphore._shares == {}
