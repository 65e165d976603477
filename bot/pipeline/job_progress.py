"""Computes the progress of one unfinished job: bar, place in line, expected wait. Called when a message is about to show it."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from typing import Final

from bot.domain.fair_queue import expected_wait_ms
from bot.domain.job import MADE, Job, State
from bot.domain.progress import Experience, bringing, fraction
from bot.errors import StorageError
from bot.pipeline.provider_stages import ProviderStages
from bot.pipeline.waits import DAY_MS
from bot.ports import Clock, Engine, Estimates, Forecast, Hitch, JobMessages, JobReader, Progress

_log: Final = logging.getLogger(__name__)
_KEPT_STEP: Final = 5
"""Per cent. A bar is written down rounded up to such steps: twenty writes at most for each job, and after a restart the bar is
at most one step too full."""


class JobProgressReader:
    """Implements `ProgressReader`. Keeps no state: all is read from the store, the engine and the watcher."""

    def __init__(
        self,
        jobs: JobReader,
        job_messages: JobMessages,
        engine: Engine,
        provider_stages: Mapping[str, ProviderStages],
        estimates: Estimates,
        clock: Clock,
    ) -> None:
        self._jobs = jobs
        self._job_messages = job_messages
        self._engine = engine
        self._provider_stages = provider_stages
        self._estimates = estimates
        self._clock = clock

    async def progress_of(self, job_id: int) -> Progress | None:
        job = await self._jobs.get(job_id)
        if job is None or job.ended:
            return None
        now = self._clock.now_ms()
        expected = await self._estimates.like(job.provider, job.request)
        forecast = self._forecast(job, expected)
        elapsed = max(now - (job.submitted_at_ms or job.created_at_ms), 0)
        if job.state in MADE:
            bar = bringing(now - (job.generated_at_ms or now))
        else:
            bar = await self._making(job, elapsed, expected)
        return Progress(job, bar, elapsed, forecast, now, self._hitch(job))

    def _hitch(self, job: Job) -> Hitch | None:
        stages = self._provider_stages.get(job.provider)
        if stages is None:
            return None
        if job.state is State.GENERATING and stages.watcher.unanswered:
            return Hitch.PROVIDER
        return stages.hitches.of(job.id)

    def _forecast(self, job: Job, expected: Experience | None) -> Forecast:
        if job.state is not State.QUEUED:
            return Forecast(None, None, expected)
        in_line = self._engine.line.position(job.id)
        standstill = self._engine.standstill(job.provider, job.request.kind)
        if standstill is not None:
            return Forecast(in_line, None, expected, standstill, max(standstill.since_ms, job.created_at_ms) + DAY_MS)
        typical = None if expected is None else expected.median_ms
        wait = None if in_line is None else expected_wait_ms(in_line, self._engine.slots(job.provider), typical)
        return Forecast(in_line, wait, expected)

    async def _making(self, job: Job, elapsed_ms: int, expected: Experience | None) -> float | None:
        if job.state is not State.GENERATING:
            return None
        kept = None if job.bar_percent is None else job.bar_percent / 100
        told = None if job.told_percent is None else job.told_percent / 100
        stages = self._provider_stages.get(job.provider)
        if stages is None or not stages.watcher.was_polled(job.id):
            # Another process watches it, or nobody asked since the start: an estimate from the time alone might be lower than
            # the bar shown.
            return kept
        reported = stages.watcher.fraction(job.id)
        told = reported if told is None else max(reported or 0.0, told)
        estimate = fraction(told, elapsed_ms, expected)
        if estimate is None:
            return kept
        fullest = stages.watcher.fullest(job.id, estimate, kept or 0.0)
        await self._keep(job, fullest, told)
        return fullest

    async def _keep(self, job: Job, fullest: float, told: float | None) -> None:
        """Writes the bar down before it is shown, so that it does not go backwards after a restart."""
        percent = min(math.ceil(fullest * 100 / _KEPT_STEP) * _KEPT_STEP, 100)
        if percent <= (job.bar_percent or 0):
            return
        try:
            await self._job_messages.show_bar(job.id, percent, None if told is None else min(int(told * 100), 100))
        except StorageError as error:
            _log.info("job %s: how full its bar is could not be written down: %s", job.job_code, error)
