"""The order of the line follows from what is stored: a restart in the middle changes nobody's place."""

import random

import pytest

from bot.domain.job import State
from bot.engines.line import FairLine
from tests.contract.store.state_paths import finish, make, walk
from tests.factories import NOW_MS

MEMBERS = (11, 12, 13, 14)


class Playing:
    """A line as the engine keeps it, with every step written to the store as the pipeline writes it."""

    def __init__(self, storage, dice):
        self.storage = storage
        self.dice = dice
        self.line = FairLine()
        self.jobs = {}
        self.numbers = iter(range(1, 1000))

    async def book(self):
        job = await make(self.storage, next(self.numbers), member_id=self.dice.choice(MEMBERS), provider="scenario")
        self.jobs[job.id] = job
        self.line.join(job)

    async def take(self):
        waiting = next(self.line.in_order(), None)
        if waiting is None:
            return
        self.line.take(waiting)
        job = self.jobs[waiting.job_id]
        for state in (State.PREPARING, State.SUBMITTING):
            job = await self.storage.transitions.advance(job, state, NOW_MS)
        if self.dice.random() < 0.3:
            job = await self.storage.transitions.advance(job, State.QUEUED, NOW_MS)
            self.line.join(job)
        else:
            job = await self.storage.transitions.advance(job, State.GENERATING, NOW_MS)
            self.line.started(job)
            self.line.served(job)
        self.jobs[job.id] = job

    async def end(self):
        running = [job for job in self.jobs.values() if job.state is State.GENERATING]
        if running:
            job = self.jobs.pop(self.dice.choice(running).id)
            await self.storage.transitions.end(job, State.FAILED, NOW_MS, charged=0)
            self.line.leave(job.id)

    async def take_over(self):
        self.jobs = {job.id: job for job in await self.storage.job_recovery.take_over(NOW_MS)}

    async def restarted(self):
        """The line as another process builds it from the store."""
        line = FairLine()
        line.had(await self.storage.job_recovery.turns())
        for job_id in self.jobs:
            job = await self.storage.jobs.get(job_id)
            (line.join if job.state is State.QUEUED else line.started)(job)
        return line


def order(line):
    return [waiting.job_id for waiting in line.in_order()]


@pytest.mark.parametrize("seed", range(3))
async def test_a_restart_at_any_moment_changes_nobodys_place_in_line(storage, seed):
    dice = random.Random(seed)  # noqa: S311  replays a seed, guards nothing
    playing = Playing(storage, dice)
    longest = 0
    for _ in range(60):
        step = dice.choices((playing.book, playing.take, playing.end, playing.take_over), (5, 4, 3, 1))[0]
        await step()
        line = await playing.restarted()
        assert order(line) == order(playing.line)
        longest = max(longest, len(order(line)))
        if dice.random() < 0.2:
            playing.line = line
    assert longest > 3


async def test_turns_are_counted_for_all_members_together_and_a_job_knows_the_latest_when_it_was_booked(storage):
    jobs = [await make(storage, number, member_id=number, provider="scenario") for number in (1, 2)]
    taken = [await walk(storage, job, State.GENERATING) for job in jobs]
    late = await make(storage, 3, member_id=1, provider="preview")
    assert [job.turn for job in (*jobs, *taken, late)] == [0, 0, 1, 2, 2]
    assert await storage.job_recovery.turns() == {1: 1, 2: 2}


async def test_members_with_nothing_under_way_are_forgotten_at_a_start_but_for_the_latest_turn(storage):
    for number in (1, 2, 3):
        await finish(storage, await make(storage, number, member_id=number, provider="scenario"))
    assert await storage.job_recovery.turns() == {1: 1, 2: 2, 3: 3}
    await storage.job_recovery.take_over(NOW_MS)
    assert await storage.job_recovery.turns() == {3: 3}
    assert (await make(storage, 4, member_id=1, provider="scenario")).turn == 3
