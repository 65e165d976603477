"""What all clips go through at the same time has a share for each member: nobody's clip waits for another's hung ones."""

import asyncio

import pytest

from bot.domain.job import State

SLOW, OTHER = 7, 8


class Hanging:
    """Stands before one call: for the slow member's jobs it goes on only when the test ends."""

    def __init__(self, call, slow):
        self.call = call
        self.slow = slow
        self.going = 0

    async def __call__(self, first, *rest):
        if any(str(each) in str(first) for each in self.slow):
            self.going += 1
            await asyncio.Event().wait()
        return await self.call(first, *rest)


@pytest.mark.parametrize(
    ("state", "of", "name", "at_once"),
    [
        (State.FETCHING, "provider", "fetch", 2),
        (State.FITTING, "media", "fit", 1),
        (State.DELIVERING, "notifier", "deliver", 4),
    ],
)
async def test_a_members_clips_that_hang_hold_up_their_own_alone(world, state, of, name, at_once):
    slow = [await world.at(state, member_id=SLOW) for _ in range(9)]
    other = await world.at(state, member_id=OTHER)
    for job in (*slow, other) if state is not State.FETCHING else ():
        (world.folder / f"{job.id}.mp4").write_bytes(world.provider.clip)
    part = getattr(world, of)
    hanging = Hanging(getattr(part, name), [job.id for job in slow])
    setattr(part, name, hanging)

    hung = [asyncio.create_task(world.road.run(job.id, slot=False)) for job in slow]
    try:
        assert (await asyncio.wait_for(world.drive(other), 30)).state is State.DONE
        assert hanging.going == at_once
    finally:
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)
