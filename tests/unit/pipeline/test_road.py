"""From queued to an end: what is submitted, charged and posted, and what a restart in the middle changes (nothing)."""

import itertools

import pytest

from bot.domain.job import ENDED, Failure, State
from bot.errors import (
    DeliveryError,
    ModerationRefused,
    ProviderMisconfigured,
    ProviderRejected,
    StorageError,
    SubmitOutcomeUnknown,
)
from bot.pipeline.recovery import take_up
from bot.ports import Phase, RunStatus, Turn


async def test_a_clip_goes_from_command_to_delivery_and_is_charged_once(world):
    job = await world.drive(await world.new_job())
    assert (job.state, job.charged) == (State.DONE, job.cost)
    assert len(world.provider.submitted) == 1
    assert [job_id for job_id, _ in world.notifier.posted] == [job.id]
    assert await world.booked(job) == {"reserve": -job.cost, "settle": 0}
    assert job.address.result_url == f"https://discord.test/{job.id}"
    assert not list(world.folder.iterdir())


@pytest.mark.parametrize("state", [s for s in State if s not in ENDED | {State.UNPOSTED}])
async def test_a_job_left_in_any_state_goes_on_and_is_submitted_charged_and_posted_once(world, state):
    job = await world.at(state)
    reference = f"run-{job.id}"
    world.provider.running[reference] = RunStatus(reference, Phase.SUCCEEDED)
    world.provider.found[job.id] = reference
    world.restart()
    job = await world.drive(job)
    assert job.state is State.DONE
    assert len(world.provider.submitted) == (1 if state in (State.QUEUED, State.PREPARING) else 0)
    assert [job_id for job_id, _ in world.notifier.posted] == [job.id]
    assert await world.booked(job) == {"reserve": -job.cost, "settle": 0}


async def test_a_lost_answer_is_found_again_and_never_submitted_twice(world):
    job = await world.new_job()
    world.provider.faults.append(SubmitOutcomeUnknown("timed out"))
    world.provider.found[job.id] = "run-x"
    world.provider.running["run-x"] = RunStatus("run-x", Phase.SUCCEEDED)
    job = await world.drive(job)
    assert (job.state, job.provider_reference) == (State.DONE, "run-x")
    assert world.provider.submitted == []


async def test_a_submit_that_never_arrived_is_made_once_more_only_after_the_search(world):
    job = await world.new_job()
    world.provider.faults.append(SubmitOutcomeUnknown("timed out"))
    started = world.clock.now
    job = await world.drive(job)
    assert job.state is State.DONE
    assert len(world.provider.submitted) == 1
    assert job.submitted_at_ms - started >= 60_000


async def test_a_submit_whose_answer_took_longer_than_the_search_is_still_searched_for_as_long(world):
    job = await world.new_job()
    listed_at = world.clock.now + 95_000 + 8_000

    async def answer_lost(submission):
        world.clock.now += 95_000
        raise SubmitOutcomeUnknown("timed out")

    async def listed_late(lost, known):
        return {job.id: "run-x"} if world.clock.now >= listed_at else {}

    world.provider.submit, world.provider.find = answer_lost, listed_late
    world.provider.running["run-x"] = RunStatus("run-x", Phase.SUCCEEDED)
    job = await world.drive(job)
    assert (job.state, job.provider_reference, job.tries) == (State.DONE, "run-x", 1)


async def test_a_search_that_is_refused_asks_seldom_and_tells_the_operator_once(world):
    job = await world.new_job()
    world.provider.faults.append(SubmitOutcomeUnknown("timed out"))
    asked = []

    async def refused(lost, known):
        asked.append(world.clock.now)
        if len(asked) < 4:
            raise ProviderMisconfigured("401")
        return {job.id: "run-x"}

    world.provider.find = refused
    world.provider.running["run-x"] = RunStatus("run-x", Phase.SUCCEEDED)
    assert (await world.drive(job)).state is State.DONE
    assert [after - before for before, after in itertools.pairwise(asked)] == [60_000] * 3
    assert len(world.notifier.told) == 1


async def test_a_submit_that_cannot_be_told_apart_ends_unknown_refunded_and_told_to_the_operator(world):
    job = await world.new_job()
    world.provider.faults.append(SubmitOutcomeUnknown("timed out"))
    world.provider.found[job.id] = None
    job = await world.drive(job)
    assert (job.state, job.charged) == (State.UNKNOWN, 0)
    assert await world.booked(job) == {"reserve": -job.cost, "release": job.cost}
    assert job.reference_code in world.notifier.told[0]


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        (ModerationRefused("no"), Failure.MODERATION),
        (ProviderRejected("400"), Failure.OURS),
    ],
)
async def test_a_refusal_ends_the_job_without_a_charge_and_says_whose_it_is(world, fault, failure):
    world.provider.faults.extend([fault] * 9)
    job = await world.new_job()
    job = await world.drive(job, rounds=60)
    assert (job.state, job.failure, job.charged) == (State.FAILED, failure, 0)
    assert await world.booked(job) == {"reserve": -job.cost, "release": job.cost}
    assert world.notifier.posted == []
    assert [each.id for each in world.notifier.ends] == [job.id]


