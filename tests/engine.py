"""A small engine in memory, for tests of what wakes jobs and asks for the line. `tests/fakes.py` has other adapters."""

from __future__ import annotations

from bot.domain.job import State
from bot.ports import ShutGate, Standstill


class StandingLine:
    """A waiting line whose jobs the test sets in `job_ids`."""

    def __init__(self) -> None:
        self.job_ids: list[int] = []

    def position(self, job_id):
        return None

    def waiting(self, provider, kinds, asked_before_ms=None):
        return list(self.job_ids)


class SharedStanding:
    """What `RecordingEngine` knows of a provider: one gate, at which every job may try."""

    def __init__(self, engine, provider) -> None:
        self._engine = engine
        self._provider = provider

    def shut_gates(self):
        return () if self._engine.standing is None else (ShutGate(self._engine.standing, 0),)

    def on_change(self, changed):
        pass

    def tries_at(self, job_id):
        return self.shut_gates()

    def learn_gate(self, gate, seconds):
        self._engine.hold(self._provider, gate.standstill, seconds)

    def learn(self, ceiling, seconds):
        self._engine.count = min(self._engine.count, ceiling)


class RecordingEngine:
    """Records the calls. `slots` is what it answers for the number of clips at a time."""

    def __init__(self, slots: int = 2) -> None:
        self.count = slots
        self.woken: list[int] = []
        self.moves: list = []
        self.refusals: list = []
        self.holds: list = []
        self.standing: Standstill | None = None
        self.unclear_jobs: list[int] = []
        self.freed: list[int] = []
        self.line = StandingLine()

    def wake(self, job_id, *, again=True):
        self.woken.append(job_id)

    def state_changed(self, job):
        self.moves.append(job.state)
        if job.state is State.GENERATING:
            self.standing = None

    def slots(self, provider):
        return self.count

    def full(self, provider, retry_after, ceiling):
        self.refusals.append((retry_after, ceiling))

    def hold(self, provider, standstill, seconds):
        self.holds.append((standstill, seconds))
        self.standing = standstill

    def shared(self, provider):
        return SharedStanding(self, provider)

    def standstill(self, provider, kind):
        return self.standing

    def unclear(self, job):
        self.unclear_jobs.append(job.id)

    def frees(self, job_id):
        self.freed.append(job_id)
