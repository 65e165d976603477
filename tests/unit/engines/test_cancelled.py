"""A library cancels something inside a run: the run counts as failed, the job runs again, and its slot is not lost."""

import asyncio

from bot.domain.job import State
from bot.engines.local import LocalEngine
from bot.ports import Next, RunResult
from tests.factories import a_job
from tests.fakes import ManualClock
from tests.virtual_time import played


async def _cancelled_from_inside():
    future = asyncio.get_running_loop().create_future()
    future.cancel()
    await future


class CancelledRuns:
    """Job 1 is cancelled from inside `times` times when it has a slot. After that, like all others, it goes to its provider."""

    def __init__(self, engine, times):
        self.engine = engine
        self.left = times
        self.with_slot = []

    async def __call__(self, job_id, *, slot):
        job = a_job(job_id, member_id=job_id)
        if not slot:
            return RunResult(Next.IN_LINE, job)
        self.with_slot.append(job_id)
        if job_id == 1 and self.left:
            self.left -= 1
            await _cancelled_from_inside()
        self.engine.state_changed(a_job(job_id, State.GENERATING, member_id=job_id))
        return RunResult(Next.PARKED, job)

    def end(self, job_id):
        self.engine.state_changed(a_job(job_id, State.DONE, member_id=job_id))


def test_the_next_in_line_has_the_slot_meanwhile():
    async def play():
        engine = LocalEngine(ManualClock(), slots=1)
        runs = CancelledRuns(engine, times=10**9)
        engine.start(runs)
        engine.wake(1)
        engine.wake(2)
        await asyncio.sleep(60)
        await engine.stop()
        return runs.with_slot

    assert played(play()) == [1, 2]


def test_the_job_comes_again_and_the_slot_is_there_for_it():
    async def play():
        engine = LocalEngine(ManualClock(), slots=1)
        runs = CancelledRuns(engine, times=2)
        engine.start(runs)
        engine.wake(1)
        await asyncio.sleep(60)
        runs.end(1)
        engine.wake(2)
        await asyncio.sleep(1)
        await engine.stop()
        return runs.with_slot

    assert played(play()) == [1, 1, 1, 2]


def test_a_wake_that_came_meanwhile_is_not_lost():
    async def play():
        engine = LocalEngine(ManualClock(), slots=1)
        ran = []

        async def run(job_id, *, slot):
            ran.append(job_id)
            if len(ran) == 1:
                engine.wake(job_id)
                await _cancelled_from_inside()
            return RunResult(Next.ENDED)

        engine.start(run)
        engine.wake(1)
        await asyncio.sleep(1)
        await engine.stop()
        return ran

    assert played(play()) == [1, 1]


def test_a_stop_still_ends_every_run():
    async def play():
        engine = LocalEngine(ManualClock(), slots=1)
        cut = []

        async def run(job_id, *, slot):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cut.append(job_id)
                raise

        engine.start(run)
        engine.wake(1)
        await asyncio.sleep(0)
        await engine.stop()
        return cut

    assert played(play()) == [1]
