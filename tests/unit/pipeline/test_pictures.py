"""Pictures are uploaded before a job stands in line, and trouble with them makes only that job wait."""

import asyncio

import pytest

from bot.domain.clip import Kind
from bot.domain.job import Failure, State
from bot.errors import ProviderBusy, ProviderMisconfigured, ProviderRejected, ProviderUnavailable
from bot.pipeline.waits import UPLOAD
from bot.ports import Next
from bot.services.cancel_job import CancelJob, Outcome
from tests.factories import DAY_MS, a_reference_image, a_request


async def with_a_picture(world, number=1, **changes):
    sha256 = await world.storage.kept_pictures.put(f"picture {number}".encode(), "image/png", world.clock.now)
    return await world.new_job(request=a_request(Kind.IMAGE, references=(a_reference_image(sha256=sha256),)), **changes)


def refused_uploads(world, fault, times=1):
    upload, left = world.provider.upload, [fault] * times

    async def troubled(*picture):
        if left:
            raise left.pop()
        return await upload(*picture)

    world.provider.upload = troubled


async def now(world, job):
    return await world.storage.jobs.get(job.id)


async def test_a_job_stands_in_line_once_its_pictures_are_there_and_prepares_at_once(world):
    job = await with_a_picture(world)
    step = await world.runner.run(job.id, slot=False)
    assert (step.next, (await now(world, job)).state, len(world.provider.uploads)) == (Next.IN_LINE, State.QUEUED, 1)
    assert State.PREPARING not in world.engine.moves
    assert (await world.drive(job)).state is State.DONE
    assert len(world.provider.uploads) == 1


@pytest.mark.parametrize("fault", [ProviderBusy("too many uploads", ceiling=1), ProviderUnavailable("503")])
async def test_trouble_with_an_upload_holds_up_nobody_and_is_written_down(world, fault):
    job = await with_a_picture(world)
    refused_uploads(world, fault, times=3)
    step = await world.runner.run(job.id, slot=False)
    kept = await now(world, job)
    assert step.next is Next.LATER
    assert 3.75 <= step.seconds <= 6.25
    assert kept.state is State.QUEUED
    assert kept.not_before_ms == pytest.approx(world.clock.now + step.seconds * 1000, abs=1)
    assert (world.engine.refusals, world.engine.holds, world.notifier.told) == ([], [], [])
    done = await world.drive(job)
    assert (done.state, done.not_before_ms, done.troubled_since_ms) == (State.DONE, None, None)


async def test_a_restart_waits_for_the_moment_that_was_written_down(world):
    job = await with_a_picture(world)
    refused_uploads(world, ProviderBusy("slow down", retry_after=120.0))
    await world.runner.run(job.id, slot=False)
    world.clock.now += 60_000
    world.restart()
    step = await world.runner.run(job.id, slot=False)
    assert (step.next, step.seconds) == (Next.LATER, pytest.approx(60, abs=1))
    assert world.provider.uploads == []
    world.clock.now += 61_000
    assert (await world.runner.run(job.id, slot=False)).next is Next.IN_LINE


async def test_a_clock_that_was_set_back_does_not_keep_a_job_waiting(world):
    job = await with_a_picture(world)
    refused_uploads(world, ProviderUnavailable("503"))
    await world.runner.run(job.id, slot=False)
    world.clock.now -= 3_600_000
    assert (await world.runner.run(job.id, slot=False)).next is Next.IN_LINE


async def test_the_waits_grow_to_ten_minutes_whatever_restarts_and_a_retry_after_is_obeyed_for_five(world):
    job = await with_a_picture(world)
    refused_uploads(world, ProviderBusy("slow down", retry_after=1.0), times=1000)
    waits = []
    while sum(waits) < 7200:
        step = await world.runner.run(job.id, slot=False)
        waits.append(step.seconds)
        world.clock.now += int(step.seconds * 1000) + 1
        world.restart()
    assert waits[0] < 7
    assert 450 <= waits[-1] <= UPLOAD.longest_pause
    refused_uploads(world, ProviderBusy("in a month", retry_after=30 * 86_400.0), times=1)
    fresh = await with_a_picture(world, 2)
    assert (await world.runner.run(fresh.id, slot=False)).seconds == pytest.approx(300, abs=1)


