"""A refused key, plan or balance, or a provider that can't be reached: jobs wait, none ends, the operator is told once."""

import asyncio

import pytest

from bot.domain.clip import Kind
from bot.domain.job import Failure, State
from bot.errors import (
    ProviderBusy,
    ProviderMisconfigured,
    ProviderUnavailable,
    SubmitOutcomeUnknown,
)
from bot.ports import Next, ShutGate, Standstill, Why
from tests.factories import DAY_MS, a_reference_image, a_request
from tests.unit.pipeline.provider_tries import restarted, tried
from tests.waiting import until

CHARACTERS = frozenset({Kind.CHARACTERS})


def closed_model():
    error = ProviderMisconfigured("not available on your plan", code="model_closed")
    error.kinds = CHARACTERS
    return error


async def a_cast(world):
    sha256 = await world.storage.kept_pictures.put(b"picture", "image/png", 1)
    return a_request(Kind.CHARACTERS, prompt="character1 sings", references=(a_reference_image(sha256=sha256),))


async def test_a_key_that_is_refused_for_a_while_ends_nothing_and_is_told_once_and_once_more_when_it_is_over(world):
    jobs = [await world.new_job(member_id=100 + number) for number in range(30)]
    world.provider.faults.extend([ProviderMisconfigured("no credit", code="402")] * 30)
    for job in jobs:
        assert (await tried(world, job)).next is Next.IN_LINE
    assert {(await world.storage.jobs.get(job.id)).tries for job in jobs} == {0}
    assert len(world.notifier.told) == 1
    assert "no credit" in world.notifier.told[0]
    assert {(await world.drive(job)).state for job in jobs} == {State.DONE}
    assert len(world.notifier.told) == 2
    assert "takes clips again" in world.notifier.told[1]


async def test_what_is_refused_holds_the_line_for_a_minute_and_later_for_five(world):
    job = await world.new_job()
    world.provider.faults.extend([ProviderMisconfigured("401")] * 3)
    await tried(world, job)
    world.clock.now += 3_600_000
    await tried(world, job)
    (first, short), (second, long) = world.engine.holds
    assert first == second == Standstill(Why.REFUSED, world.clock.now - 3_600_000)
    assert 45 <= short <= 75
    assert 225 <= long <= 375


async def test_a_model_that_is_closed_holds_its_own_kinds(world):
    job = await world.new_job(request=await a_cast(world))
    world.provider.faults.append(closed_model())
    await tried(world, job)
    assert [standstill.kinds for standstill, _ in world.engine.holds] == [CHARACTERS]
    assert "clips from characters" in world.notifier.told[0]
    assert "Other clips go on." in world.notifier.told[0]
    await world.drive(await world.new_job())
    assert len(world.notifier.told) == 1, "a text clip says nothing about the model for characters"
    assert (await world.drive(job)).state is State.DONE
    assert "takes clips from characters again" in world.notifier.told[1]


async def test_a_restart_forgets_neither_since_when_it_is_nor_that_it_was_told(world):
    job, began = await world.new_job(), world.clock.now
    world.provider.faults.extend([ProviderMisconfigured("401")] * 2)
    await tried(world, job)
    world.clock.now += 7_200_000
    await restarted(world)
    standstill, wait = world.engine.holds[-1]
    assert (standstill, wait) == (Standstill(Why.REFUSED, began), 1.0)
    await tried(world, job)
    assert len(world.notifier.told) == 1
    await world.drive(job)
    assert len(world.notifier.told) == 2
    await restarted(world)
    assert len(world.engine.holds) == 3, "what is over is not taken up again"


async def test_what_waits_for_a_day_ends_uncharged_and_what_was_asked_for_later_waits_on(world):
    early = await world.new_job()
    world.provider.faults.extend([ProviderMisconfigured("401")] * 9)
    await tried(world, early)
    world.clock.now += DAY_MS - 1000
    late = await world.new_job()
    assert (await tried(world, late)).next is Next.IN_LINE
    world.clock.now += 1000
    world.engine.line.job_ids = [early.id]
    assert (await tried(world, late)).next is Next.IN_LINE
    assert early.id in world.engine.woken
    step = await world.runner.run(early.id, slot=False)
    ended = await world.storage.jobs.get(early.id)
    assert step.next is Next.ENDED
    assert (ended.state, ended.failure, ended.charged) == (State.FAILED, Failure.OPERATOR, 0)
    assert await world.booked(ended) == {"reserve": -ended.cost, "release": ended.cost}


@pytest.mark.parametrize("why", Why)
async def test_after_a_start_one_clip_tries_before_any_ends(world, why):
    job = await world.new_job()
    left = ShutGate(Standstill(why, world.clock.now), 0)
    await world.storage.provider_states.change_gates("scenario", (), (left,))
    world.clock.now += 3 * DAY_MS
    await restarted(world)
    await tried(world, job)
    assert (await world.storage.jobs.get(job.id)).state is State.GENERATING


async def test_a_provider_out_of_reach_ends_nobodys_job_by_count_and_is_told_after_five_minutes(world):
    world.provider.faults.extend([ProviderUnavailable("connection refused")] * 40)
    job = await world.new_job()
    for _ in range(20):
        assert (await tried(world, job)).next is Next.IN_LINE
    assert world.notifier.told == []
    world.clock.now += 300_000
    await tried(world, job)
    assert len(world.notifier.told) == 1
    assert "out of reach" in world.notifier.told[0]
    job = await world.drive(job, rounds=200)
    assert (job.state, job.tries) == (State.DONE, 1)


