"""A clip that is not as asked for: what its member pays, whichever way the job ends, and what the operator is told."""

from dataclasses import replace

import pytest

from bot.domain.job import Failure, State
from bot.errors import CannotFit, ClipMissing, ModerationRefused
from bot.media.local import LocalMedia
from bot.ports import Posted
from bot.services.post_clip import PostClip
from tests.factories import an_address, storage_error
from tests.fakes import failing_first
from tests.posts import clip_there
from tests.unit.media.clips import make_clip, recoded

SHORT, SILENT, SMALL = {"duration": 3.2}, {"audio_codec": None}, {"width": 320, "height": 180}


def comes(world, **otherwise):
    """Every later clip has these facts."""
    probe = world.media.probe

    async def probed(path):
        return replace(await probe(path), **otherwise)

    world.media.probe = probed


def free(world):
    world.stages.finishing._lacking_is_free = True


@pytest.mark.parametrize(
    ("otherwise", "said"),
    [
        (SHORT, "3.2 s long instead of 5 s from"),
        (SILENT, "without sound"),
        (SHORT | SILENT, "5 s and without sound"),
        (SMALL, "320 x 180 instead of 1080P from"),
    ],
)
@pytest.mark.parametrize("charged", [True, False])
async def test_a_clip_that_is_shorter_smaller_or_silent_is_posted_and_told_and_costs_what_the_operator_decided(
    world, otherwise, said, charged
):
    comes(world, **otherwise)
    if not charged:
        free(world)
    job = await world.drive(await world.new_job())
    assert (job.state, job.charged) == (State.DONE, job.cost if charged else 0)
    assert await world.booked(job) == ({"reserve": -30, "settle": 0} if charged else {"reserve": -30, "release": 30})
    ((_, delivery),) = world.notifier.posted
    assert delivery.came.seconds == otherwise.get("duration", 5.0)
    (told,) = world.notifier.told
    assert said in told
    assert f"run-{job.id}" in told
    assert ("does not pay" in told) is not charged


@pytest.mark.parametrize("otherwise", [{"duration": 5.4}, {"duration": 9.0}, {"width": 1080, "height": 1920}])
async def test_a_clip_that_is_longer_or_of_another_shape_costs_what_it_costs(world, otherwise):
    free(world)
    comes(world, **otherwise)
    job = await world.drive(await world.new_job())
    assert (job.state, job.charged, world.notifier.told) == (State.DONE, job.cost, [])


@pytest.mark.parametrize("seconds", [0.0, 0.04, 0.49])
async def test_a_file_of_almost_no_length_is_no_clip_and_not_charged(world, seconds):
    comes(world, duration=seconds)
    began = world.clock.now
    job = await world.drive(await world.at(State.FETCHING))
    assert (job.state, job.failure, job.charged) == (State.FAILED, Failure.PROVIDER, 0)
    assert world.clock.now - began < 10 * 60_000
    assert world.notifier.posted == []
    assert len(world.notifier.told) == 1


async def test_sound_without_a_picture_is_no_clip_either(world, tmp_path):
    plain = make_clip(tmp_path / "plain.mp4", 1, "64x64")
    world.provider.clip = recoded(plain, tmp_path / "a.mp4", "-vn", "-c:a", "copy").read_bytes()
    async with LocalMedia() as world.media:
        world.restart()
        job = await world.drive(await world.at(State.FETCHING))
    assert (job.state, job.failure, job.charged) == (State.FAILED, Failure.PROVIDER, 0)


async def lacking_at(world, state):
    """A job in this state whose clip is free, as an earlier process found when it checked the clip."""
    job = await world.at(State.FETCHING)
    job = await world.storage.transitions.advance(job, State.FITTING, world.clock.now, reduced_to=0)
    return job if state is State.FITTING else await world.storage.transitions.advance(job, state, world.clock.now)


async def test_what_it_costs_outlives_a_restart_after_it_was_posted(world):
    job = await lacking_at(world, State.DELIVERING)
    await clip_there(world.storage, job)
    job = await world.drive(job)
    assert (job.state, job.charged, job.address.result_id) == (State.DONE, 0, 77)


