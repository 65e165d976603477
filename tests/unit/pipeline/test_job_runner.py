"""A job from queued to its end: what is submitted, charged and posted. A restart in the middle changes none of it."""

import itertools

import pytest

from bot.domain.job import ENDED, Failure, State
from bot.errors import ModerationRefused, ProviderMisconfigured, ProviderRejected, SubmitOutcomeUnknown
from bot.ports import Next, Phase, RunStatus
from tests.factories import storage_error


async def test_a_clip_goes_from_command_to_delivery_and_is_charged_once(world):
    job = await world.drive(await world.new_job())
    assert (job.state, job.charged) == (State.DONE, job.cost)
    assert len(world.provider.submitted) == 1
    assert [job_id for job_id, _ in world.notifier.posted] == [job.id]
    assert await world.booked(job) == {"reserve": -job.cost, "settle": 0}
    assert job.address.result_url == f"https://discord.com/channels/20/{job.id + 1}/{job.id + 3}"
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
    assert job.job_code in world.notifier.told[0]


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
    world.provider.fetch_faults.extend([storage_error("disk full")] * 20)
    job = await world.drive(await world.new_job(), rounds=60)
    assert (job.state, job.charged) == (State.DONE, job.cost)


async def test_a_bug_during_a_submit_never_submits_twice(world):
    world.provider.faults.append(RuntimeError("a bug after sending"))
    job = await world.new_job()
    world.provider.found[job.id] = "run-x"
    world.provider.running["run-x"] = RunStatus("run-x", Phase.SUCCEEDED)
    job = await world.drive(job)
    assert (job.state, world.provider.submitted) == (State.DONE, [])


async def test_a_cancel_in_the_middle_of_a_run_stops_it_silently(world):
    job = await world.at(State.PREPARING)
    await world.storage.transitions.end(job, State.CANCELLED, world.clock.now, charged=0)
    job = await world.drive(job)
    assert job.state is State.CANCELLED
    assert world.provider.submitted == []
    assert [each.id for each in world.notifier.ends] == [job.id]


async def test_a_provider_that_is_not_configured_any_more_keeps_its_jobs_waiting(world):
    job = await world.new_job(provider="elsewhere")
    await world.runner.run(job.id, slot=False)
    step = await world.runner.run(job.id, slot=True)
    assert step.next is Next.LATER
    assert (await world.storage.jobs.get(job.id)).state is State.QUEUED


@pytest.mark.parametrize("state", [State.QUEUED, State.PREPARING])
async def test_a_clip_that_nobody_wants_any_more_is_not_submitted(world, state):
    job = await world.at(state)
    await world.storage.transitions.want_discard(job.id, True, world.clock.now, by=job.member_id)
    job = await world.drive(job)
    assert (job.state, job.charged, world.provider.submitted) == (State.CANCELLED, 0, [])


async def test_a_clip_that_is_being_posted_cannot_be_thrown_away_any_more(world):
    job = await world.at(State.DELIVERING)
    assert await world.storage.transitions.want_discard(job.id, True, world.clock.now, by=job.member_id) is None
    assert not (await world.storage.jobs.get(job.id)).discard


async def test_what_kept_a_clip_is_over_once_it_stands_in_line(world):
    job = await world.new_job()
    world.stages.hitches.note(job.id, storage_error("database or disk is full"))
    assert (await world.runner.run(job.id, slot=False)).next is Next.IN_LINE
    assert world.stages.hitches.of(job.id) is None


async def test_a_card_that_cannot_be_made_does_not_keep_the_clip_from_being_made(world):
    async def broken(job):
        raise RuntimeError("odd")

    world.notifier.announce = broken
    assert (await world.drive(await world.new_job())).state is State.DONE


async def test_jobs_of_a_provider_that_is_gone_hold_nobody_up(world):
    queued = await world.new_job(provider="elsewhere")
    paid = await world.new_job(provider="elsewhere")
    for state in (State.PREPARING, State.SUBMITTING, State.GENERATING):
        paid = await world.storage.transitions.advance(paid, state, world.clock.now)
    ours = await world.new_job()
    found = await world.take_up({"scenario": world.stages})
    assert [job.id for job in found.unfinished] == [ours.id]
    assert [(job.id, job.failure, job.charged) for job in found.unshown] == [(queued.id, Failure.OPERATOR, 0)]
    assert (await world.storage.jobs.get(paid.id)).state is State.GENERATING
    waiting, over = world.notifier.told
    assert paid.job_code in waiting
    assert queued.job_code in over
