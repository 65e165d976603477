"""A job that kills the process whenever it runs may do so a few times, then it is ended. All other jobs get through."""

import pytest

from bot.domain.job import STARTS_MOST, STARTS_TOGETHER, Failure, State
from bot.pipeline.recovery import Apart, life_began, life_ended


class Died(Exception):
    """Raised in place of the process's death."""


class Life:
    """One process over the world's store. It takes over the jobs there, and dies when a job in `poison` runs or one in
    `unshowable` shows its end.

    Jobs that run at the same time die together, before any of them got further; all others get through.
    """

    def __init__(self, world, poison=(), unshowable=(), stuck=()):
        self.world = world
        self.stuck = set(stuck)
        self.poison = set(poison)
        self.unshowable = set(unshowable)
        self.ran = []
        self.began_ms = world.clock.now

    def wake(self, job_id, *, again=True):
        self.ran.append((job_id, self.world.clock.now - self.began_ms))

    async def get(self, job_id):
        """Reads a job for `Apart`, which starts a job and reads it again and again until it has moved on. So a job ends within
        this call, or kills the process, unless it is stuck.
        """
        if job_id in self.stuck:
            return await self.world.storage.jobs.get(job_id)
        if await self._kills(job_id):
            raise Died
        await self._goes_through(job_id)
        return await self.world.storage.jobs.get(job_id)

    async def _kills(self, job_id):
        job = await self.world.storage.jobs.get(job_id)
        return job_id in (self.unshowable if job.ended else self.poison)

    async def _goes_through(self, job_id):
        job = await self.world.storage.jobs.get(job_id)
        if not job.ended:
            await self.world.storage.transitions.end(job, State.DONE, self.world.clock.now, charged=job.cost)
        await self.world.storage.posts.shown(await self.world.storage.jobs.get(job_id))

    async def count_start(self, job):
        return await self.world.storage.job_recovery.count_start(job)

    async def live(self):
        """What the start found; None if the process died."""
        world = self.world
        broke = await life_began(world.storage.key_values, world.clock)
        found = await world.take_up({"scenario": world.stages}, broke=broke)
        together = [job.id for job in (*found.unfinished, *found.unshown)]
        if any([await self._kills(job_id) for job_id in together]):
            return None
        for job_id in together:
            if job_id not in self.stuck:
                await self._goes_through(job_id)
        try:
            await Apart(found.apart, found.unfinished, self, self, self, lambda job: self.wake(job.id), world.clock).run()
        except Died:
            return None
        await life_ended(world.storage.key_values, world.clock)
        return found


async def deaths(world, poison=(), unshowable=()):
    """How many processes died until one did not."""
    died = 0
    while await Life(world, poison, unshowable).live() is None:
        died += 1
        assert died < 20, "it breaks the process for ever"
    return died


@pytest.mark.parametrize("place", [0, 2, 4])
async def test_after_a_few_deaths_the_job_ends_as_our_fault_and_all_others_went_on(world, place):
    jobs = [await world.at(State.DELIVERING) for _ in range(5)]
    poison = jobs[place]
    died = await deaths(world, {poison.id})
    assert died == STARTS_MOST
    ended = await world.storage.jobs.get(poison.id)
    assert (ended.state, ended.failure, ended.charged) == (State.FAILED, Failure.OURS, 0)
    assert await world.booked(ended) == {"reserve": -ended.cost, "release": ended.cost}
    assert len(world.notifier.told) == 1
    assert poison.job_code in world.notifier.told[0]
    assert f"run-{poison.id}" in world.notifier.told[0]
    others = [await world.storage.jobs.get(job.id) for job in jobs if job is not poison]
    assert [job.state for job in others] == [State.DONE] * 4


async def test_two_such_jobs_cause_at_most_twice_as_many_deaths_and_cost_nobody_else_a_clip(world):
    jobs = [await world.at(State.DELIVERING) for _ in range(6)]
    died = await deaths(world, {jobs[1].id, jobs[4].id})
    assert died <= 2 * STARTS_MOST
    states = [(await world.storage.jobs.get(job.id)).state for job in jobs]
    assert states.count(State.DONE) == 4


@pytest.mark.parametrize(("stuck", "least_ms"), [(False, 10_000), (True, 60_000)])
async def test_jobs_that_run_apart_begin_when_the_others_have_ended_or_after_a_minute(world, stuck, least_ms):
    jobs = [await world.at(State.DELIVERING) for _ in range(3)]
    for _ in range(STARTS_TOGETHER - 1):
        await Life(world, {jobs[0].id}).live()
    late = await world.at(State.DELIVERING)
    await Life(world, {jobs[0].id}).live()
    life = Life(world, stuck={late.id} if stuck else ())
    await life.live()
    assert [job_id for job_id, _ in life.ran] == [job.id for job in jobs]
    began_ms = [after_ms for _, after_ms in life.ran]
    assert least_ms <= began_ms[0] < began_ms[1] < began_ms[2] <= least_ms + 5_000


async def test_an_orderly_end_counts_nothing(world):
    job = await world.at(State.FETCHING)
    for _ in range(10):
        await life_began(world.storage.key_values, world.clock)
        await life_ended(world.storage.key_values, world.clock)
        broke = await life_began(world.storage.key_values, world.clock)
        await world.storage.job_recovery.take_over(world.clock.now, broke=broke)
        await life_ended(world.storage.key_values, world.clock)
    assert (await world.storage.jobs.get(job.id)).starts == 0


async def test_an_end_that_breaks_the_process_whenever_it_is_shown_is_left_unshown_in_the_end(world):
    job = await world.storage.transitions.end(await world.new_job(), State.FAILED, world.clock.now, charged=0)
    died = await deaths(world, unshowable={job.id})
    assert died == STARTS_MOST
    assert await world.storage.posts.behind(world.clock.now) == []


async def test_a_job_that_was_not_submitted_is_told_without_a_word_of_a_bill(world):
    job = await world.at(State.PREPARING)
    await deaths(world, {job.id})
    assert "billed" not in world.notifier.told[0]
    assert (await world.storage.jobs.get(job.id)).state is State.FAILED


@pytest.mark.parametrize(
    ("count", "paid", "over"),
    [
        (1, "1 paid clip waits for a provider", "Its member is not charged."),
        (2, "2 paid clips wait for a provider", "Their members are not charged."),
    ],
)
async def test_jobs_of_a_removed_provider_are_told_to_the_operator_once(world, count, paid, over):
    for state in [State.DELIVERING, State.QUEUED] * count:
        await world.at(state)
    await world.take_up({}, broke=False)
    waits, ends = world.notifier.told
    assert (waits.startswith(paid), ends.endswith(over)) == (True, True)
