"""Fetching a made clip from its provider: it must be whole, is tried again after a failure, and is given up at some time."""

import pytest

from bot.domain.job import Failure, State
from bot.errors import (
    ClipUnavailable,
    MediaError,
    ProviderBusy,
    ProviderUnavailable,
)
from bot.media.local import LocalMedia
from bot.ports import Next
from tests.factories import DAY_MS
from tests.fakes import failing_first
from tests.unit.media.clips import make_clip


def posts_of(world):
    """A list that gets the bytes of every later post."""
    posted = []
    deliver = world.notifier.deliver

    async def looked_at(job, delivery):
        posted.append(delivery.path.read_bytes())
        return await deliver(job, delivery)

    world.notifier.deliver = looked_at
    return posted


async def test_a_file_that_is_no_clip_is_thrown_away_and_fetched_again(world):
    world.media.probe = failing_first(world.media.probe, [MediaError("moov atom not found")])
    job = await world.at(State.FETCHING)
    assert (await world.runner.run(job.id, slot=False)).next is Next.LATER
    assert not list(world.folder.iterdir())
    assert (await world.drive(job)).state is State.DONE


async def test_a_half_file_of_an_earlier_life_is_not_taken_for_the_clip(world):
    job = await world.at(State.FETCHING)
    (world.folder / f"{job.id}.{job.fence}.part").write_bytes(b"cl")
    posted = posts_of(world)
    assert (await world.drive(job)).state is State.DONE
    assert posted == [world.provider.clip]


@pytest.mark.parametrize(("asked", "obeyed"), [(45.0, 45.0), (30 * 86_400.0, 300.0)])
async def test_a_busy_provider_is_left_alone_as_long_as_it_asks_up_to_five_minutes(world, asked, obeyed):
    world.provider.fetch_faults.append(ProviderBusy("slow down", retry_after=asked))
    job = await world.at(State.FETCHING)
    step = await world.runner.run(job.id, slot=False)
    assert (step.next, step.seconds) == (Next.LATER, obeyed)


async def test_a_download_that_is_asked_to_wait_for_a_month_is_told_to_the_operator_once_a_day_whatever_gets_through(world):
    for _ in range(3):
        waits = await world.at(State.FETCHING)
        world.provider.fetch_faults.append(ProviderBusy("later", retry_after=30 * 86_400.0))
        await world.runner.run(waits.id, slot=False)
        assert (await world.drive(await world.new_job())).state is State.DONE
    (told,) = world.notifier.told
    assert "2,592,000 s; the download of clips" in told
    world.clock.now += DAY_MS
    world.provider.fetch_faults.append(ProviderBusy("later", retry_after=30 * 86_400.0))
    await world.runner.run(waits.id, slot=False)
    assert len(world.notifier.told) == 2


async def test_a_full_disk_while_fetching_is_waited_out(world):
    world.provider.fetch_faults.extend([OSError(28, "No space left on device")] * 12)
    job = await world.drive(await world.new_job())
    assert (job.state, job.charged) == (State.DONE, job.cost)


@pytest.mark.parametrize("state", [State.FITTING, State.DELIVERING])
async def test_a_file_that_a_power_cut_left_cut_short_is_fetched_again(world, state, tmp_path):
    world.provider.clip = make_clip(tmp_path / "whole.mp4", 1, "320x180").read_bytes()
    async with LocalMedia() as world.media:
        world.restart()
        job = await world.at(state)
        (world.folder / f"{job.id}.mp4").write_bytes(world.provider.clip[:4096])
        posted = posts_of(world)
        job = await world.drive(job)
    assert (job.state, job.charged, posted) == (State.DONE, job.cost, [world.provider.clip])


async def test_a_broken_download_is_fetched_again(world):
    world.provider.fetch_faults.extend([ProviderUnavailable("reset"), ClipUnavailable("truncated")])
    job = await world.drive(await world.new_job())
    assert job.state is State.DONE


async def test_a_clip_that_stays_away_is_not_charged_and_told_to_the_operator(world):
    world.provider.fetch_faults.extend([ClipUnavailable("410")] * 20)
    job = await world.drive(await world.new_job())
    assert (job.state, job.failure, job.charged) == (State.FAILED, Failure.PROVIDER, 0)
    assert job.job_code in world.notifier.told[0]


@pytest.mark.parametrize(("faults", "state"), [(30, State.DONE), (60, State.FAILED)])
async def test_a_clip_that_alone_does_not_come_is_tried_for_hours_and_told_to_the_operator_once(world, faults, state):
    job = await world.at(State.FETCHING)
    world.provider.fetch_faults.append(ProviderUnavailable("no answer"))
    await world.drive(job, rounds=1)
    for _ in range(3):
        assert (await world.drive(await world.new_job())).state is State.DONE
    began = world.clock.now
    world.provider.fetch_faults.extend([ProviderUnavailable("no answer")] * faults)
    job = await world.drive(job, rounds=60)
    assert (job.state, job.charged) == (state, job.cost if state is State.DONE else 0)
    assert (world.clock.now - began) / 3_600_000 > 3
    told, *over = world.notifier.told
    assert "does not come from scenario" in told
    assert ["can't be fetched from scenario" in each for each in over] == [True] * (state is State.FAILED)
    assert all(f"run-{job.id}" in each for each in (told, *over))


async def test_a_clip_that_does_not_come_is_followed_after_a_restart_too(world):
    job = await world.at(State.FETCHING)
    await world.start_again()
    world.provider.fetch_faults.append(ProviderUnavailable("no answer"))
    assert (await world.runner.run(job.id, slot=False)).next is Next.LATER
    assert job.id in world.notifier.followed


@pytest.mark.parametrize("state", [State.FITTING, State.DELIVERING])
async def test_a_lost_working_file_is_fetched_again(world, state):
    job = await world.at(state)
    job = await world.drive(job)
    assert job.state is State.DONE


async def test_what_a_provider_makes_beside_the_clip_is_not_posted_and_stands_in_the_log(world, caplog):
    world.provider.others = [b"a poster", b"a sound"]
    job = await world.drive(await world.at(State.FETCHING))
    assert (job.state, len(world.notifier.posted)) == (State.DONE, 1)
    assert f"job {job.job_code}: scenario made 3 files, of which the first is posted" in caplog.text


async def test_a_clip_that_is_the_only_file_leaves_no_word_of_others(world, caplog):
    await world.drive(await world.at(State.FETCHING))
    assert "files" not in caplog.text