async def test_our_own_fault_is_tried_a_few_times_and_then_told_as_ours_and_not_charged(world):
    world.provider.fetch_faults.extend([RuntimeError("a bug")] * 9)
    job = await world.drive(await world.new_job())
    assert (job.state, job.failure, job.charged) == (State.FAILED, Failure.OURS, 0)


async def test_a_fault_of_ours_in_a_paid_clip_is_told_to_the_operator_with_its_place_at_the_provider(world):
    world.provider.fetch_faults.extend([RuntimeError("a bug")] * 9)
    job = await world.drive(await world.new_job())
    assert job.provider_reference in world.notifier.told[0]


async def test_a_database_that_cannot_be_written_for_a_while_ends_no_clip(world):
    world.provider.fetch_faults.extend([StorageError("disk full")] * 20)
    job = await world.drive(await world.new_job(), rounds=60)
    assert (job.state, job.charged) == (State.DONE, job.cost)


async def test_an_end_that_cannot_be_written_for_a_while_is_tried_ever_more_seldom_and_told_once(world):
    job = await world.at(State.FETCHING)
    await world.storage.jobs.want_discard(job.id, True, world.clock.now, by=999)
    end, faults = world.storage.jobs.end, [StorageError("disk full")] * 8

    async def full(*arguments, **more):
        if faults:
            raise faults.pop()
        return await end(*arguments, **more)

    world.storage.jobs.end = full
    waits = []
    while faults:
        step = await world.road.run(job.id, slot=False)
        waits.append(step.seconds)
    assert (waits[0] < 3, waits[-1] >= 45) == (True, True)
    assert (await world.drive(job)).state is State.CANCELLED
    assert len(world.notifier.told) == 1


async def test_an_end_that_is_shown_while_it_cannot_be_noted_is_noted_later(world):
    shown, faults = world.storage.jobs.shown, [StorageError("disk full")] * 3

    async def full(job_id):
        if faults:
            raise faults.pop()
        await shown(job_id)

    world.storage.jobs.shown = full
    job = await world.drive(await world.new_job())
    assert (job.state, await world.storage.jobs.unshown()) == (State.DONE, [])


async def test_a_bug_during_a_submit_never_submits_twice(world):
    world.provider.faults.append(RuntimeError("a bug after sending"))
    job = await world.new_job()
    world.provider.found[job.id] = "run-x"
    world.provider.running["run-x"] = RunStatus("run-x", Phase.SUCCEEDED)
    job = await world.drive(job)
    assert (job.state, world.provider.submitted) == (State.DONE, [])


def _failed(detail, failure=None, billed=None):
    return RunStatus("", Phase.FAILED, failure=failure, detail=detail, billed=billed)


@pytest.mark.parametrize(
    ("status", "state", "failure", "charged"),
    [
        (_failed("nsfw", Failure.MODERATION, billed=False), State.FAILED, Failure.MODERATION, False),
        (_failed("gpu", Failure.PROVIDER, billed=False), State.FAILED, Failure.PROVIDER, False),
        (_failed("gpu", billed=True), State.FAILED, Failure.PROVIDER, False),
        (_failed("unknown there"), State.FAILED, Failure.PROVIDER, False),
        (RunStatus("", Phase.CANCELLED, billed=False), State.CANCELLED, None, False),
        (RunStatus("", Phase.CANCELLED, billed=True), State.CANCELLED, None, False),
        (RunStatus("", Phase.CANCELLED), State.CANCELLED, None, False),
    ],
)
async def test_what_the_provider_says_at_the_end_decides_state_and_charge(world, status, state, failure, charged):
    job = await world.at(State.GENERATING)
    world.provider.running[f"run-{job.id}"] = RunStatus(
        f"run-{job.id}", status.phase, failure=status.failure, detail=status.detail, billed=status.billed
    )
    job = await world.drive(job)
    assert (job.state, job.failure, job.charged) == (state, failure, job.cost if charged else 0)
    assert bool(world.notifier.told) == (status.billed is not False), "what is charged to nobody is told to the operator"


@pytest.mark.parametrize(
    ("by", "billed", "charged", "told"),
    [
        ("its owner", True, True, False),
        ("its owner", None, False, True),
        ("its owner", False, False, False),
        ("a moderator", True, False, True),
        ("a moderator", None, False, True),
        ("a moderator", False, False, False),
    ],
)
async def test_a_cancelled_clip_that_was_billed_is_paid_by_its_owner_or_told_to_the_operator(world, by, billed, charged, told):
    job = await world.at(State.GENERATING)
    who = job.member_id if by == "its owner" else job.member_id + 1
    await world.storage.jobs.want_discard(job.id, True, world.clock.now, by=who)
    world.provider.running[f"run-{job.id}"] = RunStatus(f"run-{job.id}", Phase.CANCELLED, billed=billed)
    job = await world.drive(job)
    assert (job.state, job.charged) == (State.CANCELLED, job.cost if charged else 0)
    assert len(world.notifier.told) == told
    assert all(f"run-{job.id}" in text and f"{'was' if billed else 'may be'} billed" in text for text in world.notifier.told)


