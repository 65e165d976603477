"""Two members submit equal clips, and the answers are lost or late. Real job runner against the sandbox's Scenario."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from bot.domain.job import State
from bot.engines.local import LocalEngine
from bot.pipeline.provider_stages import Pace
from bot.providers.scenario import Account, ScenarioProvider
from bot.storage import open_storage
from bot.wiring import Adapters, wire_jobs
from sandbox.testing.scenario import KEY, SECRET, served_scenario
from tests.factories import a_new_order, book, bounds
from tests.fakes import InstantMedia, NothingKept, RecordingNotifier
from tests.waiting import until

SUBMIT = {"method": "POST", "path": "/generate/custom/*"}


class SandboxClock:
    """The sandbox's clock. A sleep lets all other tasks run, then moves the clock forward."""

    def __init__(self, served):
        self.served = served

    def now_ms(self):
        return self.served.clock.now_ms()

    async def sleep(self, seconds):
        await asyncio.sleep(min(seconds, 0.01))
        self.served.clock.advance(seconds)


@pytest.fixture
async def served():
    async with served_scenario() as served:
        served.scenario.settings({"parallel": 9, "clip_seconds": 100_000})
        yield served


@pytest.fixture
async def twins(served, tmp_path):
    """The store, a process that runs its jobs and can be killed, and a function that books a job equal to the others."""
    (tmp_path / "work").mkdir()
    clock = SandboxClock(served)
    account = Account(KEY, SECRET, base_url=served.url)

    @asynccontextmanager
    async def process(storage):
        async with ScenarioProvider(account, clock) as provider:
            engine, notifier = LocalEngine(clock, 4), RecordingNotifier(storage.posts)
            adapters = Adapters(storage, InstantMedia(), {"scenario": provider}, engine, clock, NothingKept())
            pace, every = Pace(watch_seconds=0.5, give_up_ms=10**9, lost_ms=90_000), {}
            runner = wire_jobs(adapters, notifier, tmp_path / "work", pace, every)
            stages = every["scenario"]
            unfinished = await storage.job_recovery.take_over(clock.now_ms())
            runner.took_over({job.id: job.fence for job in unfinished})
            engine.start(runner.run, unfinished, runner.park)
            watching = asyncio.create_task(stages.run())
            try:
                yield engine
            finally:
                watching.cancel()
                await engine.stop()

    async with open_storage(tmp_path / "books.db") as storage:

        async def booked(number):
            new = a_new_order(number, member_id=number, provider="scenario", created_at_ms=clock.now_ms() + number)
            return await book(storage, new, bounds())

        yield storage, process, booked


async def generating(storage):
    jobs = [await storage.jobs.get(number) for number in (1, 2)]
    return all(job.state is State.GENERATING for job in jobs)


async def held(storage):
    return [(await storage.jobs.get(number)).provider_reference for number in (1, 2)]


async def test_two_equal_lost_submits_of_two_members_get_a_clip_each(served, twins):
    storage, process, booked = twins
    served.faults.add([SUBMIT | {"what": "reset_after", "times": 2}])
    async with process(storage) as engine:
        for number in (1, 2):
            engine.wake((await booked(number)).id)
        await until(lambda: generating(storage), 30)
    assert sorted(await held(storage)) == sorted(job["jobId"] for job in served.scenario.jobs())
    assert len(served.scenario.jobs()) == 2


async def test_two_equal_submits_that_a_kill_cut_off_get_a_clip_each(served, twins):
    storage, process, booked = twins
    served.faults.add([SUBMIT | {"what": "hold_after", "name": "answers"}])
    async with process(storage) as engine:
        for number in (1, 2):
            engine.wake((await booked(number)).id)
        assert await served.scenario.wait_for_jobs(2, 20)
    served.faults.clear()
    async with process(storage):
        await until(lambda: generating(storage), 30)
    assert sorted(await held(storage)) == sorted(job["jobId"] for job in served.scenario.jobs())
    assert len(served.scenario.jobs()) == 2


@pytest.mark.parametrize("listed_late", [True, False])
async def test_a_lost_submit_does_not_take_the_clip_of_an_equal_one_that_waits_for_its_answer(served, twins, listed_late):
    storage, process, booked = twins
    served.faults.add([SUBMIT | {"what": "reset_after", "times": 1}])
    async with process(storage) as engine:
        engine.wake((await booked(1)).id)
        assert await served.scenario.wait_for_jobs(1, 20)
        first = served.scenario.jobs()[0]["jobId"]
        if listed_late:
            served.scenario.book.all[first].hidden_until_ms = served.clock.now_ms() + 20_000
        served.faults.add([SUBMIT | {"what": "hold_after", "name": "answer"}])
        engine.wake((await booked(2)).id)
        assert await served.faults.held("answer", 20)
        searched = served.paths("GET").count("/jobs")

        async def searched_again():
            return served.paths("GET").count("/jobs") > searched + 3 or (await storage.jobs.get(1)).state is State.GENERATING

        await until(searched_again, 30)
        served.faults.release("answer")
        await until(lambda: generating(storage), 30)
    clips = [job["jobId"] for job in served.scenario.jobs()]
    assert await held(storage) == clips
    assert len(clips) == 2
