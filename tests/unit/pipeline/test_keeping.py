"""A clip that was posted is kept, and its job never waits for that or fails by it."""

import asyncio

import pytest

from bot.domain.job import State
from bot.ports import OutputKind, Posted
from tests.factories import storage_error
from tests.fakes import failing_first
from tests.waiting import until


async def kept(world, job):
    file = await world.kept_clips.output(job.id, OutputKind.CLIP)
    return None if file is None else file.path.read_bytes()


async def test_the_clip_that_was_posted_is_kept_and_its_working_file_is_not(world):
    job = await world.drive(await world.new_job())
    ((_, posted),) = world.notifier.posted
    assert job.state is State.DONE
    assert await kept(world, job) is not None
    assert not posted.path.exists()
    assert world.kept_clips._placed == {}


async def test_killed_between_the_post_and_its_end_the_clip_is_kept_by_the_next_process(world):
    job = await world.at(State.DELIVERING)
    (world.folder / f"{job.id}.mp4").write_bytes(b"clip")
    world.storage.transitions.end = failing_first(world.storage.transitions.end, [SystemExit()])
    with pytest.raises(SystemExit):
        await world.drive(job)
    assert await kept(world, job) is None
    await world.start_again()
    await world.kept_clips.sweep()
    job = await world.drive(job)
    assert (job.state, await kept(world, job)) == (State.DONE, b"clip")


async def test_while_the_end_cant_be_written_the_clip_stays_ready_to_be_kept(world):
    world.storage.transitions.end = failing_first(world.storage.transitions.end, [storage_error("locked")] * 3)
    job = await world.drive(await world.new_job())
    assert job.state is State.DONE
    assert await kept(world, job) is not None


async def test_a_folder_that_takes_no_clips_changes_nothing_for_the_member(world):
    (world.folder.parent / "clips").write_bytes(b"no folder")
    job = await world.drive(await world.new_job())
    assert (job.state, job.charged) == (State.DONE, job.cost)
    assert await kept(world, job) is None


async def test_a_clip_whose_message_was_deleted_by_then_is_not_kept(world):
    async def deleted(job, delivery):
        return Posted(job.address.posts_to, None, "")

    world.notifier.deliver = deleted
    job = await world.drive(await world.new_job())
    assert (job.state, await kept(world, job)) == (State.DONE, None)
    assert not (world.folder.parent / "clips").exists()


@pytest.mark.parametrize("ended", [True, False])
async def test_the_clip_of_a_lost_job_goes_where_the_other_process_ended_it_without_and_else_stays(world, monkeypatch, ended):
    end, folder = world.storage.transitions.end, world.folder.parent / "clips"

    async def too_late(job, *args, **changes):
        await world.storage.job_recovery.take_over(world.clock.now)
        if ended:
            taken = await world.storage.jobs.get(job.id)
            await end(taken, State.DONE, world.clock.now, charged=job.cost)
        return await end(job, *args, **changes)

    async def swept():
        """Not here, since the comparison at a start would remove the clip too."""

    monkeypatch.setattr(world.storage.transitions, "end", too_late)
    monkeypatch.setattr(world.kept_clips, "sweep", swept)
    await world.drive(await world.new_job())
    assert [path.suffix for path in folder.iterdir() if path.suffix == ".mp4"] == [".mp4"]
    assert world.kept_clips._placed == {}
    tidying = asyncio.create_task(world.kept_clips.run(world.notifier.tell_operator))
    try:
        await until(lambda: not world.kept_clips._left)
    finally:
        tidying.cancel()
    assert bool(list(folder.iterdir())) is not ended
