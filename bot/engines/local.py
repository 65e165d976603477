"""The engine of one process: decides when each job runs. It has a fair line, slots for each provider, and timers, and runs jobs
as asyncio tasks on the bot's own loop.

`JobRunner.run` is handed in with `start`. Its state is rebuilt from the store at the start: jobs with their turns, the gates.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from typing import Any, Final, Protocol

from bot.domain.backoff import obeyed
from bot.domain.clip import Kind
from bot.domain.fair_queue import Waiting
from bot.domain.job import HOLDS_A_SLOT, OUT_OF_LINE, Job, State
from bot.engines.line import FairLine
from bot.engines.slots import Slots
from bot.first_answers import FirstAnswers
from bot.ports import CEILING_SECONDS, Clock, Next, RunResult, Standstill, Why
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
_REST_SECONDS: Final = 5.0
"""How long a provider is left alone after a refusal without a `Retry-After`."""
_HOLD_SECONDS: Final = 5.0
"""The wait before the next try of a run that raised an error, mostly one of the store."""
_STOP_SECONDS: Final = 5.0
"""`stop` waits so long for cancelled runs to end. A job that is cut off resumes at the next start."""
_STAGE: Final = {state: number for number, state in enumerate(State)}


class Run(Protocol):
    def __call__(self, job_id: int, *, slot: bool) -> Awaitable[RunResult]: ...


class LocalEngine:
    """Implements `Engine`. `slots` is how many clips may be with a provider at a time until it says how many it takes. Each run
    lets `first_answers` go first; None where this process answers no members.
    """

    def __init__(self, clock: Clock, slots: int, first_answers: FirstAnswers | None = None) -> None:
        self._first_answers = first_answers or FirstAnswers()
        self.line = FairLine()
        self._clock = clock
        self._slots_at_first = slots
        self._slots: dict[str, Slots] = {}
        self._run: Run | None = None
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._early: set[int] = set()
        self._unused: set[int] = set()
        """Jobs that got a slot and have not changed their state since."""

    # -- the port ------------------------------------------------------------------------------------------------------

    def slots(self, provider: str) -> int:
        return self._at(provider).count

    def wake(self, job_id: int, *, again: bool = True) -> None:
        timer = self._timers.pop(job_id, None)
        if timer is not None:
            timer.cancel()
        if self._run is None:
            self._early.add(job_id)
        elif job_id in self._tasks:
            if again:
                self._again.add(job_id)
        else:
            self._start(job_id, slot=False)

    def state_changed(self, job: Job) -> None:
        slots = self._at(job.provider)
        self._unused.discard(job.id)
        if job.ended or job.state is State.UNPOSTED:
            # A made clip may wait days for its owner; it must not hold up the member's next clip.
            self._forget(job.id)
        elif job.state in HOLDS_A_SLOT:
            slots.take(job.id)
            self.line.started(job)
            if job.state is State.GENERATING:
                slots.gates.passed(job.id)
                # Counted only now, when the provider took the clip: a job that was refused keeps its position in line.
                self.line.served(job)
        else:
            slots.leave(job.id)
            if job.state is not State.QUEUED:
                self.line.started(job)
        self._fill()

    def full(self, provider: str, retry_after: float | None, ceiling: int | None) -> None:
        slots = self._at(provider)
        if ceiling is not None:
            slots.learn(ceiling, CEILING_SECONDS)
        now = slots.gates.standstill(None)
        since_ms = now.since_ms if now is not None and now.why is Why.BUSY else self._clock.now_ms()
        self.hold(provider, Standstill(Why.BUSY, since_ms), retry_after or _REST_SECONDS)

    def hold(self, provider: str, standstill: Standstill, seconds: float) -> None:
        until_ms = self._clock.now_ms() + int(obeyed(seconds) * 1000)
        self._at(provider).gates.at(standstill.kinds).shut(standstill, seconds, until_ms)

    def standstill(self, provider: str, kind: Kind) -> Standstill | None:
        return self._at(provider).gates.standstill(kind)

    def unclear(self, job: Job) -> None:
        self._at(job.provider).gates.gone(job.id)
        self._fill()

    def frees(self, job_id: int) -> None:
        for slots in self._slots.values():
            slots.leave(job_id)
        self._fill()

    def shared(self, provider: str) -> Slots:
        return self._at(provider)

    # -- life ----------------------------------------------------------------------------------------------------------

    def start(
        self,
        run: Run,
        unfinished: Iterable[Job] = (),
        park: Callable[[Job], None] | None = None,
        turns: Mapping[int, int] | None = None,
    ) -> None:
        """Takes up all unfinished jobs: generating ones are parked without a run, the others woken. `turns` has the members'
        last turns.
        """
        self._run = run
        self.line.had(turns or {})
        woken: list[Job] = []
        for job in unfinished:
            if job.state in OUT_OF_LINE:
                self.line.started(job)
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
        self._at(provider).allow(slots)
        self._fill()

    async def stop(self) -> None:
        """Cancels every run. Each job resumes from its last written state at the next start."""
        self._run = None
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        for slots in self._slots.values():
            slots.gates.stop()
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
                await self._first_answers.go_first()
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
        self.line.leave(job_id)

    def _forget(self, job_id: int) -> None:
        self.line.leave(job_id)
        for slots in self._slots.values():
            slots.forget(job_id)

    def _settle(self, job_id: int, step: RunResult) -> None:
        match step.next:
            case Next.IN_LINE if step.job is not None:
                self._at(step.job.provider).leave(job_id)
                self.line.join(step.job)
            case Next.LATER:
                if step.job is not None and step.job.state is State.QUEUED:
                    # It waits for something of its own (an upload, say): out of the line, without a slot.
                    self._give_back(job_id)
                for slots in self._slots.values():
                    # If it was the one that tries at a shut gate, another may try while it waits.
                    slots.gates.gone(job_id)
                loop = asyncio.get_running_loop()
                self._timers[job_id] = loop.call_later(step.seconds, self.wake, job_id)
            case Next.ENDED:
                self._forget(job_id)
            case _:
                pass
        self._fill()

    def _fill(self) -> None:
        while self._run is not None and self.line:
            waiting = self._next()
            if waiting is None:
                return
            self.line.take(waiting)
            self._at(waiting.provider).enter(waiting)
            self._unused.add(waiting.job_id)
            self._start(waiting.job_id, slot=True)

    def _next(self) -> Waiting | None:
        """The first job in line for which a slot is free. Jobs that have tried in vain at a shut gate come after the others.

        The line is not sorted where nobody waits for a provider that has a slot free: that happens at nearly every step of
        every job while one provider is full and another has nothing to do.
        """
        free = {provider: slots for provider, slots in self._slots.items() if slots.free and self.line.waits_for(provider)}
        if not free:
            return None
        for provider, slots in free.items():
            if slots.gates.any_shut:
                slots.gates.next_round(self.line.at(provider))
        for waiting in self.line.in_order():
            slots = free.get(waiting.provider)
            if slots is None or waiting.job_id in self._tasks:
                continue
            gates = slots.gates
            if not gates.any_shut or (gates.lets(waiting.kind) and not gates.has_tried(waiting)):
                return waiting
        return None

    def _at(self, provider: str) -> Slots:
        if provider not in self._slots:
            self._slots[provider] = Slots(provider, self._slots_at_first, self._fill)
        return self._slots[provider]


def _spawn(coroutine: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    return asyncio.create_task(coroutine, name=name)
