"""The line, slots and later tries of `LocalEngine`."""

import asyncio

import pytest

from bot.domain.job import State
from bot.engines import line
from bot.engines.local import LocalEngine
from bot.ports import Next, RunResult
from tests.factories import a_job
from tests.fakes import ManualClock
from tests.unit.engines.scripted_jobs import Script


@pytest.fixture
def sorts(monkeypatch):
    """Has an entry for each time that the line was sorted."""
    made, real = [], line.in_order
    monkeypatch.setattr(line, "in_order", lambda *arguments: made.append(1) or real(*arguments))
    return made


async def test_no_more_clips_run_than_the_provider_takes_and_a_freed_slot_is_filled(engine):
    script = Script(engine, {})
    engine.start(script)
    for job_id in range(1, 6):
        engine.wake(job_id)
    await script.until(lambda: len(script.started) == 2 and len(script.waked) == 5)
    assert script.started == [1, 2]
    assert [engine.line.position(job_id) for job_id in range(1, 6)] == [None, None, 1, 2, 3]
    script.end(1)
    await script.until(lambda: len(script.started) == 3)
    assert script.started[-1] == 3
    assert engine.line.position(4) == 1


async def test_a_clip_that_its_provider_does_not_answer_for_gives_its_slot_to_the_next(engine):
    script = Script(engine, {})
    engine.start(script)
    for job_id in (1, 2, 3, 4):
        engine.wake(job_id)
    await script.until(lambda: len(script.started) == 2)
    for _ in range(2):
        engine.frees(1)
    await script.until(lambda: len(script.started) == 3)
    script.end(1)
    assert engine.line.position(4) == 1


async def test_many_wakes_are_one_run_at_a_time(engine):
    script = Script(engine, {})
    engine.start(script)
    for _ in range(50):
        engine.wake(1)
    await script.until(lambda: script.started == [1])
    assert script.most_at_once == 1
    assert len(script.waked) <= 2


async def test_a_job_that_runs_when_it_is_only_to_be_looked_at_is_not_run_again(engine):
    script = Script(engine, {})
    engine.start(script)
    engine.wake(1)
    engine.wake(1, again=False)
    await script.until(lambda: script.started == [1])
    for _ in range(5):
        # Turns of the loop in which a second run would begin and be noted.
        await asyncio.sleep(0)
    assert script.waked == [1]
    engine.wake(1, again=False)
    await script.until(lambda: script.waked == [1, 1])


async def test_when_a_provider_is_full_the_line_waits_and_its_ceiling_is_kept(engine):
    script = Script(engine, {})
    engine.start(script)
    engine.full("preview", 0.01, 1)
    for job_id in (1, 2, 3):
        engine.wake(job_id)
    await script.until(lambda: len(script.waked) == 3)
    assert script.started == []
    await script.until(lambda: script.started == [1])
    assert engine.slots("preview") == 1


async def test_of_two_refusals_the_longer_rest_holds(engine):
    script = Script(engine, {})
    engine.start(script)
    engine.full("preview", 3600, None)
    engine.full("preview", 0.001, None)
    engine.wake(1)
    engine.wake(2)
    script.steps[3] = [RunResult(Next.LATER, None, 0.05), RunResult(Next.ENDED)]
    engine.wake(3)
    await script.until(lambda: not script.steps[3])
    assert script.started == []


async def test_after_a_rest_one_clip_goes_first_and_the_others_once_it_was_taken(engine):
    engine.allow("preview", 5)
    script = Script(engine, {})
    script.parks = False
    engine.start(script)
    engine.full("preview", 0.01, None)
    for job_id in (1, 2, 3):
        engine.wake(job_id)
    await script.until(lambda: script.started == [1])
    await script.until(lambda: engine.line.position(2) == 1)
    assert script.started == [1]
    engine.state_changed(a_job(1, State.GENERATING, member_id=1))
    await script.until(lambda: script.started == [1, 2, 3])


async def test_a_provider_that_is_full_holds_up_no_other(engine):
    engine.allow("preview", 1)
    engine.allow("scenario", 1)
    script = Script(engine, {})
    script.steps[1] = [RunResult(Next.IN_LINE, a_job(1, member_id=1, provider="scenario"))]
    engine.start(script, [a_job(9, State.GENERATING, member_id=9, provider="scenario")], lambda job: None)
    engine.wake(1)
    engine.wake(2)
    await script.until(lambda: script.started == [2])
    assert engine.line.position(1) == 1


async def test_a_position_counts_only_jobs_that_wait_for_the_same_provider(engine):
    engine.allow("preview", 0)
    engine.allow("scenario", 0)
    script = Script(engine, {})
    for job_id in (1, 3, 4):
        script.steps[job_id] = [RunResult(Next.IN_LINE, a_job(job_id, member_id=job_id, provider="scenario"))]
    engine.start(script)
    for job_id in (1, 2, 3, 4, 5):
        engine.wake(job_id)
    await script.until(lambda: engine.line.position(5) is not None)
    assert [engine.line.position(job_id) for job_id in (1, 2, 3, 4, 5)] == [1, 1, 2, 3, 2]
    engine.allow("scenario", 1)
    assert [engine.line.position(job_id) for job_id in (2, 3, 4, 5)] == [1, 1, 2, 2]


