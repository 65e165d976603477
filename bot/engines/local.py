"""The engine of one process: decides when each job runs. It has a fair line, slots for each provider, and timers, and runs jobs
as asyncio tasks on the bot's own loop.

`JobRunner.run` is handed in with `start`. All state is in memory and rebuilt from the store at the start.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from itertools import takewhile
from typing import Any, Final, Protocol

from bot.domain.clip import Kind
from bot.domain.fair_queue import Waiting, in_order
from bot.domain.job import HOLDS_A_SLOT, OUT_OF_LINE, Job, State
from bot.engines.slots import Slots
from bot.ports import Clock, Next, RunResult, Standstill, Why
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
_REST_SECONDS: Final = 5.0
"""How long a provider is left alone after a refusal without a `Retry-After`."""
_HOLD_SECONDS: Final = 5.0
"""Until the next try of a run that raised an error, which is mostly the store's."""
_STOP_SECONDS: Final = 5.0
"""`stop` waits so long for cancelled runs to end. A job that is cut off resumes at the next start."""
_STAGE: Final = {state: number for number, state in enumerate(State)}


class Run(Protocol):
    def __call__(self, job_id: int, *, slot: bool) -> Awaitable[RunResult]: ...


class LocalEngine:
    """Implements `Engine`. `slots` is how many clips may be with a provider at a time until it says how many it takes."""

    def __init__(self, clock: Clock, slots: int) -> None:
        self._clock = clock
        self._slots_at_first = slots
        self._slots: dict[str, Slots] = {}
        self._run: Run | None = None
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._line: dict[int, Waiting] = {}
        self._order: deque[int] | None = None
        self._positions: dict[int, int] | None = None
        self._out_of_line: dict[int, int] = {}
        self._turns = 0
        self._served: dict[int, int] = {}
        self._joined: dict[int, float] = {}
        self._early: set[int] = set()
        self._unused: set[int] = set()
        """Jobs that were given a place at the provider and have not moved since."""

    # -- the port ------------------------------------------------------------------------------------------------------

    def slots(self, provider: str) -> int:
        return self._at(provider).count

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

    def position(self, job_id: int) -> int | None:
        if job_id not in self._line:
            return None
        if self._positions is None:
            before: Counter[str] = Counter()
            self._positions = {}
            for each in self._ordered():
                before[self._line[each].provider] += 1
                self._positions[each] = before[self._line[each].provider]
        return self._positions.get(job_id)

    def state_changed(self, job: Job) -> None:
        slots = self._at(job.provider)
        self._unused.discard(job.id)
        if job.ended or job.state is State.UNPOSTED:
            # A made clip may wait days for its owner; it must not hold up the member's next clip.
            self._forget(job.id)
        elif job.state in HOLDS_A_SLOT:
            slots.take(job.id)
            self._out_of_line[job.id] = job.member_id
            if job.state is State.GENERATING:
                slots.passed(job.id)
                # Counted only now, when the provider took the clip: a job that was refused keeps its position in line.
                self._turns += 1
                self._served[job.member_id] = self._turns
                self._joined.pop(job.id, None)
        else:
            slots.leave(job.id)
            if job.state is not State.QUEUED:
                self._out_of_line[job.id] = job.member_id
        self._fill()

    def full(self, provider: str, retry_after: float | None, ceiling: int | None) -> None:
        slots = self._at(provider)
        if ceiling is not None:
            slots.learn(ceiling)
        now = slots.standing
        since_ms = now.since_ms if now is not None and now.why is Why.BUSY else self._clock.now_ms()
        slots.refuse(Standstill(Why.BUSY, since_ms), retry_after or _REST_SECONDS)

    def hold(self, provider: str, standstill: Standstill, seconds: float) -> None:
        self._at(provider).refuse(standstill, seconds)

    def standstill(self, provider: str, kind: Kind) -> Standstill | None:
        return self._at(provider).standstill(kind)

    def unclear(self, job: Job) -> None:
        self._at(job.provider).gives_way(job.id)
        self._fill()

    def frees(self, job_id: int) -> None:
        for slots in self._slots.values():
            slots.leave(job_id)
        self._fill()

    def waiting(self, provider: str, kinds: frozenset[Kind] | None, asked_before_ms: int | None = None) -> list[int]:
        return [
            each.job_id
            for each in self._line.values()
            if each.provider == provider
            and (kinds is None or each.kind in kinds)
            and (asked_before_ms is None or each.asked_ms < asked_before_ms)
        ]

    # -- life ----------------------------------------------------------------------------------------------------------

    def start(self, run: Run, unfinished: Iterable[Job] = (), park: Callable[[Job], None] | None = None) -> None:
        """Takes up all unfinished jobs: generating ones are parked without a run, the others woken."""
        self._run = run
        woken: list[Job] = []
        for job in unfinished:
            if job.state in OUT_OF_LINE:
                self._out_of_line[job.id] = job.member_id
            if job.state in HOLDS_A_SLOT:
                self._at(job.provider).take(job.id)
            if job.state is State.GENERATING and park is not None:
                park(job)
            else:
                woken.append(job)
        # Jobs nearest their end first: their clips are paid for, and need little more work than a look at their file.
        woken.sort(key=lambda job: (-_STAGE[job.state], job.id))
        early, self._early = sorted(self._early), set()
        for job_id in dict.fromkeys((*(job.id for job in woken), *early)):
            self.wake(job_id)

    def allow(self, provider: str, slots: int) -> None:
        """Sets how many clips the provider takes at a time."""
        self._at(provider).count = slots
        self._fill()

    async def stop(self) -> None:
        """Cancels every run. Each job resumes from its last written state at the next start."""
        self._run = None
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        for slots in self._slots.values():
            slots.stop()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_STOP_SECONDS)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _start(self, job_id: int, *, slot: bool) -> None:
        self._tasks[job_id] = _spawn(self._run_once(job_id, slot=slot), f"job-{job_id}")

    async def _run_once(self, job_id: int, *, slot: bool) -> None:
        try:
            run = self._run
            if run is None:
                return
            with own_cancels_only():
                step = await run(job_id, slot=slot)
        except Exception:  # noqa: BLE001  logged; a run handles its own failures, so this is mostly the store's
            _log.exception("job %d could not be run, next try in %s s", job_id, _HOLD_SECONDS)
            if job_id in self._unused:
                # It did not use its slot: give it to the next in line.
                self._give_back(job_id)
            step = RunResult(Next.LATER, None, _HOLD_SECONDS)
        finally:
            self._tasks.pop(job_id, None)
            self._unused.discard(job_id)
        if self._run is None:
            return
        self._settle(job_id, step)
        if job_id in self._again:
            self._again.discard(job_id)
            self.wake(job_id)

    def _give_back(self, job_id: int) -> None:
        for slots in self._slots.values():
            slots.leave(job_id)
        if self._out_of_line.pop(job_id, None) is not None:
            self._order = self._positions = None

    def _forget(self, job_id: int) -> None:
        self._leave_line(job_id)
        self._joined.pop(job_id, None)
        self._give_back(job_id)
        for slots in self._slots.values():
            slots.forget(job_id)

    def _settle(self, job_id: int, step: RunResult) -> None:
        match step.next:
            case Next.IN_LINE if step.job is not None:
                self._out_of_line.pop(job_id, None)
                self._at(step.job.provider).leave(job_id)
                if job_id not in self._line:
                    # A job that was sent back keeps the position of its first time in line.
                    joined = self._joined.setdefault(job_id, self._turns - 0.5)
                    job = step.job
                    self._line[job_id] = Waiting(
                        job_id, job.member_id, job.provider, joined, job.request.kind, job.created_at_ms
                    )
                    self._order = self._positions = None
            case Next.LATER:
                if step.job is not None and step.job.state is State.QUEUED:
                    # It waits for something of its own (an upload, say): out of the line, without a slot.
                    self._leave_line(job_id)
                    self._give_back(job_id)
                for slots in self._slots.values():
                    # If it was the one that tries at a shut gate, another may try while it waits.
                    slots.gives_way(job_id)
                loop = asyncio.get_running_loop()
                self._timers[job_id] = loop.call_later(step.seconds, self.wake, job_id)
            case Next.ENDED:
                self._forget(job_id)
            case _:
                pass
        self._fill()

    def _fill(self) -> None:
        while self._run is not None and self._line:
            job_id = self._next()
            if job_id is None:
                return
            waiting = self._line.pop(job_id)
            self._take_from_order(job_id, waiting.member_id)
            self._at(waiting.provider).enter(waiting)
            self._out_of_line[job_id] = waiting.member_id
            self._unused.add(job_id)
            self._start(job_id, slot=True)

    def _take_from_order(self, job_id: int, member_id: int) -> None:
        """Removes the job from the sorted line, and keeps that order where it is still right.

        It is right if the job was its member's first in line: what counts is the member's waiting and running jobs together. So
        thousands of slots are filled without sorting each time. Otherwise the line is sorted again.
        """
        order = self._ordered()
        earlier = takewhile(lambda each: each != job_id, order)
        if any(self._line[each].member_id == member_id for each in earlier):
            self._order = None
        else:
            order.remove(job_id)
        self._positions = None

    def _next(self) -> int | None:
        """The first job in line for which a slot is free. Jobs that have tried in vain at a shut gate come after the others."""
        free = {provider: slots for provider, slots in self._slots.items() if slots.free}
        if not free:
            return None
        order = self._ordered()
        for provider, slots in free.items():
            if slots.shut:
                slots.next_round([each for each in self._line.values() if each.provider == provider])
        for job_id in order:
            waiting = self._line[job_id]
            slots = free.get(waiting.provider)
            if slots is None or job_id in self._tasks:
                continue
            if not slots.shut or (slots.lets(waiting.kind) and not slots.has_tried(waiting)):
                return job_id
        return None

    def _at(self, provider: str) -> Slots:
        if provider not in self._slots:
            self._slots[provider] = Slots(provider, self._slots_at_first, self._fill)
        return self._slots[provider]

    def _ordered(self) -> deque[int]:
        if self._order is None:
            running = Counter(self._out_of_line.values())
            # Members without a job here are dropped: their next job counts from when it joins the line.
            here = {each.member_id for each in self._line.values()} | running.keys()
            self._served = {member_id: turn for member_id, turn in self._served.items() if member_id in here}
            self._order = deque(each.job_id for each in in_order(self._line.values(), running, self._served))
        return self._order

    def _leave_line(self, job_id: int) -> None:
        if self._line.pop(job_id, None) is not None:
            self._order = self._positions = None


def _spawn(coroutine: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    return asyncio.create_task(coroutine, name=name)
