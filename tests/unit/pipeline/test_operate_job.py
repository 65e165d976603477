"""The operator ends jobs or has them tried again: no clip is charged that was not made, and none is booked twice."""

import asyncio

import pytest

from bot.detail import said
from bot.domain.job import Failure, State
from bot.errors import ProviderUnavailable, SubmitOutcomeUnknown
from bot.ports import Accepted, Next, Phase, RunStatus
from bot.presentation.views.operator_answers import text_of
from tests.factories import an_unasked_address
from tests.posts import placed
from tests.waiting import until

NEW = 9_001


# -- end ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.QUEUED, State.PREPARING])
async def test_what_was_not_sent_ends_free_at_once(world, operate, state):
    job = await world.at(state)
    told = await operate.end(job.id, sure=False)
    ended = await world.storage.jobs.get(job.id)
    assert told.done
    assert "its 30 credits are back with member 7" in text_of(told)
    assert (ended.state, ended.failure, ended.charged) == (State.FAILED, Failure.STOPPED, 0)
    assert await world.booked(job) == {"reserve": -30, "release": 30}
    assert world.engine.woken == [job.id]


@pytest.mark.parametrize("state", [State.SUBMITTING, State.GENERATING, State.FETCHING, State.DELIVERING])
async def test_what_is_at_the_provider_ends_by_a_yes_alone_and_says_where_it_may_be_billed(world, operate, state):
    job = await world.at(state)
    told = await operate.end(job.id, sure=False)
    assert not told.done
    assert "may be billed there" in text_of(told)
    assert "--yes" in text_of(told)
    assert (await world.storage.jobs.get(job.id)).state is state

    world.provider.accepts_cancel = True
    told = await operate.end(job.id, sure=True)
    assert told.done
    assert f"It may be billed at scenario as {job.provider_reference or 'seed 42'}." in text_of(told)
    assert ("was asked to cancel it and agreed" in text_of(told)) == (state is State.GENERATING)
    assert (await world.storage.jobs.get(job.id)).charged == 0


async def test_an_end_is_told_again_and_another_end_is_told_as_what_it_was(world, operate):
    job = await world.at(State.QUEUED)
    assert (await operate.end(job.id, sure=False)).done
    assert (await operate.end(job.id, sure=False)).done
    assert await world.booked(job) == {"reserve": -30, "release": 30}
    other = await world.over()
    told = await operate.end(other.id, sure=True)
    assert (told.done, "is over already: failed" in text_of(told)) == (False, True)
    assert "There is no job" in text_of(await operate.end(404, sure=True))


async def test_an_ended_job_leaves_no_search_behind(world, operate):
    job = await world.at(State.SUBMITTING)
    run = asyncio.create_task(world.runner.run(job.id, slot=False))
    await until(lambda: world.stages.lost._searches)
    assert (await operate.end(job.id, sure=True)).done
    await run
    assert world.stages.lost._searches == {}
    assert [each.failure for each in world.notifier.ends] == [Failure.STOPPED]
    assert world.notifier.told == []


async def ended_while_it_is_submitted(world, operate, answer):
    """The job after the operator ended it in the moment in which the provider gives this answer."""
    job = await world.new_job()
    await world.runner.run(job.id, slot=False)

    async def submit(submission):
        assert (await operate.end(job.id, sure=True)).done
        if isinstance(answer, Exception):
            raise answer
        return answer

    world.provider.submit = submit
    step = await world.runner.run(job.id, slot=True)
    assert step.next is Next.ENDED
    return await world.storage.jobs.get(job.id)


async def test_a_clip_that_is_taken_after_its_job_was_ended_is_told_to_the_operator_by_its_name_there(world, operate):
    job = await ended_while_it_is_submitted(world, operate, Accepted("run-late"))
    assert (job.state, job.failure, job.charged) == (State.FAILED, Failure.STOPPED, 0)
    (told,) = world.notifier.told
    assert job.job_code in told
    assert "run-late" in told


async def test_nobody_searches_for_the_lost_answer_of_a_job_that_was_ended_meanwhile(world, operate):
    async with asyncio.timeout(5):
        job = await ended_while_it_is_submitted(world, operate, SubmitOutcomeUnknown("lost"))
    assert (job.state, job.failure) == (State.FAILED, Failure.STOPPED)
    assert (world.stages.lost._searches, world.notifier.told) == ({}, [])


async def test_a_row_that_can_not_be_read_is_ended_by_a_yes_alone(world, operate):
    job = await world.at(State.GENERATING)
    sql = "UPDATE jobs SET request = '{' WHERE id = :id"
    await world.storage.database.write(lambda transaction: transaction.run(sql, {"id": job.id}))
    assert not (await operate.end(job.id, sure=False)).done
    assert "install the version that wrote it" in text_of(await operate.retry(job.id, sure=True, new_id=NEW))
    assert await world.booked(job) == {"reserve": -30}
    assert [(await operate.end(job.id, sure=True)).done for _ in range(2)] == [True, True]
    assert await world.booked(job) == {"reserve": -30, "release": 30}


# -- retry -------------------------------------------------------------------------------------------------------------


