"""What a progress message is told: honest places, waits and bars."""

import pytest

from bot.domain.job import State
from bot.pipeline.expectation import ClipExpectations
from bot.pipeline.glance import JobGlances
from bot.ports import Phase, RunStatus


@pytest.fixture
def glances(world):
    expectations = ClipExpectations(world.storage.jobs, world.clock)
    return JobGlances(world.storage.jobs, world.engine, {"scenario": world.lane.watcher}, expectations, world.clock)


async def experienced(world, took_ms, clips=3):
    for _ in range(clips):
        job = await world.at(State.GENERATING)
        world.clock.now += took_ms
        world.provider.running[f"run-{job.id}"] = RunStatus(f"run-{job.id}", Phase.SUCCEEDED)
        assert (await world.drive(job)).state is State.DONE


async def test_a_job_in_line_tells_its_place_and_what_like_clips_took_to_get_there(world, glances):
    await experienced(world, 60_000)
    job = await world.at(State.QUEUED)
    world.engine.place = lambda job_id: 3
    progress = await glances.glance(job.id)
    assert (progress.place.place, progress.place.wait_ms, progress.fraction) == (3, 90_000, 0.0)
    assert progress.place.experience.median_ms == 60_000


async def test_no_experience_is_an_answer(world, glances):
    job = await world.at(State.QUEUED)
    world.engine.place = lambda job_id: 1
    progress = await glances.glance(job.id)
    assert (progress.place.wait_ms, progress.place.experience) == (None, None)


async def test_the_bar_follows_the_provider_and_never_goes_back(world, glances):
    job = await world.at(State.GENERATING)
    world.lane.watcher.watch(job)
    seen = []
    for fraction in (0.3, 0.7, None, 0.5):
        world.provider.running[f"run-{job.id}"] = RunStatus(f"run-{job.id}", Phase.RUNNING, fraction)
        await world.lane.watcher.look()
        seen.append((await glances.glance(job.id)).fraction)
    assert seen == [0.3, 0.7, 0.7, 0.7]


async def test_without_a_report_the_bar_follows_experience_and_stays_below_the_end(world, glances):
    await experienced(world, 100_000)
    job = await world.at(State.GENERATING)
    fractions = []
    for _ in range(4):
        fractions.append((await glances.glance(job.id)).fraction)
        world.clock.now += 50_000
    assert fractions == pytest.approx([0.0, 0.45, 0.9, 0.95])


async def test_the_last_stages_are_beyond_what_generating_ever_shows(world, glances):
    fractions = [(await glances.glance((await world.at(state)).id)).fraction for state in (State.FETCHING, State.FITTING)]
    assert fractions == [0.96, 0.97]


async def test_a_job_that_is_over_has_no_progress(world, glances):
    job = await world.drive(await world.new_job())
    assert await glances.glance(job.id) is None
    assert await glances.glance(404) is None
