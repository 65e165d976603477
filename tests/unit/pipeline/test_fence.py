"""A process whose jobs were taken over by another one stops at its next write, and does nothing more for them."""

import asyncio

import pytest

from bot.domain.clip import Kind
from bot.domain.job import State
from bot.engines.local import LocalEngine
from bot.errors import ProviderMisconfigured, UploadTooLarge
from bot.ports import Next, Phase, RunStatus
from tests.factories import a_reference_image, a_request
from tests.fakes import ManualClock
from tests.waiting import until


async def _taken_over(world):
    """Another process takes every unfinished job over."""
    await world.storage.job_recovery.take_over(world.clock.now)


def _nothing_was_done(world):
    return not (world.provider.submitted or world.notifier.posted or world.notifier.ends or world.notifier.told)


async def test_a_run_whose_job_was_taken_over_while_it_uploaded_does_not_submit(world):
    sha256 = await world.storage.kept_pictures.put(b"picture", "image/png", world.clock.now)
    job = await world.new_job(request=a_request(Kind.IMAGE, references=(a_reference_image(sha256=sha256),)))

    async def upload(*_picture):
        await _taken_over(world)
        return "asset"

    world.provider.upload = upload
    await world.runner.run(job.id, slot=False)
    step = await world.runner.run(job.id, slot=True)
    kept = await world.storage.jobs.get(job.id)
    assert (step.next, kept.state, kept.fence) == (Next.ENDED, State.QUEUED, 1)
    assert _nothing_was_done(world)


async def test_a_later_wake_does_not_take_the_job_back(world):
    job = await world.new_job()
    await world.runner.run(job.id, slot=False)
    await _taken_over(world)
    for _ in range(3):
        assert (await world.runner.run(job.id, slot=True)).next is Next.ENDED
    assert (await world.storage.jobs.get(job.id)).state is State.QUEUED
    assert job.id not in world.notifier.followed
    assert _nothing_was_done(world)


async def test_who_lost_a_job_keeps_neither_its_old_fence_nor_what_is_known_of_its_messages(world):
    job = await world.at(State.FETCHING)
    await world.start_again()
    assert job.id in world.held._taken_over
    await _taken_over(world)
    await world.runner.run(job.id, slot=False)
    assert world.held._taken_over == {}
    assert world.notifier.lost == {job.id}


@pytest.mark.parametrize("earlier", [True, False], ids=["of an earlier process", "its own"])
async def test_a_process_that_hung_before_its_first_look_at_a_job_does_not_take_it_for_its_own(world, earlier):
    job = await world.at(State.FETCHING)
    if earlier:
        await world.start_again()
    await _taken_over(world)
    assert (await world.runner.run(job.id, slot=False)).next is Next.ENDED
    assert (await world.storage.jobs.get(job.id)).state is State.FETCHING
    assert _nothing_was_done(world)


async def test_a_job_of_a_removed_provider_is_taken_over_too_so_that_its_end_is_shown(world):
    job = await world.at(State.GENERATING)
    taken = await world.take_up({})
    world.runner.took_over(taken.fences)
    await world.storage.transitions.end(await world.storage.jobs.get(job.id), State.FAILED, world.clock.now, charged=0)
    await world.runner.run(job.id, slot=False)
    assert [ended.id for ended in world.notifier.ends] == [job.id]


async def test_a_refusal_that_arrives_after_the_take_over_ends_nothing(world):
    job = await world.new_job()

    async def refused(_submission):
        await _taken_over(world)
        raise ProviderMisconfigured("401")

    world.provider.submit = refused
    await world.runner.run(job.id, slot=True)
    assert (await world.storage.jobs.get(job.id)).state is State.SUBMITTING
    assert world.notifier.ends == []


async def test_a_running_clip_is_not_watched_any_more_by_the_process_that_lost_it(world):
    job = await world.at(State.GENERATING)
    world.runner.park(job)
    world.provider.running[f"run-{job.id}"] = RunStatus(f"run-{job.id}", Phase.SUCCEEDED)
    await _taken_over(world)
    await world.stages.watcher.poll()
    assert (await world.runner.run(job.id, slot=False)).next is Next.ENDED
    assert (await world.storage.jobs.get(job.id)).state is State.GENERATING
    assert len(world.stages.watcher) == 0
    assert _nothing_was_done(world)


async def test_the_files_of_a_lost_job_stay_for_who_has_it_now(world):
    world.media.size = 60 * 1024 * 1024
    job = await world.at(State.DELIVERING)
    (world.folder / f"{job.id}.mp4").write_bytes(b"clip")

    async def too_large(_job, _delivery):
        await _taken_over(world)
        raise UploadTooLarge("413")

    world.notifier.deliver = too_large
    await world.runner.run(job.id, slot=False)
    assert (world.folder / f"{job.id}.mp4").exists()
    assert _nothing_was_done(world)