async def test_a_stuck_clip_is_given_up_refunded_and_told_to_the_operator(world):
    job = await world.at(State.GENERATING)
    world.clock.now += 3_600_001
    job = await world.drive(job)
    assert (job.state, job.failure, job.charged) == (State.FAILED, Failure.TIMEOUT, 0)
    assert f"run-{job.id}" in world.notifier.told[0]


async def test_an_unwanted_clip_is_thrown_away_on_arrival_and_stays_paid(world):
    job = await world.at(State.GENERATING)
    await world.storage.jobs.want_discard(job.id, True, world.clock.now, by=job.member_id)
    world.provider.running[f"run-{job.id}"] = RunStatus(f"run-{job.id}", Phase.SUCCEEDED)
    job = await world.drive(job)
    assert (job.state, job.charged) == (State.CANCELLED, job.cost)
    assert world.notifier.posted == []


async def test_a_cancel_in_the_middle_of_a_run_stops_it_silently(world):
    job = await world.at(State.PREPARING)
    await world.storage.jobs.end(job, State.CANCELLED, world.clock.now, charged=0)
    job = await world.drive(job)
    assert job.state is State.CANCELLED
    assert world.provider.submitted == []
    assert [each.id for each in world.notifier.ends] == [job.id]


async def test_a_provider_that_is_not_configured_any_more_keeps_its_jobs_waiting(world):
    job = await world.new_job(provider="elsewhere")
    await world.road.run(job.id, slot=False)
    step = await world.road.run(job.id, slot=True)
    assert step.turn is Turn.LATER
    assert (await world.storage.jobs.get(job.id)).state is State.QUEUED


@pytest.mark.parametrize("state", [State.QUEUED, State.PREPARING])
async def test_a_clip_that_nobody_wants_any_more_is_not_submitted(world, state):
    job = await world.at(state)
    await world.storage.jobs.want_discard(job.id, True, world.clock.now, by=job.member_id)
    job = await world.drive(job)
    assert (job.state, job.charged, world.provider.submitted) == (State.CANCELLED, 0, [])


async def test_a_clip_that_is_being_posted_cannot_be_thrown_away_any_more(world):
    job = await world.at(State.DELIVERING)
    assert await world.storage.jobs.want_discard(job.id, True, world.clock.now, by=job.member_id) is None
    assert not (await world.storage.jobs.get(job.id)).discard


@pytest.mark.parametrize("passing", [DeliveryError("503"), StorageError("disk is full")])
async def test_an_end_that_can_not_be_shown_for_now_is_shown_later(world, passing):
    ended, faults = world.notifier.ended, [passing] * 3

    async def troubled(job):
        if faults:
            raise faults.pop()
        await ended(job)

    world.notifier.ended = troubled
    job = await world.drive(await world.new_job())
    assert job.state is State.DONE
    assert [each.id for each in world.notifier.ends] == [job.id]
    assert await world.storage.jobs.unshown() == []


async def test_an_end_is_shown_again_soon_and_in_long_trouble_once_a_minute_for_as_long_as_it_takes(world):
    job, left = await world.drive(await world.new_job()), 20
    ended = world.notifier.ended

    async def troubled(job):
        nonlocal left
        left -= 1
        if left >= 0:
            raise DeliveryError("503")
        await ended(job)

    world.notifier.ended = troubled
    steps = [await world.road.run(job.id, slot=False) for _ in range(21)]
    assert steps[-1].turn is Turn.ENDED
    waits = [step.seconds for step in steps[:-1]]
    assert 1.5 <= waits[0] <= 2.5
    assert all(45 <= wait <= 75 for wait in waits[5:])


async def test_a_card_that_cannot_be_made_does_not_keep_the_clip_from_being_made(world):
    async def broken(job):
        raise RuntimeError("odd")

    world.notifier.announce = broken
    assert (await world.drive(await world.new_job())).state is State.DONE


async def test_jobs_of_a_provider_that_is_gone_hold_nobody_up(world):
    queued = await world.new_job(provider="elsewhere")
    paid = await world.new_job(provider="elsewhere")
    for state in (State.PREPARING, State.SUBMITTING, State.GENERATING):
        paid = await world.storage.jobs.advance(paid, state, world.clock.now)
    ours = await world.new_job()
    found = await take_up(world.storage.jobs, {"scenario": world.lane}, world.notifier, world.clock)
    assert [job.id for job in found.unfinished] == [ours.id]
    assert [(job.id, job.failure, job.charged) for job in found.unshown] == [(queued.id, Failure.OPERATOR, 0)]
    assert (await world.storage.jobs.get(paid.id)).state is State.GENERATING
    waiting, over = world.notifier.told
    assert paid.reference_code in waiting
    assert queued.reference_code in over
