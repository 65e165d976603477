"""Whose clip goes next while members come and go: neither many requests nor quick ones of a member hold up others."""

import pytest

from bot.domain.job import State
from bot.ports import Next, RunResult
from tests.factories import a_job
from tests.unit.engines.scripted_jobs import Script


async def test_one_members_flood_does_not_hold_up_anyone_elses_first_clip(engine):
    engine.allow("preview", 1)
    script = Script(engine, dict.fromkeys(range(1, 6), 1) | {10: 2, 11: 3})
    engine.start(script)
    for job_id in (1, 2, 3, 4, 5, 10, 11):
        engine.wake(job_id)
    await script.until(lambda: script.started == [1] and engine.line.position(5) == 6)
    for _ in range(6):
        count = len(script.started)
        script.end(script.started[-1])
        await script.until(lambda count=count: len(script.started) > count)
    assert script.started == [1, 10, 11, 2, 3, 4, 5]


@pytest.mark.parametrize(("slots", "others", "patience"), [(1, 2, 3), (3, 5, 6)])
async def test_a_second_clip_waits_for_no_more_than_those_who_waited_already(engine, slots, others, patience):
    """Member 1 has all slots and one more clip in line. Others request one clip at a time, and the next once it is done."""
    engine.allow("preview", slots)
    script = Script(engine, dict.fromkeys(range(1, slots + 2), 1))
    engine.start(script)
    for job_id in range(1, slots + 1):
        engine.wake(job_id)
    await script.until(lambda: len(script.started) == slots)
    for member in range(2, others + 2):
        script.members[member + 100] = member
        engine.wake(member + 100)
    engine.wake(slots + 1)
    await script.until(lambda: engine.line.position(slots + 1) == others + 1)
    running, asked = list(script.started), 1000
    for _ in range(patience):
        count, done = len(script.started), running.pop(0)
        script.end(done)
        await script.until(lambda count=count: len(script.started) == count + 1)
        running.append(script.started[-1])
        if script.members[done] != 1:
            asked += 1
            script.members[asked] = script.members[done]
            engine.wake(asked)
            await script.until(lambda asked=asked: asked in script.started or engine.line.position(asked))
    assert slots + 1 in script.started


async def test_a_member_who_joins_the_line_later_is_served_later_whatever_they_had_before(engine):
    engine.allow("preview", 1)
    script = Script(engine, {1: 1, 2: 2, 3: 3, 4: 1})
    engine.start(script)
    for job_id in (1, 2):
        engine.wake(job_id)
    await script.until(lambda: script.started == [1] and engine.line.position(2) == 1)
    engine.wake(3)
    script.end(1)
    await script.until(lambda: script.started == [1, 2])
    engine.wake(4)
    await script.until(lambda: engine.line.position(4) == 2)
    script.members[5] = 4
    engine.wake(5)
    await script.until(lambda: engine.line.position(5) is not None)
    assert [engine.line.position(job_id) for job_id in (3, 4, 5)] == [1, 2, 3]


async def test_a_clip_that_was_refused_keeps_its_place_before_those_who_came_later(engine):
    engine.allow("preview", 1)
    script = Script(engine, {})
    script.parks = False
    engine.start(script)
    for job_id in (1, 2, 3):
        engine.wake(job_id)
    await script.until(lambda: script.started == [1])
    engine.full("preview", 3600, None)
    engine.state_changed(a_job(1, State.QUEUED, member_id=1))
    script.steps[1] = [RunResult(Next.IN_LINE, a_job(1, member_id=1))]
    engine.wake(1)
    engine.wake(4)
    await script.until(lambda: engine.line.position(4) == 4)
    assert [engine.line.position(job_id) for job_id in (1, 2, 3)] == [1, 2, 3]