@pytest.mark.parametrize("work", ["a download", "an encoding"])
async def test_what_arrives_for_a_job_that_another_process_has_ended_meanwhile_is_removed(world, work):
    job = await world.at(State.FETCHING if work == "a download" else State.FITTING)
    fetch, fit = world.provider.fetch, world.media.fit

    async def ended_elsewhere():
        """The process that has the job now ends it and removes its files, before the slower work here is done."""
        await _taken_over(world)
        now = await world.storage.jobs.get(job.id)
        ended = await world.storage.transitions.end(now, State.CANCELLED, world.clock.now, charged=0)
        world.stages.finishing.tidy(ended)

    async def slow_download(*what):
        await ended_elsewhere()
        return await fetch(*what)

    async def slow_encoding(_source, target, limit):
        await ended_elsewhere()
        target.write_bytes(b"smaller")
        return await fit(target, target, limit)

    if work == "a download":
        world.provider.fetch = slow_download
    else:
        (world.folder / f"{job.id}.mp4").write_bytes(world.provider.clip)
        world.media.fit = slow_encoding
    assert (await world.runner.run(job.id, slot=False)).next is Next.ENDED
    assert list(world.folder.iterdir()) == []
    assert _nothing_was_done(world)


async def test_a_process_that_hung_for_longer_than_a_nonce_lives_does_not_post_what_it_lost(world):
    job = await world.at(State.DELIVERING)
    (world.folder / f"{job.id}.mp4").write_bytes(world.provider.clip)

    async def hangs(_path):
        world.clock.now += 200_000
        await _taken_over(world)

    world.media.poster = hangs
    step = await world.runner.run(job.id, slot=False)
    assert (step.next, (await world.storage.jobs.get(job.id)).state) == (Next.ENDED, State.DELIVERING)
    assert (world.folder / f"{job.id}.mp4").exists()
    assert _nothing_was_done(world)


async def test_a_clip_that_waited_long_for_its_post_and_is_still_ours_is_posted(world):
    job = await world.at(State.DELIVERING)
    (world.folder / f"{job.id}.mp4").write_bytes(world.provider.clip)
    world.clock.now += 200_000
    await world.runner.run(job.id, slot=False)
    assert (await world.storage.jobs.get(job.id)).state is State.DONE


async def _announced_late(world, *, meanwhile):
    """Announces three jobs in one channel. While the cards of two are made for minutes, `meanwhile` happens to the third. Its
    id, and how its run ended.
    """
    jobs = [await world.new_job() for _ in range(3)]
    goes_on, announce = asyncio.Event(), world.notifier.announce

    async def slowly(job):
        await goes_on.wait()
        return await announce(job)

    world.notifier.announce = slowly
    runs = [asyncio.create_task(world.runner.run(job.id, slot=False)) for job in jobs]
    await until(lambda: [each.asked for each in world.runner._announcing._shares.values()] == [len(jobs)])
    world.clock.now += 200_000
    await meanwhile(jobs[-1])
    goes_on.set()
    return jobs[-1].id, (await asyncio.gather(*runs))[-1].next


async def test_a_card_that_waited_long_for_its_turn_is_not_drawn_by_the_process_that_lost_its_job(world):
    async def ends_elsewhere(job):
        await _taken_over(world)
        taken = await world.storage.jobs.get(job.id)
        await world.storage.transitions.end(taken, State.CANCELLED, world.clock.now, charged=0)

    job_id, step = await _announced_late(world, meanwhile=ends_elsewhere)
    assert (step, job_id in world.notifier.announced, job_id in world.notifier.followed) == (Next.ENDED, False, False)
    assert world.notifier.ends == []


async def test_a_card_that_waited_long_for_its_turn_is_drawn_where_the_job_is_still_ours(world):
    async def nothing(_job):
        pass

    job_id, step = await _announced_late(world, meanwhile=nothing)
    assert (step, world.notifier.announced.count(job_id), job_id in world.notifier.followed) == (Next.IN_LINE, 1, True)


async def test_a_job_that_was_cancelled_while_its_card_waited_long_for_its_turn_shows_its_end_at_once(world):
    async def cancelled(job):
        await world.storage.transitions.end(job, State.CANCELLED, world.clock.now, charged=0)

    job_id, step = await _announced_late(world, meanwhile=cancelled)
    assert (step, job_id in world.notifier.announced) == (Next.ENDED, False)
    assert [ended.id for ended in world.notifier.ends] == [job_id]


@pytest.mark.parametrize("slot", [False, True])
async def test_a_job_that_ended_elsewhere_after_the_take_over_is_not_shown_twice(world, slot):
    job = await world.new_job()
    await world.runner.run(job.id, slot=False)
    await _taken_over(world)
    await world.storage.transitions.end(await world.storage.jobs.get(job.id), State.CANCELLED, world.clock.now, charged=0)
    assert (await world.runner.run(job.id, slot=slot)).next is Next.ENDED
    assert world.notifier.ends == []


async def test_a_lost_job_leaves_its_slot_to_the_next(world):
    engine = LocalEngine(ManualClock(), slots=1)
    world.engine = engine
    world.restart()
    lost, other = await world.new_job(), await world.new_job(member_id=8)
    submit = world.provider.submit

    async def first_lost(submission):
        if submission.job_id == lost.id:
            row = "UPDATE jobs SET fence = fence + 1 WHERE id = :id"
            await world.storage.database.write(lambda transaction: transaction.run(row, {"id": lost.id}))
        return await submit(submission)

    world.provider.submit = first_lost
    engine.start(world.runner.run)
    for job in (lost, other):
        engine.wake(job.id)
    while (await world.storage.jobs.get(other.id)).state is not State.GENERATING:
        pass
    await engine.stop()
    assert (await world.storage.jobs.get(lost.id)).state is State.SUBMITTING