async def test_a_later_step_comes_back_by_itself_and_a_wake_comes_earlier(engine):
    script = Script(engine, {})
    script.steps[1] = [RunResult(Next.LATER, None, 0.001)]
    script.steps[2] = [RunResult(Next.LATER, None, 3600)]
    engine.start(script)
    engine.wake(1)
    engine.wake(2)
    await script.until(lambda: script.started == [1])
    engine.wake(2)
    await script.until(lambda: script.started == [1, 2])


async def test_a_cancelled_job_leaves_the_line(engine):
    engine.allow("preview", 0)
    script = Script(engine, {})
    engine.start(script)
    engine.wake(1)
    engine.wake(2)
    await script.until(lambda: engine.line.position(2) == 2)
    script.steps[1] = [RunResult(Next.ENDED, a_job(1, State.CANCELLED))]
    engine.wake(1)
    await script.until(lambda: engine.line.position(2) == 1)
    assert engine.line.position(1) is None


async def test_a_start_takes_up_every_unfinished_job_and_running_ones_hold_their_slots(engine):
    script = Script(engine, {})
    parked = []
    unfinished = [a_job(1, State.GENERATING), a_job(2, State.QUEUED), a_job(3, State.FETCHING), a_job(4, State.QUEUED)]
    engine.start(script, unfinished, lambda job: parked.append(job.id))
    script.steps[3] = [RunResult(Next.ENDED, a_job(3, State.DONE))]
    await script.until(lambda: script.started == [2] and engine.line.position(4) == 1)
    assert parked == [1]


async def test_a_start_takes_up_first_what_is_nearest_its_end(engine):
    script = Script(engine, {})
    states = [State.QUEUED, State.FETCHING, State.DELIVERING, State.SUBMITTING, State.FITTING]
    engine.start(script, [a_job(number, state) for number, state in enumerate(states, 1)])
    await script.until(lambda: len(script.waked) == 5)
    assert script.waked == [3, 5, 2, 4, 1]


async def test_what_was_woken_before_the_start_runs_at_the_start(engine):
    script = Script(engine, {})
    engine.wake(1)
    engine.start(script)
    await script.until(lambda: script.started == [1])


async def test_a_run_that_breaks_is_logged_and_does_not_stop_the_others(engine, caplog):
    script = Script(engine, {})
    script.steps[1] = [RuntimeError("disk gone")]
    engine.start(script)
    engine.wake(1)
    engine.wake(2)
    await script.until(lambda: script.started == [2])
    assert "disk gone" in caplog.text


async def test_a_run_that_fails_after_its_submit_keeps_its_slot(engine, caplog):
    script = Script(engine, {})

    async def run(job_id, *, slot):
        if slot and job_id == 1:
            engine.state_changed(a_job(1, State.SUBMITTING, member_id=1))
            raise RuntimeError("can't be read after its submit")
        return await script(job_id, slot=slot)

    engine.start(run)
    for job_id in (1, 2, 3):
        engine.wake(job_id)
    await script.until(lambda: script.started == [2] and 3 in script.waked and "after its submit" in caplog.text)
    for _ in range(10):
        await asyncio.sleep(0)
    assert (script.started, engine.line.position(3)) == ([2], 1)


async def test_a_stop_cuts_runs_off_and_nothing_starts_after_it():
    engine = LocalEngine(ManualClock(), slots=1)
    reached = asyncio.Event()

    async def forever(job_id, *, slot):
        reached.set()
        await asyncio.Event().wait()

    engine.start(forever)
    engine.wake(1)
    await reached.wait()
    await engine.stop()
    engine.wake(2)
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("job-")]


async def test_thousands_of_slots_are_filled_without_sorting_thousands_of_times(engine, sorts):
    engine.allow("preview", 0)
    script = Script(engine, {n: n % 7 for n in range(3000)})
    engine.start(script)
    for job_id in range(3000):
        engine.wake(job_id)
    await script.until(lambda: len(script.waked) == 3000)
    sorts.clear()
    engine.allow("preview", 3000)
    await script.until(lambda: len(script.started) == 3000)
    assert len(sorts) < 10


async def test_the_line_of_a_full_provider_is_not_sorted_for_one_that_has_nothing_to_do(engine, sorts):
    engine.allow("preview", 0)
    engine.allow("scenario", 4)
    script = Script(engine, {n: n % 7 for n in range(300)})
    engine.start(script)
    for job_id in range(300):
        engine.wake(job_id)
    await script.until(lambda: len(script.waked) == 300)
    assert not sorts
