"""What a progress message shows: the position in line, the expected wait, and the bar."""

import errno
import os

import pytest

from bot.domain.job import State
from bot.errors import DeliveryError, MediaError, ProviderUnavailable
from bot.pipeline.estimates import ClipEstimates
from bot.pipeline.hitches import hitch_of
from bot.pipeline.job_progress import JobProgressReader
from bot.ports import Hitch, Phase, RunStatus, Standstill, Why
from tests.factories import DAY_MS, storage_error


@pytest.fixture
def progress_reader(world):
    estimates = ClipEstimates(world.storage.jobs, world.clock)
    return JobProgressReader(
        world.storage.jobs, world.storage.job_messages, world.engine, {"scenario": world.stages}, estimates, world.clock
    )


async def experienced(world, took_ms, clips=3):
    for _ in range(clips):
        job = await world.at(State.GENERATING)
        world.clock.now += took_ms
        world.provider.running[f"run-{job.id}"] = RunStatus(f"run-{job.id}", Phase.SUCCEEDED)
        assert (await world.drive(job)).state is State.DONE


async def test_a_job_in_line_tells_its_place_its_wait_and_how_long_similar_clips_took(world, progress_reader):
    await experienced(world, 60_000)
    job = await world.at(State.QUEUED)
    world.engine.line.position = lambda job_id: 3
    progress = await progress_reader.progress_of(job.id)
    assert (progress.forecast.position, progress.forecast.wait_ms, progress.fraction) == (3, 90_000, None)
    assert progress.forecast.experience.median_ms == 60_000


async def test_while_the_provider_takes_no_clips_the_latest_end_is_told_instead_of_a_wait(world, progress_reader):
    await experienced(world, 60_000)
    job = await world.at(State.QUEUED)
    world.engine.line.position = lambda job_id: 1
    world.engine.standing = Standstill(Why.REFUSED, world.clock.now - 3_600_000)
    forecast = (await progress_reader.progress_of(job.id)).forecast
    assert (forecast.position, forecast.wait_ms, forecast.standstill) == (1, None, world.engine.standing)
    assert forecast.ends_ms == job.created_at_ms + DAY_MS
    running = await looked_at(world)
    assert (await progress_reader.progress_of(running.id)).forecast.standstill is None


async def test_without_experience_no_wait_is_told(world, progress_reader):
    job = await world.at(State.QUEUED)
    world.engine.line.position = lambda job_id: 1
    progress = await progress_reader.progress_of(job.id)
    assert (progress.forecast.wait_ms, progress.forecast.experience) == (None, None)


async def test_the_bar_follows_the_provider_and_never_goes_back(world, progress_reader):
    job = await world.at(State.GENERATING)
    world.stages.watcher.watch(job)
    seen = []
    for fraction in (0.3, 0.7, None, 0.5):
        world.provider.running[f"run-{job.id}"] = RunStatus(f"run-{job.id}", Phase.RUNNING, fraction)
        await world.stages.watcher.poll()
        seen.append((await progress_reader.progress_of(job.id)).fraction)
    assert seen == [0.3, 0.7, 0.7, 0.7]


async def test_without_a_report_the_bar_follows_experience_and_stays_below_the_end(world, progress_reader):
    await experienced(world, 100_000)
    job = await looked_at(world)
    fractions = []
    for _ in range(4):
        fractions.append((await progress_reader.progress_of(job.id)).fraction)
        world.clock.now += 50_000
    assert fractions == pytest.approx([0.0, 0.45, 0.9, 0.9])


async def looked_at(world, fraction=None):
    job = await world.at(State.GENERATING)
    world.stages.watcher.watch(job)
    world.provider.running[f"run-{job.id}"] = RunStatus(f"run-{job.id}", Phase.RUNNING, fraction)
    await world.stages.watcher.poll()
    return job


async def test_a_report_of_almost_done_does_not_make_the_bar_sit_at_95(world, progress_reader):
    assert (await progress_reader.progress_of((await looked_at(world, 0.99)).id)).fraction == 0.9


async def test_with_neither_report_nor_experience_there_is_no_bar(world, progress_reader):
    assert (await progress_reader.progress_of((await looked_at(world)).id)).fraction is None


def after_a_restart(world, job):
    world.restart()
    world.stages.watcher.watch(job)
    estimates = ClipEstimates(world.storage.jobs, world.clock)
    return JobProgressReader(
        world.storage.jobs, world.storage.job_messages, world.engine, {"scenario": world.stages}, estimates, world.clock
    )


async def test_a_restart_shows_no_bar_by_the_clock_before_the_provider_was_asked_again(world):
    await experienced(world, 100_000)
    job = await looked_at(world, 0.8)
    world.clock.now += 10_000
    again = after_a_restart(world, job)
    assert (await again.progress_of(job.id)).fraction is None
    await world.stages.watcher.poll()
    assert (await again.progress_of(job.id)).fraction == 0.8


@pytest.mark.parametrize("answers", [(0.1, 0.57, 0.7), (None, None, 0.7)])
async def test_a_bar_goes_on_over_a_restart_whatever_the_provider_says_then(world, progress_reader, answers):
    await experienced(world, 1_000_000)
    job = await looked_at(world, 0.57)
    assert [(await progress_reader.progress_of(job.id)).fraction for _ in range(2)] == [0.57, 0.57]
    again = after_a_restart(world, job)
    seen = [(await again.progress_of(job.id)).fraction]
    for fraction in answers:
        world.provider.running[f"run-{job.id}"] = RunStatus(f"run-{job.id}", Phase.RUNNING, fraction)
        await world.stages.watcher.poll()
        seen.append((await again.progress_of(job.id)).fraction)
    assert seen == [0.6, 0.6, 0.6, 0.7]