async def test_what_it_costs_outlives_a_post_whose_answer_was_lost_and_one_that_its_owner_finds(world):
    for by_its_owner in (False, True):
        job = await lacking_at(world, State.DELIVERING)
        job = await world.storage.transitions.advance(job, State.UNPOSTED, world.clock.now, failure=Failure.DISCORD)
        posted = Posted(1, 2, "https://discord.test/2")
        if by_its_owner:
            await PostClip(world.storage.jobs, world.storage.transitions, world.engine, world.clock).found(job, posted)
        else:
            world.notifier.found[job.id] = posted
        job = await world.drive(job)
        assert (job.state, job.charged) == (State.DONE, 0)


async def test_what_it_costs_outlives_a_fit_that_fails_and_another_place(world):
    free(world)
    comes(world, **SHORT)
    world.media.faults.append(CannotFit("too large"))
    world.provider.signed = None
    job = await world.drive(await world.new_job())
    assert (job.state, job.reduced_to) == (State.UNPOSTED, 0)
    job = await world.storage.transitions.post_here(job, an_address(), world.clock.now)
    job = await world.drive(job)
    assert (job.state, job.charged) == (State.DONE, 0)


async def test_a_clip_that_comes_as_a_link_tells_what_came_too(world):
    comes(world, **SHORT)
    world.media.faults.append(CannotFit("too large"))
    await world.drive(await world.new_job())
    ((_, delivery),) = world.notifier.posted
    assert (delivery.path, delivery.came.seconds) == (None, 3.2)


async def test_a_success_without_a_clip_ends_within_minutes_uncharged_and_is_told(world):
    world.provider.fetch_faults.extend([ClipMissing("the job is success and has no clip")] * 40)
    began = world.clock.now
    job = await world.drive(await world.at(State.FETCHING))
    assert (job.state, job.failure, job.charged) == (State.FAILED, Failure.PROVIDER, 0)
    assert 3 * 60_000 < world.clock.now - began < 15 * 60_000
    assert len(world.notifier.told) == 1


async def test_an_asset_that_is_late_by_minutes_is_waited_for(world):
    world.provider.fetch_faults.extend([ClipMissing("the clip has no link")] * 5)
    job = await world.drive(await world.at(State.FETCHING))
    assert (job.state, job.charged) == (State.DONE, job.cost)


async def test_a_success_whose_clip_the_safety_check_took_ends_at_once_as_moderated(world):
    world.provider.fetch_faults.append(ModerationRefused("flagged"))
    began = world.clock.now
    job = await world.drive(await world.at(State.FETCHING))
    assert (job.state, job.failure, job.charged) == (State.FAILED, Failure.MODERATION, 0)
    assert world.clock.now == began
    (told,) = world.notifier.told
    assert f"run-{job.id}" in told


async def test_a_link_whose_asset_is_late_is_asked_for_again(world):
    world.provider.link = failing_first(world.provider.link, [ClipMissing("404")] * 3)
    world.media.faults.append(CannotFit("no"))
    job = await world.drive(await world.new_job())
    assert (job.state, len(world.notifier.posted)) == (State.DONE, 1)


@pytest.mark.parametrize("charged", [True, False])
async def test_the_operator_hears_once_of_a_clip_that_is_fetched_again(world, charged):
    comes(world, **SHORT)
    if not charged:
        free(world)
    world.storage.transitions.advance = failing_first(world.storage.transitions.advance, faults := [])
    job = await world.at(State.FETCHING)
    faults.append(storage_error("locked"))
    await world.runner.run(job.id, slot=False)
    await world.runner.run(job.id, slot=False)
    for path in world.folder.iterdir():
        path.unlink()
    job = await world.drive(await world.storage.jobs.get(job.id))
    assert (job.state, len(world.notifier.told)) == (State.DONE, 1)


async def test_the_operator_hears_once_of_a_clip_that_its_owner_has_posted_elsewhere_after_a_restart(world):
    comes(world, **SHORT)
    world.media.faults.append(CannotFit("too large"))
    world.provider.signed = None
    job = await world.drive(await world.new_job())
    heard = len(world.notifier.told)
    world.restart()
    job = await world.storage.transitions.post_here(job, an_address(), world.clock.now)
    job = await world.drive(job)
    assert (job.state, len(world.notifier.told)) == (State.DONE, heard)