async def test_a_day_out_of_reach_ends_what_waits_as_the_providers_trouble(world):
    world.provider.faults.extend([ProviderUnavailable("connection refused")] * 40)
    job = await world.new_job()
    await tried(world, job)
    world.clock.now += DAY_MS
    job = await world.drive(job)
    assert (job.state, job.failure, job.charged) == (State.FAILED, Failure.PROVIDER, 0)


async def test_what_was_refused_after_a_clip_was_sent_stays_refused_when_that_clip_is_taken(world):
    refused, taken = await world.new_job(), await world.new_job()
    submit = world.provider.submit

    async def meanwhile(submission):
        if submission.job_id == taken.id:
            world.provider.faults.append(ProviderMisconfigured("401"))
            await tried(world, refused)
        return await submit(submission)

    world.provider.submit = meanwhile
    await world.drive(taken)
    assert len(world.notifier.told) == 1
    await restarted(world)
    assert world.engine.holds[-1][0].why is Why.REFUSED


async def test_a_clip_that_is_refused_while_others_of_its_kind_get_through_waits_alone(world):
    odd = await world.new_job()
    world.provider.faults.append(ProviderMisconfigured("403"))
    await tried(world, odd)
    assert (await world.drive(await world.new_job())).state is State.DONE
    for _ in range(3):
        # It waits alone also when no other job tried in between: its refusal says nothing new about the provider.
        world.provider.faults.append(ProviderMisconfigured("403"))
        step = await tried(world, odd)
        assert step.next is Next.LATER
        kept = await world.storage.jobs.get(odd.id)
        assert kept.not_before_ms is not None
        world.clock.now = kept.not_before_ms + 1
    assert len(world.engine.holds) == 1
    assert len(world.notifier.told) == 2


async def test_a_member_who_is_refused_while_others_get_through_holds_the_line_once_whatever_they_ask_for(world):
    world.provider.faults.append(ProviderBusy("slow down"))
    await tried(world, await world.new_job(member_id=8))
    assert (await world.drive(await world.new_job())).state is State.DONE
    world.provider.faults.append(ProviderBusy("slow down"))
    step = await tried(world, await world.new_job(member_id=8))
    assert step.next is Next.LATER
    assert len(world.engine.refusals) == 1
    assert (await world.drive(await world.new_job(member_id=8))).state is State.DONE
    world.provider.faults.append(ProviderBusy("slow down"))
    await tried(world, await world.new_job(member_id=8))
    assert len(world.engine.refusals) == 2, "once theirs was taken it is news again"


async def test_a_server_error_to_one_member_alone_holds_the_line_once(world):
    async def stumbled(member_id):
        world.provider.faults.append(SubmitOutcomeUnknown("503", code="503"))
        searched = asyncio.create_task(tried(world, job := await world.new_job(member_id=member_id)))
        await until(lambda: job.id in world.engine.unclear_jobs)
        searched.cancel()
        await asyncio.gather(searched, return_exceptions=True)

    await stumbled(8)
    assert (await world.drive(await world.new_job())).state is State.DONE
    for _ in range(2):
        await stumbled(8)
    assert len(world.engine.refusals) == 1
    await stumbled(9)
    assert len(world.engine.refusals) == 2


async def test_an_answer_of_busy_does_not_end_a_refused_key_unless_it_names_the_accounts_limit(world):
    job = await world.new_job()
    world.provider.faults.extend([ProviderMisconfigured("401"), ProviderBusy("slow down", retry_after=9.0)])
    await tried(world, job)
    await tried(world, job)
    assert world.engine.refusals == []
    assert world.engine.holds[-1] == (Standstill(Why.REFUSED, world.clock.now), 9.0)
    world.provider.faults.append(ProviderBusy("full", code="parallelCustomJobs", ceiling=4))
    await tried(world, job)
    assert world.engine.refusals == [(None, 4)]
    assert "again" in world.notifier.told[1]


@pytest.mark.parametrize("left", [{"why": "eclipse", "kinds": ""}, {"why": "refused", "kinds": "text,smell"}])
async def test_what_another_version_left_and_we_cannot_read_stops_no_start_and_no_clip(world, left):
    row = (
        "INSERT INTO provider_gates (provider, kinds, why, since_ms, rest_until_ms, told)"
        " VALUES ('scenario', :kinds, :why, 1, 1, 0)"
    )
    await world.storage.database.write(lambda transaction: transaction.run(row, left))
    await world.stages.holds.load(())
    assert world.engine.holds == []
    assert (await world.drive(await world.new_job())).state is State.DONE


@pytest.mark.parametrize(
    "fault", [ProviderBusy("full"), ProviderMisconfigured("401"), ProviderUnavailable("refused"), SubmitOutcomeUnknown("lost")]
)
async def test_an_unwanted_clip_that_comes_back_into_line_ends_at_once_free_of_charge(world, fault):
    job, submit = await world.new_job(), world.provider.submit

    async def thrown_away(submission):
        await world.storage.transitions.want_discard(job.id, True, world.clock.now, by=job.member_id)
        return await submit(submission)

    world.provider.faults.append(fault)
    world.provider.submit = thrown_away
    await world.runner.run(job.id, slot=False)
    job = await world.drive(job, rounds=3)
    assert (job.state, job.charged, world.provider.submitted) == (State.CANCELLED, 0, [])
    assert await world.booked(job) == {"reserve": -job.cost, "release": job.cost}


async def test_an_unwanted_clip_that_is_found_in_line_ends_there(world):
    job = await world.new_job()
    await world.runner.run(job.id, slot=False)
    await world.storage.transitions.want_discard(job.id, True, world.clock.now, by=job.member_id)
    assert (await world.runner.run(job.id, slot=False)).next is Next.ENDED
    assert (await world.storage.jobs.get(job.id)).state is State.CANCELLED
