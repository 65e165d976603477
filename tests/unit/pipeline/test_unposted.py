"""A made clip that could not be posted: it waits for its owner, is charged once it is posted, or else ends free."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.job import Failure, State, Way
from bot.domain.post import Purpose
from bot.errors import CannotFit, DeliveryError, MediaError, NowhereToPost, PostInDoubt, QuotaRefused, UploadTooLarge
from bot.pipeline.job_runner import JobRunner
from bot.ports import Next, Posted
from bot.services.find_jobs import FindJobs
from tests.factories import DAY_MS, NOW_MS, a_new_order, an_address, book, bounds, storage_error, what_was_asked
from tests.fakes import failing_first
from tests.posts import clip_there

HERE = an_address(
    channel_id=55,
    asked_id=54,
    token="fresh",
    token_expires_at_ms=NOW_MS + 900_009,
    upload_limit=50,
    private=True,
    in_place=True,
    card_id=56,
)


async def press(world, job):
    await world.storage.asked.add(what_was_asked(HERE))
    return await world.storage.transitions.post_here(job, HERE, world.clock.now)


def link_to(world, job):
    return FindJobs(world.storage.jobs, None, {"scenario": world.provider}, world.kept_clips).link(job.id)


def closed(world):
    world.notifier.faults.append(NowhereToPost("channel deleted; direct messages closed"))
    return Failure.UNDELIVERABLE


def perhaps_posted(world):
    world.notifier.faults.append(PostInDoubt("it may have been posted before in a place that can't be read any more"))
    return Failure.DOUBTFUL


def discord_down(world):
    world.notifier.faults.extend([DeliveryError("503")] * 50)
    return Failure.DISCORD


def too_large(world):
    world.media.size = 60 * 1024 * 1024
    world.notifier.faults.extend([UploadTooLarge("413")] * 20)
    return Failure.TOO_LARGE


def no_link(world):
    world.media.faults.extend([CannotFit("no")] * 3)
    world.provider.signed = None
    return Failure.TOO_LARGE


def no_memory(world):
    world.media.faults.extend([MediaError("ffmpeg does not start")] * 50)
    return Failure.OURS


@pytest.mark.parametrize("trouble", [closed, perhaps_posted, discord_down, too_large, no_link, no_memory])
async def test_it_stays_open_with_its_reserve_and_is_offered_to_its_owner(world, trouble):
    failure = trouble(world)
    job = await world.drive(await world.new_job(), rounds=60)
    assert (job.state, job.failure, job.charged) == (State.UNPOSTED, failure, None)
    assert job.failure_detail
    assert await world.booked(job) == {"reserve": -job.cost}
    [told] = world.notifier.told
    assert job.job_code in told
    assert [each.id for each in world.notifier.offered] == [job.id]
    assert not list(world.folder.iterdir())
    assert await link_to(world, job) is None


async def test_twenty_clips_that_can_not_be_posted_take_no_more_than_the_allowance_for_two(world):
    world.notifier.faults.extend([NowhereToPost("direct messages closed")] * 20)
    links, refused, today = 0, 0, world.clock.now
    for number in range(1000, 1020):
        new = a_new_order(number, created_at_ms=today, provider="scenario", cost=30)
        try:
            job = await book(world.storage, new, bounds(member_credits=60, member_running=1))
        except QuotaRefused:
            refused += 1
        else:
            job = await world.drive(job, rounds=20)
            assert job.state is State.UNPOSTED
            links += await link_to(world, job) is not None
    assert (len(world.provider.submitted), refused, links) == (2, 18, 0)


async def test_its_owner_has_it_posted_elsewhere_and_is_charged_once(world):
    closed(world)
    job = await world.drive(await world.new_job())
    posting = await press(world, job)
    assert (posting.state, posting.failure, posting.failure_detail) == (State.FITTING, None, None)
    assert posting.address == replace(HERE, guild_id=job.address.guild_id)
    job = await world.drive(posting)
    assert (job.state, job.charged) == (State.DONE, job.cost)
    assert len(world.notifier.posted) == len(world.provider.submitted) == 1
    assert await world.booked(job) == {"reserve": -job.cost, "settle": 0}
    assert await link_to(world, job) is not None


async def test_two_presses_post_it_once(world):
    job = await world.at(State.UNPOSTED)
    pressed = await asyncio.gather(press(world, job), press(world, job))
    assert sum(each is not None for each in pressed) == 1
    job = await world.drive(job)
    assert (job.state, len(world.notifier.posted)) == (State.DONE, 1)
    assert await press(world, job) is None


async def test_a_press_is_kept_by_a_process_that_dies_right_after(world):
    await press(world, await world.at(State.UNPOSTED))
    [job] = (await world.start_again()).unfinished
    job = await world.drive(job)
    assert (job.state, job.charged, len(world.notifier.posted)) == (State.DONE, job.cost, 1)


async def test_a_press_under_an_old_fence_or_on_what_was_thrown_away_does_nothing(world):
    job = await world.at(State.UNPOSTED)
    [taken] = await world.storage.job_recovery.take_over(world.clock.now)
    assert await press(world, job) is None
    await world.storage.transitions.want_discard(job.id, True, world.clock.now, by=job.member_id)
    assert await press(world, taken) is None


async def test_where_posting_it_there_fails_too_it_waits_again_for_no_longer_than_before(world):
    closed(world)
    job = await world.drive(await world.new_job(), rounds=10)
    since = job.unposted_at_ms
    world.clock.now = since + 2 * DAY_MS
    closed(world)
    again = await world.drive(await press(world, job), rounds=10)
    assert (again.state, again.unposted_at_ms) == (State.UNPOSTED, since)
    assert len(world.notifier.told) == 1
    assert [each.address.channel_id for each in world.notifier.offered] == [job.address.channel_id, 55]
    assert await link_to(world, again) is None


async def test_the_operator_hears_of_it_once_though_the_database_does_not_take_it_at_first(world):
    closed(world)
    closed(world)
    job = await world.at(State.DELIVERING)
    (world.folder / f"{job.id}.mp4").write_bytes(world.provider.clip)
    world.storage.transitions.advance = failing_first(world.storage.transitions.advance, [storage_error("the disk is full")])
    job = await world.drive(job, rounds=10)
    assert (job.state, len(world.notifier.told)) == (State.UNPOSTED, 1)


@pytest.mark.parametrize("dead_meanwhile", [False, True])
async def test_after_three_days_it_ends_free_without_a_link_and_the_operator_is_told(world, dead_meanwhile):
    job = await world.at(State.UNPOSTED)
    began = world.clock.now
    if dead_meanwhile:
        world.clock.now += 4 * DAY_MS
        [job] = (await world.start_again()).unfinished
    job = await world.drive(job, rounds=100)
    assert (job.state, job.failure, job.charged) == (State.FAILED, Failure.UNDELIVERABLE, 0)
    assert dead_meanwhile or 0 <= world.clock.now - began - 3 * DAY_MS < 3_600_000
    assert await world.booked(job) == {"reserve": -job.cost, "release": job.cost}
    assert f"run-{job.id}" in world.notifier.told[-1]
    assert await link_to(world, job) is None
    assert await press(world, job) is None


async def test_one_whose_provider_is_gone_ends_after_three_days_all_the_same_while_the_bot_runs(world):
    job, began = await world.at(State.UNPOSTED), world.clock.now
    taken = await world.take_up({})
    assert [each.id for each in taken.unfinished] == [job.id]
    storage = world.storage
    world.runner = JobRunner(
        storage.jobs, storage.transitions, storage.posts, world.engine, world.notifier, {}, world.clock, world.held
    )
    world.runner.took_over(taken.fences)
    job = await world.drive(job, rounds=1000)
    assert (job.state, job.failure, job.charged) == (State.FAILED, Failure.UNDELIVERABLE, 0)
    assert 0 <= world.clock.now - began - 3 * DAY_MS < 3_600_000
    assert f"run-{job.id}" in world.notifier.told[-1]


@pytest.mark.parametrize(("by", "charged"), [(7, 30), (999, 0)])
async def test_thrown_away_by_its_owner_it_is_paid_for_and_by_a_moderator_it_is_not(world, by, charged):
    job = await world.at(State.UNPOSTED)
    await world.storage.transitions.want_discard(job.id, True, world.clock.now, by=by)
    job = await world.drive(job)
    assert (job.state, job.charged, job.cost) == (State.CANCELLED, charged, 30)


async def test_a_clip_that_may_be_in_an_unreadable_place_is_searched_again_without_a_press(world):
    perhaps_posted(world)
    job = await world.drive(await world.new_job(), rounds=10)
    assert job.state is State.UNPOSTED
    world.notifier.found[job.id] = Posted(30, 77, "https://discord.test/77")
    began = world.clock.now
    job = await world.drive(job)
    assert (job.state, job.charged, job.address.result_id) == (State.DONE, job.cost, 77)
    assert world.clock.now - began <= 3_600_000
    assert world.notifier.posted == []


@pytest.mark.parametrize("trouble", [discord_down, closed])
async def test_a_post_that_worked_though_it_seemed_to_fail_is_charged_and_not_repeated(world, trouble):
    trouble(world)
    job = await world.drive(await world.new_job(), rounds=60)
    assert (job.state, world.notifier.sought) == (State.UNPOSTED, [job.id])
    world.notifier.found[job.id] = Posted(30, 77, "https://discord.test/77")
    world.restart()
    job = await world.drive(job)
    assert (job.state, job.charged, job.address.result_id) == (State.DONE, job.cost, 77)
    assert world.notifier.posted == []


async def test_messages_that_can_not_be_edited_for_now_show_it_later(world):
    world.notifier.unposted = failing_first(world.notifier.unposted, [DeliveryError("503")] * 3)
    job = await world.at(State.UNPOSTED)
    step = await world.runner.run(job.id, slot=False)
    assert (step.next, step.seconds < 60) == (Next.LATER, True)
    await world.drive(job, rounds=10)
    assert [each.id for each in world.notifier.offered] == [job.id]


async def test_a_message_that_refuses_to_say_that_a_clip_waits_is_asked_again_at_each_look_until_it_does(world):
    unposted, left = world.notifier.unposted, [3]

    async def refused(job):
        left[0] -= 1
        return await unposted(job) or ([Purpose.PROGRESS] if left[0] >= 0 else ())

    world.notifier.unposted = refused
    job = await world.at(State.UNPOSTED)
    steps = [await world.runner.run(job.id, slot=False) for _ in range(6)]
    assert {step.seconds for step in steps} == {3600}
    assert [each.id for each in world.notifier.offered] == [job.id] * 4


async def test_posting_in_another_place_forgets_what_was_tried_in_the_first(world):
    job = await world.at(State.UNPOSTED)
    await clip_there(world.storage, job, way=Way.ANSWER)
    assert job.posting_fence == job.fence
    posting = await press(world, await world.storage.jobs.get(job.id))
    assert (posting.posting_fence, posting.upload_limit_tried) == (None, None)
    assert (posting.address.way, posting.address.result_url, posting.address.thread_id) == (None, None, None)
