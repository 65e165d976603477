"""A look at one unfinished job, computed only when somebody is about to see it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.job import Job, State
from bot.domain.line import expected_wait_ms
from bot.domain.progress import fraction
from bot.pipeline.watcher import Watcher
from bot.ports import Clock, Engine, Expectations, JobStore, Place, Progress

_ALMOST: dict[State, float] = {State.FETCHING: 0.96, State.FITTING: 0.97, State.DELIVERING: 0.99}
"""Bar of the stages after the clip is made; they take seconds."""


class JobGlances:
    """Implements `Glances`. Remembers per generating job the fullest bar it has shown, so that none goes backwards."""

    def __init__(
        self, jobs: JobStore, engine: Engine, watchers: Mapping[str, Watcher], expectations: Expectations, clock: Clock
    ) -> None:
        self._jobs = jobs
        self._engine = engine
        self._watchers = watchers
        self._expectations = expectations
        self._clock = clock
        self._shown: dict[int, float] = {}

    async def glance(self, job_id: int) -> Progress | None:
        job = await self._jobs.get(job_id)
        if job is None or job.ended:
            self._shown.pop(job_id, None)
            return None
        now = self._clock.now_ms()
        expected = await self._expectations.like(job.provider, job.request)
        in_line = self._engine.place(job_id) if job.state is State.QUEUED else None
        typical = None if expected is None else expected.median_ms
        wait = None if in_line is None else expected_wait_ms(in_line, self._engine.slots(job.provider), typical)
        place = Place(in_line, wait, expected)
        return Progress(job, self._fraction(job, now, place), now - job.created_at_ms, place, now)

    def _fraction(self, job: Job, now: int, place: Place) -> float:
        if job.state in _ALMOST:
            self._shown.pop(job.id, None)
            return _ALMOST[job.state]
        if job.state is not State.GENERATING or job.submitted_at_ms is None:
            return 0.0
        watcher = self._watchers.get(job.provider)
        reported = None if watcher is None else watcher.fraction(job.id)
        shown = self._shown.get(job.id, 0.0)
        value = fraction(reported, now - job.submitted_at_ms, place.experience, shown)
        self._shown[job.id] = value
        return value