@pytest.mark.parametrize(
    ("fault", "failure"),
    [(ProviderUnavailable("503"), Failure.PROVIDER), (ProviderMisconfigured("no storage left"), Failure.OPERATOR)],
)
async def test_a_day_of_it_ends_the_job_free_of_charge(world, fault, failure):
    job = await with_a_picture(world)
    refused_uploads(world, fault, times=1000)
    began = world.clock.now
    job = await world.drive(job, rounds=400)
    assert (job.state, job.failure, job.charged) == (State.FAILED, failure, 0)
    assert DAY_MS <= world.clock.now - began <= DAY_MS + 2 * 1000 * UPLOAD.longest_pause


async def test_pictures_that_hang_keep_only_their_own_members_pictures_waiting(world):
    upload, hung = world.provider.upload, asyncio.Event()

    async def slow(sha256, *rest):
        if sha256 in slow_ones:
            await hung.wait()
        return await upload(sha256, *rest)

    world.provider.upload = slow
    slow_jobs = [await with_a_picture(world, number, member_id=50) for number in range(20)]
    slow_ones = {job.request.references[0].sha256 for job in slow_jobs}
    waiting = [asyncio.create_task(world.runner.run(job.id, slot=False)) for job in slow_jobs]
    await asyncio.sleep(0.05)
    others = [await with_a_picture(world, 100, member_id=51), await world.new_job(member_id=50), await world.new_job()]
    for other in others:
        assert (await world.drive(other)).state is State.DONE
    assert not any(task.done() for task in waiting)
    hung.set()
    assert {(await task).next for task in waiting} == {Next.IN_LINE}


@pytest.mark.parametrize("waits_for_another", [False, True])
async def test_a_job_that_is_cancelled_while_its_pictures_are_handed_over_ends_at_once(world, waits_for_another):
    began = asyncio.Event()

    async def hangs(*picture):
        began.set()
        await asyncio.Event().wait()

    world.provider.upload = hangs
    jobs = [await with_a_picture(world, number, member_id=50) for number in range(1 + waits_for_another)]
    running = [asyncio.create_task(world.runner.run(job.id, slot=False)) for job in jobs]
    await began.wait()
    cancel = CancelJob(
        world.storage.jobs,
        world.storage.transitions,
        {},
        world.engine,
        world.clock,
        lambda job: world.stages.submitting.drop(job.id),
    )
    outcome, _ = await cancel.cancel(jobs[-1].id, 50, moderator=False)
    async with asyncio.timeout(5):
        step = await running[-1]
    assert (outcome, step.next, [each.id for each in world.notifier.ends]) == (Outcome.FREED, Next.ENDED, [jobs[-1].id])
    assert [task.done() for task in running[:-1]] == [False] * waits_for_another
    for task in running:
        task.cancel()
    await asyncio.wait(running)


async def test_a_job_that_is_cancelled_while_its_card_is_made_hands_no_pictures_over(world):
    job, announce = await with_a_picture(world), world.notifier.announce
    cancel = CancelJob(
        world.storage.jobs,
        world.storage.transitions,
        {},
        world.engine,
        world.clock,
        lambda job: world.stages.submitting.drop(job.id),
    )

    async def meanwhile(job):
        await cancel.cancel(job.id, job.member_id, moderator=False)
        return await announce(job)

    world.notifier.announce = meanwhile
    assert (await world.runner.run(job.id, slot=False)).next is Next.ENDED
    assert (world.provider.uploads, world.stages.submitting._pictures._dropped) == ([], set())


