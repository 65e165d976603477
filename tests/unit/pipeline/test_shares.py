"""Steps with a common limit have a share for each member or channel, so that nobody waits for another's clips that hang."""

import asyncio

import pytest

from bot.domain.job import State
from bot.ports import Next
from tests.factories import an_address
from tests.waiting import until

SLOW, OTHER = 7, 8


class Hanging:
    """Wraps a call, which hangs until the test ends if its first argument is one of `slow`."""

    def __init__(self, call, slow):
        self.call = call
        self.slow = slow
        self.going = 0

    async def __call__(self, first, *rest):
        if first in self.slow:
            self.going += 1
            await asyncio.Event().wait()
        return await self.call(first, *rest)


@pytest.mark.parametrize(
    ("state", "of", "name", "first", "at_once"),
    [
        (State.FETCHING, "provider", "fetch", lambda world, job: job.provider_reference, 2),
        (State.FITTING, "media", "fit", lambda world, job: world.folder / f"{job.id}.mp4", 1),
        (State.DELIVERING, "notifier", "deliver", lambda world, job: job, 4),
    ],
    ids=["fetch", "fit", "deliver"],
)
async def test_a_members_clips_that_hang_hold_up_their_own_alone(world, state, of, name, first, at_once):
    slow = [await world.at(state, member_id=SLOW) for _ in range(9)]
    other = await world.at(state, member_id=OTHER)
    for job in (*slow, other) if state is not State.FETCHING else ():
        (world.folder / f"{job.id}.mp4").write_bytes(world.provider.clip)
    part = getattr(world, of)
    hanging = Hanging(getattr(part, name), [first(world, job) for job in slow])
    setattr(part, name, hanging)

    hung = [asyncio.create_task(world.runner.run(job.id, slot=False)) for job in slow]
    try:
        assert (await asyncio.wait_for(world.drive(other), 30)).state is State.DONE
        assert hanging.going == at_once
    finally:
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)


async def test_a_channel_whose_threads_are_limited_holds_up_its_own_jobs_alone(world):
    limited, open_to_all = an_address(channel_id=30), an_address(channel_id=31)
    slow = [await world.at(State.QUEUED, address=limited) for _ in range(9)]
    other = await world.at(State.QUEUED, address=open_to_all)
    hanging = Hanging(world.notifier.announce, slow)
    world.notifier.announce = hanging

    hung = [asyncio.create_task(world.runner.run(job.id, slot=False)) for job in slow]
    try:
        await until(lambda: hanging.going)
        step = await asyncio.wait_for(world.runner.run(other.id, slot=False), 30)
        assert step.next is Next.IN_LINE
        assert world.notifier.announced == [other.id]
        assert hanging.going == 2
    finally:
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)
