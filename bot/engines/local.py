"""The engine of one process: asyncio tasks on the bot's own loop, a fair line, a number of slots at the provider.

It knows which jobs wait, run and hold a slot, all of it rebuilt from the store at start; it does not know what a run does.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, Final, Protocol

from bot.domain.job import HOLDS_A_SLOT, Job, State
from bot.domain.line import Waiting, in_order
from bot.ports import Clock, Step, Turn

_log: Final = logging.getLogger(__name__)
_HOLD_SECONDS: Final = 5.0
"""How long the line rests after a refusal for which the provider gave no time."""
_STOP_SECONDS: Final = 5.0
"""A stop waits this long for runs to reach their next await; what is cut off resumes at the next start."""


class Run(Protocol):
    def __call__(self, job_id: int, *, slot: bool) -> Awaitable[Step]: ...


class LocalEngine:
    """Implements `Engine`. `slots` is how many clips may be with the provider at a time."""

    def __init__(self, clock: Clock, slots: int) -> None:
        self._clock = clock
        self._slots = slots
        self._run: Run | None = None
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._line: dict[int, Waiting] = {}
        self._order: deque[int] | None = None
        self._places: dict[int, int] | None = None
        self._holding: dict[int, int] = {}
        self._out_of_line: dict[int, int] = {}
        self._served: dict[int, int] = {}
        self._turns = itertools.count(1)
        self._early: set[int] = set()
        self._rest: asyncio.TimerHandle | None = None

    # -- the port ------------------------------------------------------------------------------------------------------

    @property
    def slots(self) -> int:
        return self._slots

    def wake(self, job_id: int) -> None:
        timer = self._timers.pop(job_id, None)
        if timer is not None:
            timer.cancel()
        if self._run is None:
            self._early.add(job_id)
        elif job_id in self._tasks:
            self._again.add(job_id)
        else:
            self._start(job_id, slot=False)

    def place(self, job_id: int) -> int | None:
        if job_id not in self._line:
            return None
        if self._places is None:
            self._places = {each: place for place, each in enumerate(self._ordered(), 1)}
        return self._places.get(job_id)

    def moved(self, job: Job) -> None:
        if job.ended:
            self._leave_line(job.id)
            self._holding.pop(job.id, None)
            if self._out_of_line.pop(job.id, None) is not None:
                self._order = self._places = None
        elif job.state in HOLDS_A_SLOT:
            self._holding[job.id] = job.member_id
            self._out_of_line[job.id] = job.member_id
        else:
            self._holding.pop(job.id, None)
            if job.state is not State.QUEUED:
                self._out_of_line[job.id] = job.member_id
        self._fill()

    def full(self, retry_after: float | None, ceiling: int | None) -> None:
        if ceiling is not None and 0 < ceiling < self._slots:
            _log.warning("the provider takes %d clips at a time, not %d", ceiling, self._slots)
            self._slots = ceiling
        # Even with a known ceiling: others may use the same account, and an immediate retry only repeats the refusal.
        self._pause(retry_after or _HOLD_SECONDS)

    # -- life ----------------------------------------------------------------------------------------------------------

    def start(self, run: Run, unfinished: Iterable[Job] = (), park: Callable[[Job], None] | None = None) -> None:
        """Takes up all unfinished jobs: generating ones are parked without a run, the others woken."""
        self._run = run
        for job in unfinished:
            if job.state is not State.QUEUED:
                self._out_of_line[job.id] = job.member_id
            if job.state in HOLDS_A_SLOT:
                self._holding[job.id] = job.member_id
            if job.state is State.GENERATING and park is not None:
                park(job)
            else:
                self._early.add(job.id)
        early, self._early = sorted(self._early), set()
        for job_id in early:
            self.wake(job_id)

    def allow(self, slots: int) -> None:
        """The provider takes this many at a time."""
        self._slots = slots
        self._fill()

    async def stop(self) -> None:
        """Cuts every run off. Nothing is lost: each resumes from its last written state."""
        self._run = None
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        if self._rest is not None:
            self._rest.cancel()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_STOP_SECONDS)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _start(self, job_id: int, *, slot: bool) -> None:
        self._tasks[job_id] = _spawn(self._turn(job_id, slot=slot), f"job-{job_id}")

    async def _turn(self, job_id: int, *, slot: bool) -> None:
        try:
            run = self._run
            if run is None:
                return
            step = await run(job_id, slot=slot)
        except Exception:  # noqa: BLE001  logged; a run words its own failures, what comes through is the store's
            _log.exception("job %d could not be run, next try in %s s", job_id, _HOLD_SECONDS)
            step = Step(Turn.LATER, None, _HOLD_SECONDS)
        finally:
            self._tasks.pop(job_id, None)
        if self._run is None:
            return
        self._settle(job_id, step)
        if job_id in self._again:
            self._again.discard(job_id)
            self.wake(job_id)

    def _settle(self, job_id: int, step: Step) -> None:
        match step.turn:
            case Turn.IN_LINE if step.job is not None:
                self._out_of_line.pop(job_id, None)
                self._holding.pop(job_id, None)
                if job_id not in self._line:
                    self._line[job_id] = Waiting(job_id, step.job.member_id)
                    self._order = self._places = None
            case Turn.LATER:
                loop = asyncio.get_running_loop()
                self._timers[job_id] = loop.call_later(step.seconds, self.wake, job_id)
            case Turn.ENDED:
                self._leave_line(job_id)
                self._holding.pop(job_id, None)
                self._out_of_line.pop(job_id, None)
            case _:
                pass
        self._fill()

    def _fill(self) -> None:
        while self._run is not None and self._line and len(self._holding) < self._slots and self._rest is None:
            order = self._ordered()
            job_id = next((each for each in order if each not in self._tasks), None)
            if job_id is None:
                return
            # Taking a member's first in line keeps everyone's rank (its count moves from waiting to running), so the
            # order stays good and thousands of slots are filled without sorting thousands of times.
            order.remove(job_id)
            self._places = None
            member_id = self._line.pop(job_id).member_id
            self._holding[job_id] = self._out_of_line[job_id] = member_id
            self._served[member_id] = next(self._turns)
            self._start(job_id, slot=True)

    def _ordered(self) -> deque[int]:
        if self._order is None:
            running = Counter(self._out_of_line.values())
            here = {each.member_id for each in self._line.values()} | running.keys()
            self._served = {member_id: turn for member_id, turn in self._served.items() if member_id in here}
            self._order = deque(each.job_id for each in in_order(self._line.values(), running, self._served))
        return self._order

    def _leave_line(self, job_id: int) -> None:
        if self._line.pop(job_id, None) is not None:
            self._order = self._places = None

    def _pause(self, seconds: float) -> None:
        if self._rest is not None:
            self._rest.cancel()
        self._rest = asyncio.get_running_loop().call_later(seconds, self._resume)

    def _resume(self) -> None:
        self._rest = None
        self._fill()


def _spawn(coroutine: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    return asyncio.create_task(coroutine, name=name)