async def test_a_job_that_waits_goes_on_under_the_reserve_that_it_has(world, operate):
    job = await world.at(State.PREPARING)
    job = await world.storage.transitions.advance(job, State.QUEUED, world.clock.now, not_before_ms=world.clock.now + 10**9)
    told = await operate.retry(job.id, sure=False, new_id=NEW)
    assert told.done
    assert "under the 30 credits reserved for it" in text_of(told)
    assert world.engine.woken == [job.id]
    assert (await world.storage.jobs.get(job.id)).not_before_ms is None
    assert await world.storage.jobs.get(NEW) is None


async def test_a_retry_forgets_since_when_the_job_has_been_in_trouble(world, operate):
    job = await world.at(State.PREPARING)
    now = world.clock.now
    job = await world.storage.transitions.advance(job, State.QUEUED, now, not_before_ms=now + 10**9, troubled_since_ms=now)
    await operate.retry(job.id, sure=False, new_id=NEW)
    assert (await world.storage.jobs.get(job.id)).troubled_since_ms is None


async def test_a_made_clip_is_posted_by_its_owners_word_alone(world, operate):
    job = await world.at(State.UNPOSTED)
    told = await operate.retry(job.id, sure=True, new_id=NEW)
    assert (told.done, "Post it here" in text_of(told)) == (False, True)
    assert await world.storage.jobs.get(job.id) == job


async def test_a_failed_job_is_booked_again_by_a_yes_alone_after_price_and_word_were_told(world, operate):
    old = await world.over()
    world.provider.running[old.provider_reference] = RunStatus(
        old.provider_reference, Phase.FAILED, detail=said("the model gave up"), billed=False
    )
    told = await operate.retry(old.id, sure=False, new_id=NEW)
    assert not told.done
    assert "costs member 7 90 credits" in text_of(told)
    assert f"scenario says of {old.provider_reference}: failed, the model gave up, not billed" in text_of(told)
    assert "Say --yes" in text_of(told)
    assert await world.storage.jobs.get(NEW) is None

    told = await operate.retry(old.id, sure=True, new_id=NEW)
    new = await world.storage.jobs.get(NEW)
    assert told.done
    assert (new.parent_id, new.request, new.seed, new.provider, new.cost) == (old.id, old.request, old.seed, "scenario", 90)
    assert world.engine.woken[-1] == NEW
    # Done again after a kill before the answer, it books no second job.
    again = await operate.retry(old.id, sure=True, new_id=NEW)
    assert again.done
    assert await world.booked(new) == {"reserve": -90}
    # Another request finds that the retry exists already.
    other = await operate.retry(old.id, sure=True, new_id=NEW + 1)
    assert (other.done, f"job {new.job_code} makes, or made" in text_of(other)) == (False, True)
    assert (await world.drive(new)).state is State.DONE


async def test_a_retry_is_shown_where_the_old_jobs_messages_are_and_has_no_token(world, operate):
    old = await placed(world.storage, await world.over(), card=32, thread=31, progress=33)
    await operate.retry(old.id, sure=True, new_id=NEW)
    address = (await world.storage.jobs.get(NEW)).address
    assert address == an_unasked_address(channel_id=31, in_place=True)
    assert address.by_operator


@pytest.mark.parametrize(
    ("found", "says", "books"),
    [
        ([], "lists no clip that could be this one", True),
        ([None], "can't be told apart", True),
        (["run-found"], "the clip exists. Take it from the provider as run-found", False),
    ],
)
async def test_a_job_of_unknown_end_is_searched_once_more_before_another_is_booked(world, operate, found, says, books):
    old = await world.over(State.UNKNOWN, None, before=State.SUBMITTING)
    world.provider.found.update(zip([old.id], found, strict=False))
    told = await operate.retry(old.id, sure=True, new_id=NEW)
    assert says in text_of(told)
    assert (told.done, await world.storage.jobs.get(NEW) is not None) == (books, books)


async def test_a_job_of_unknown_end_is_not_booked_again_while_its_provider_can_not_be_asked(world, operate):
    old = await world.over(State.UNKNOWN, None, before=State.SUBMITTING)

    async def find(_lost, _known):
        raise ProviderUnavailable("no route")

    world.provider.find = find
    told = await operate.retry(old.id, sure=True, new_id=NEW)
    assert (told.done, "Try again later" in text_of(told)) == (False, True)
    assert await world.storage.jobs.get(NEW) is None


async def test_a_member_without_the_credits_is_not_overdrawn(world, operate):
    old = await world.over()
    await world.storage.ledger.grant(7, None, -880, world.clock.now, "")
    told = await operate.retry(old.id, sure=True, new_id=NEW)
    assert not told.done
    assert "happyhorse quota grant 70 --member 7" in text_of(told)
    assert await world.storage.jobs.get(NEW) is None


async def test_a_clip_that_is_there_or_was_cancelled_is_not_tried_again(world, operate):
    for state in (State.DONE, State.CANCELLED):
        old = await world.over(state, None, before=State.DELIVERING)
        told = await operate.retry(old.id, sure=True, new_id=NEW)
        assert (told.done, "there is nothing to try again" in text_of(told)) == (False, True)
