"""The running bot does the requests that the operator's commands store in the database."""

import pytest

from bot.domain.job import Failure, State
from bot.pipeline.operator_worker import FRESH_MS, OperatorWorker
from bot.ports import OperatorAction
from bot.presentation.views.operator_answers import text_of

NEW = 9_001


async def ask(world, action, job, *, sure=True, age_ms=0):
    return await world.storage.requests.add(action, job.id, sure=sure, new_job_id=NEW, at_ms=world.clock.now - age_ms)


@pytest.fixture
def worker(world, operate):
    return OperatorWorker(world.storage.requests, operate, world.clock)


async def test_the_bot_takes_requests_up_in_order_and_answers_each(world, worker):
    waiting, failed = await world.at(State.QUEUED), await world.over()
    first = await ask(world, OperatorAction.END, waiting)
    second = await ask(world, OperatorAction.RETRY, failed)
    await worker.take_up()
    answers = [await world.storage.requests.answer_of(each) for each in (first, second)]
    assert [each.done for each in answers] == [True, True]
    assert await world.storage.requests.unanswered() == []
    await worker.take_up()
    assert world.engine.woken == [waiting.id, NEW]


async def test_a_request_that_was_carried_out_before_a_kill_is_only_answered(world, operate, worker):
    old = await world.over()
    request = await ask(world, OperatorAction.RETRY, old)
    await operate.retry(old.id, sure=True, new_id=NEW)
    # The process died here; the next one finds the request open, even days later.
    world.clock.now += FRESH_MS * 48
    world.engine.woken.clear()
    await worker.take_up()
    assert (await world.storage.requests.answer_of(request)).done
    # If only the database's answer was lost and the process lives, nothing else wakes the new job.
    assert world.engine.woken == [NEW]
    assert await world.booked(await world.storage.jobs.get(NEW)) == {"reserve": -90}


async def test_for_a_request_that_nobody_took_up_for_an_hour_nothing_is_done(world, worker):
    old = await world.over()
    queued = await world.at(State.QUEUED)
    resting = await world.at(State.PREPARING)
    until_ms = world.clock.now + 10**9
    resting = await world.storage.transitions.advance(resting, State.QUEUED, world.clock.now, not_before_ms=until_ms)
    asked = ((OperatorAction.RETRY, old), (OperatorAction.END, queued), (OperatorAction.RETRY, resting))
    requests = [await ask(world, action, job, age_ms=FRESH_MS + 1) for action, job in asked]
    await worker.take_up()
    for request in requests:
        assert "Nothing was done" in text_of(await world.storage.requests.answer_of(request))
    assert await world.storage.jobs.get(NEW) is None
    assert not (await world.storage.jobs.get(queued.id)).ended
    assert (await world.storage.jobs.get(resting.id)).not_before_ms == until_ms
    assert world.engine.woken == []


async def test_an_end_that_was_written_before_a_kill_is_finished_by_the_next_process(world, operate, worker):
    job = await world.at(State.GENERATING)
    request = await ask(world, OperatorAction.END, job)
    await world.storage.transitions.end(job, State.FAILED, world.clock.now, charged=0, failure=Failure.STOPPED)
    world.clock.now += FRESH_MS * 48
    world.provider.accepts_cancel = True
    await worker.take_up()
    answer = await world.storage.requests.answer_of(request)
    assert answer.done
    assert f"agreed. It may be billed at scenario as {job.provider_reference}." in text_of(answer)
    assert await world.booked(job) == {"reserve": -30, "release": 30}


async def test_a_request_that_breaks_is_answered_and_holds_up_no_other(world, operate, monkeypatch):
    broken, fine = await world.at(State.QUEUED), await world.at(State.QUEUED)

    async def breaks(job_id, *, sure):
        if job_id == broken.id:
            raise ValueError("a slip of ours")
        return await operate.end(job_id, sure=sure)

    class Breaking:
        end = staticmethod(breaks)
        retry = operate.retry

    worker = OperatorWorker(world.storage.requests, Breaking(), world.clock)
    requests = [await ask(world, OperatorAction.END, job) for job in (broken, fine)]
    await worker.take_up()
    assert [(await world.storage.requests.answer_of(each)).done for each in requests] == [False, True]