async def test_a_wish_to_throw_it_away_stops_a_hand_over_that_hangs_too(world):
    began = asyncio.Event()

    async def hangs(*picture):
        began.set()
        await asyncio.Event().wait()

    world.provider.upload = hangs
    job = await with_a_picture(world)
    running = asyncio.create_task(world.runner.run(job.id, slot=False))
    await began.wait()
    await world.storage.transitions.want_discard(job.id, True, world.clock.now, by=job.member_id)
    world.stages.submitting.drop(job.id)
    async with asyncio.timeout(5):
        await running
    job = await now(world, job)
    assert (job.state, job.charged) == (State.CANCELLED, 0)


async def test_one_picture_in_two_places_and_in_two_jobs_is_handed_over_once(world):
    sha256 = await world.storage.kept_pictures.put(b"picture", "image/png", world.clock.now)
    both = (a_reference_image(sha256=sha256),) * 2
    request = a_request(Kind.CHARACTERS, prompt="character1 meets character2", references=both)
    jobs = [await world.new_job(request=request) for _ in range(2)]
    steps = await asyncio.gather(*(world.runner.run(job.id, slot=False) for job in jobs))
    assert ({step.next for step in steps}, world.provider.uploads) == ({Next.IN_LINE}, [sha256])


async def test_what_was_handed_over_before_a_kill_is_not_handed_over_again(world):
    hashes = [await world.storage.kept_pictures.put(picture, "image/png", 1) for picture in (b"one", b"two")]
    references = tuple(a_reference_image(sha256=sha256) for sha256 in hashes)
    job = await world.new_job(request=a_request(Kind.CHARACTERS, prompt="character1, character2", references=references))
    upload, reached = world.provider.upload, asyncio.Event()

    async def cut_off(sha256, *rest):
        if sha256 == hashes[1]:
            reached.set()
            await asyncio.Event().wait()
        return await upload(sha256, *rest)

    world.provider.upload = cut_off
    task = asyncio.create_task(world.runner.run(job.id, slot=False))
    await reached.wait()
    task.cancel()
    await asyncio.wait([task])
    world.provider.upload = upload
    world.restart()
    assert (await world.drive(job)).state is State.DONE
    assert world.provider.uploads == hashes


async def test_pictures_that_were_forgotten_while_it_stood_in_line_are_handed_over_again_outside_of_it(world):
    job = await with_a_picture(world)
    await world.runner.run(job.id, slot=False)
    await world.storage.kept_pictures.forget_upload("scenario", job.request.references[0].sha256)
    refused_uploads(world, ProviderUnavailable("503"))
    step = await world.runner.run(job.id, slot=True)
    kept = await now(world, job)
    assert (step.next, kept.state, kept.tries) == (Next.LATER, State.QUEUED, 0)
    assert world.engine.refusals == []
    assert (await world.drive(job)).state is State.DONE


async def test_a_picture_that_the_provider_refuses_ends_the_job_and_no_other(world):
    job = await with_a_picture(world)
    refused_uploads(world, ProviderRejected("not an image to me"))
    job = await world.drive(job)
    assert (job.state, job.failure, job.charged) == (State.FAILED, Failure.OURS, 0)
    assert (world.engine.refusals, world.engine.holds) == ([], [])


async def test_a_key_that_may_not_upload_holds_the_line_once_and_not_at_every_try(world):
    refused_uploads(world, ProviderMisconfigured("no right to upload", code="403"), times=6)
    jobs = [await with_a_picture(world, number) for number in (1, 2)]
    for _ in range(3):
        for job in jobs:
            assert (await world.runner.run(job.id, slot=False)).next is Next.LATER
        world.clock.now += 3_600_000
    assert len(world.engine.holds) == 1
    assert (await world.drive(jobs[0])).state is State.DONE
    refused_uploads(world, ProviderMisconfigured("the key is wrong", code="401"))
    await world.runner.run((await with_a_picture(world, 3)).id, slot=False)
    assert len(world.engine.holds) == 2, "what was refused after pictures were taken is news"
