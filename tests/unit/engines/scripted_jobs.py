"""Replaces the job runner in tests of engines: runs jobs as the test says, and records the order of their starts."""

import asyncio

from bot.domain.job import State
from bot.ports import Next, RunResult
from tests.factories import a_job


class Script:
    """What each job does with and without a slot, and the order in which the engine started them."""

    def __init__(self, engine, members):
        self.engine = engine
        self.members = members
        self.started: list[int] = []
        self.waked: list[int] = []
        self.at_once = 0
        self.most_at_once = 0
        self.steps: dict[int, list] = {}
        self.turn = 0
        """The latest turn, as the store counts them: one for each clip that the provider took."""
        self.turns: dict[int, int] = {}
        self.changed = asyncio.Event()
        self.parks = True
        """Whether a clip with a slot is at its provider at once."""

    async def __call__(self, job_id, *, slot):
        job = a_job(job_id, member_id=self.members.get(job_id, job_id), turn=self.turns.setdefault(job_id, self.turn))
        self.changed.set()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if self.steps.get(job_id):
            step = self.steps[job_id].pop(0)
            if isinstance(step, Exception):
                raise step
            return step
        if not slot:
            self.waked.append(job_id)
            return RunResult(Next.IN_LINE, job)
        self.started.append(job_id)
        if not self.parks:
            return RunResult(Next.PARKED, job)
        self.turn += 1
        self.engine.state_changed(a_job(job_id, State.GENERATING, member_id=job.member_id, turn=self.turn))
        return RunResult(Next.PARKED, job)

    def end(self, job_id):
        self.engine.state_changed(a_job(job_id, State.DONE, member_id=self.members.get(job_id, job_id)))

    async def until(self, condition):
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110  the engine has no event for "settled"; one turn of the loop is the unit
                await asyncio.sleep(0)
