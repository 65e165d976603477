"""What a start finds in the store: unfinished jobs, how often a process died on them, and ends that no message shows yet."""

from __future__ import annotations

from bot.domain.job import State
from tests.contract.store.state_paths import PATH, make
from tests.factories import NOW_MS


async def test_a_take_over_returns_every_unfinished_job_oldest_first_with_a_new_fence(storage):
    for number, age in ((5, 1), (3, 2), (4, 0)):
        await make(storage, number, created_at_ms=NOW_MS - age)
    await storage.transitions.end(await make(storage, 9), State.FAILED, NOW_MS, charged=0)

    first = await storage.job_recovery.take_over(NOW_MS)
    second = await storage.job_recovery.take_over(NOW_MS)

    assert [(job.id, job.fence) for job in first] == [(3, 1), (5, 1), (4, 1)]
    assert [(job.id, job.fence) for job in second] == [(3, 2), (5, 2), (4, 2)]
    assert await storage.transitions.advance(second[0], State.PREPARING, NOW_MS) is not None


async def at(storage, number, *states, **changes):
    job = await make(storage, number, **changes)
    for state in states:
        job = await storage.transitions.advance(job, state, NOW_MS)
    return job


async def test_after_a_process_died_its_running_jobs_are_counted_and_waiting_ones_are_not(storage):
    for number in range(len(PATH) + 1):
        await at(storage, number + 1, *PATH[:number], provider="scenario")
    await at(storage, 10, *PATH[:3], provider="preview")
    jobs = await storage.job_recovery.take_over(NOW_MS, broke=True)
    assert {job.state for job in jobs if job.starts == 0} == {State.QUEUED, State.GENERATING}
    assert {job.id for job in jobs if job.starts == 1} == {2, 3, 5, 6, 7, 10}


async def test_a_later_state_and_an_orderly_stop_reset_the_count(storage):
    await at(storage, 1, State.PREPARING)
    await at(storage, 2, State.PREPARING)
    for _ in range(2):
        one, two = await storage.job_recovery.take_over(NOW_MS, broke=True)
    assert (one.starts, two.starts) == (2, 2)
    assert (await storage.transitions.advance(one, State.SUBMITTING, NOW_MS)).starts == 0
    assert [job.starts for job in await storage.job_recovery.take_over(NOW_MS)] == [0, 0]


async def test_from_the_third_start_on_only_a_run_apart_from_others_counts(storage):
    await at(storage, 1, State.PREPARING)
    for _ in range(5):
        (job,) = await storage.job_recovery.take_over(NOW_MS, broke=True)
    assert job.starts == 3
    assert await storage.job_recovery.count_start(job)
    (taken,) = await storage.job_recovery.take_over(NOW_MS, broke=True)
    assert taken.starts == 4
    assert not await storage.job_recovery.count_start(job), "an old fence counts nothing"


async def test_an_end_that_breaks_the_process_whenever_it_is_shown_is_counted_too(storage):
    job = await storage.transitions.end(await make(storage, 1), State.FAILED, NOW_MS, charged=0)
    for _ in range(5):
        await storage.job_recovery.take_over(NOW_MS, broke=True)
    (found,) = await storage.posts.behind(NOW_MS)
    assert (found.id, found.starts) == (job.id, 3)
    assert await storage.job_recovery.count_start(found)
    await storage.posts.shown(found)
    assert (await storage.jobs.get(1)).starts == 0
    assert not await storage.job_recovery.count_start(found)


async def test_an_end_that_no_message_shows_is_found_until_it_is_shown(storage):
    later, earlier, running = [await make(storage, number) for number in (1, 2, 3)]
    await storage.transitions.end(later, State.FAILED, NOW_MS + 2, charged=0)
    await storage.transitions.end(earlier, State.FAILED, NOW_MS + 1, charged=0)

    assert [job.id for job in await storage.posts.behind(NOW_MS)] == [2, 1]
    await storage.posts.shown(await storage.jobs.get(2))
    await storage.posts.shown(running)  # it has not ended, so there is no end to show
    await storage.transitions.end(running, State.CANCELLED, NOW_MS + 3, charged=0)
    assert [job.id for job in await storage.posts.behind(NOW_MS)] == [1, 3]