async def test_how_far_the_provider_said_that_a_clip_is_outlives_a_restart(world, progress_reader):
    await experienced(world, 100_000)
    job = await looked_at(world, 0.3)
    await progress_reader.progress_of(job.id)
    assert (await world.storage.jobs.get(job.id)).told_percent == 30
    again = after_a_restart(world, job)
    world.clock.now += 1000
    world.provider.running[f"run-{job.id}"] = RunStatus(f"run-{job.id}", Phase.RUNNING, None)
    await world.stages.watcher.poll()
    assert (await again.progress_of(job.id)).fraction == 0.3


async def test_a_bar_is_written_down_only_now_and_then_and_shown_though_the_disk_is_full(world, progress_reader, monkeypatch):
    job, written, keep = await looked_at(world), [], world.storage.job_messages.show_bar

    async def noted(job_id, percent, told):
        written.append(percent)
        await keep(job_id, percent, told)

    monkeypatch.setattr(world.storage.job_messages, "show_bar", noted)
    for percent in range(1, 31):
        world.provider.running[f"run-{job.id}"] = RunStatus(f"run-{job.id}", Phase.RUNNING, percent / 100)
        await world.stages.watcher.poll()
        assert (await progress_reader.progress_of(job.id)).fraction == percent / 100
    assert written == [5, 10, 15, 20, 25, 30]

    async def full(*_):
        raise storage_error("database or disk is full")

    monkeypatch.setattr(world.storage.job_messages, "show_bar", full)
    world.provider.running[f"run-{job.id}"] = RunStatus(f"run-{job.id}", Phase.RUNNING, 0.5)
    await world.stages.watcher.poll()
    assert (await progress_reader.progress_of(job.id)).fraction == 0.5


async def test_elapsed_counts_from_the_submit_through_all_stages(world, progress_reader):
    job = await world.new_job()
    world.clock.now += 600_000
    assert (await progress_reader.progress_of(job.id)).elapsed_ms == 600_000
    for state in (State.PREPARING, State.SUBMITTING, State.GENERATING):
        extra = {"submitted_at_ms": world.clock.now} if state is State.SUBMITTING else {}
        job = await world.storage.transitions.advance(job, state, world.clock.now, **extra)
    world.clock.now += 80_000
    assert (await progress_reader.progress_of(job.id)).elapsed_ms == 80_000
    await world.storage.transitions.advance(job, State.FETCHING, world.clock.now, generated_at_ms=world.clock.now)
    assert (await progress_reader.progress_of(job.id)).elapsed_ms == 80_000


async def test_the_last_stages_have_a_full_bar_and_none_once_they_take_minutes(world, progress_reader):
    job = await world.at(State.GENERATING)
    made = {"generated_at_ms": world.clock.now}
    for state in (State.FETCHING, State.FITTING, State.DELIVERING):
        job = await world.storage.transitions.advance(job, state, world.clock.now, **made)
        made = {}
        assert (await progress_reader.progress_of(job.id)).fraction == 1.0
    world.clock.now += 121_000
    assert (await progress_reader.progress_of(job.id)).fraction is None


@pytest.mark.parametrize(
    ("state", "error", "hitch"),
    [
        (State.FETCHING, OSError(errno.ENOSPC, "no room"), Hitch.DISK),
        (State.FETCHING, ProviderUnavailable("502"), Hitch.PROVIDER),
        (State.FITTING, MediaError(f"ffmpeg: {os.strerror(errno.ENOSPC)}"), Hitch.DISK),
        (State.FITTING, MediaError("ffmpeg has no thread left"), Hitch.OURS),
        (State.DELIVERING, DeliveryError("503"), Hitch.DISCORD),
    ],
)
async def test_a_made_clip_that_does_not_come_tells_what_keeps_it_until_it_goes_on(world, progress_reader, state, error, hitch):
    job = await world.at(state)
    door, name = {
        State.FETCHING: (world.provider, "fetch"),
        State.FITTING: (world.media, "fit"),
        State.DELIVERING: (world.notifier, "deliver"),
    }[state]
    works = getattr(door, name)

    async def fails(*_):
        raise error

    setattr(door, name, fails)
    await world.runner.run(job.id, slot=False)
    assert (await progress_reader.progress_of(job.id)).hitch is hitch
    setattr(door, name, works)
    assert (await world.drive(job)).state is State.DONE
    assert world.stages.hitches.of(job.id) is None


async def test_a_full_disk_of_the_database_is_told_as_such():
    assert hitch_of(storage_error("database or disk is full")) is Hitch.DISK


async def test_a_provider_that_does_not_answer_is_told_where_its_clip_stands_still(world, progress_reader):
    job = await looked_at(world)
    for times in range(3):
        assert ((await progress_reader.progress_of(job.id)).hitch, times) == (None, times)
        await world.stages.watcher._trouble.wait(ProviderUnavailable("no way"), 1)
    assert (await progress_reader.progress_of(job.id)).hitch is Hitch.PROVIDER
    world.stages.watcher._trouble.over()
    assert (await progress_reader.progress_of(job.id)).hitch is None


async def test_a_job_that_is_over_has_no_progress(world, progress_reader):
    job = await world.drive(await world.new_job())
    assert await progress_reader.progress_of(job.id) is None
    assert await progress_reader.progress_of(404) is None
