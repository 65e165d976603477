"""Asks the provider about all running clips with one question, in a loop, and wakes the jobs whose clips ended.

The job runner then reads the end with `observed` and decides what follows. Each clip costs a few numbers here and no task.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Final

from bot.detail import Detail, DetailCode
from bot.domain.job import Failure, Job
from bot.errors import ProviderError, ProviderRejected
from bot.notice import Part
from bot.pipeline.loop_backoff import RefusedKey, Trouble
from bot.ports import PHASES_OVER, Clock, Engine, Notifier, Phase, RunStatus, VideoProvider
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
_OVERDUE_PER_POLL: Final = 2
"""Overdue clips asked for by their id in each round, so that the number of requests stays small."""
_SILENT_POLLS: Final = 3
"""After so many rounds in a row without an answer members are told; one or two happen without a reason to worry."""
_UNANSWERED_MOST: Final = 60
"""An overdue clip is given up after so many unanswered questions by its id, while the question about all clips was answered."""
_POLLED_AGAIN_MS: Final = 60_000
"""An overdue clip that nobody answers for is asked for about once a minute."""
_SILENT_MOST_MS: Final = 24 * 3600 * 1000
"""After so long without any answer an overdue clip is given up, though its provider may be down as a whole."""


@dataclass(slots=True)
class _Watched:
    """`poll_at_ms`: not asked for by its id before then. `silent_ms`: since when such questions find no answer.

    `polled`: the provider was asked since this process watches it. `shown`: the fullest bar so far, 0 to 1.
    """

    job_id: int
    since_ms: int
    fraction: float | None = None
    unanswered: int = 0
    poll_at_ms: int = 0
    silent_ms: int | None = None
    polled: bool = False
    shown: float | None = None


class Watcher:
    """One loop per provider, with `beat` seconds between two rounds. A clip that runs longer than `give_up_ms` is asked for by
    its id, and fails as stuck unless that answer says that it ended.
    """

    def __init__(
        self,
        provider: VideoProvider,
        engine: Engine,
        notifier: Notifier,
        key: RefusedKey,
        clock: Clock,
        *,
        beat: float,
        give_up_ms: int,
    ) -> None:
        self._provider = provider
        self._engine = engine
        self._clock = clock
        self._trouble = Trouble(provider.name, notifier, clock, key, beat, Part.WATCHER)
        self._give_up_ms = give_up_ms
        self._watched: dict[str, _Watched] = {}
        self._by_job: dict[int, str] = {}
        self._observed: dict[int, RunStatus] = {}
        self._some = asyncio.Event()

    def watch(self, job: Job) -> None:
        """Asks about this generating job from now on. A second call changes nothing."""
        reference = job.provider_reference
        if reference is None or reference in self._watched:
            return
        self._watched[reference] = _Watched(job.id, job.submitted_at_ms or job.updated_at_ms)
        self._by_job[job.id] = reference
        self._some.set()

    def observed(self, job_id: int) -> RunStatus | None:
        """The end of this job's clip, given out once; None while it runs."""
        return self._observed.pop(job_id, None)

    def forget(self, job_id: int) -> None:
        """Stops watching: the job is over, or another process has it."""
        reference = self._by_job.pop(job_id, None)
        if reference is not None:
            self._watched.pop(reference, None)
        self._observed.pop(job_id, None)

    def fraction(self, job_id: int) -> float | None:
        """The furthest progress that the provider has reported, 0 to 1; None without one."""
        watched = self._of(job_id)
        return None if watched is None else watched.fraction

    def was_polled(self, job_id: int) -> bool:
        """Whether the provider was asked since this process watches the job. Before that, a missing figure means nothing."""
        watched = self._of(job_id)
        return watched is not None and watched.polled

    @property
    def unanswered(self) -> bool:
        """Whether the provider has not answered its last questions about running clips."""
        return self._trouble.times >= _SILENT_POLLS

    def fullest(self, job_id: int, fraction: float, least: float) -> float:
        """The larger of `fraction` (0 to 1) and the earlier bars of this job, so that its bar never goes backwards.

        `least` is the bar that an earlier process may have shown.
        """
        watched = self._of(job_id)
        if watched is None:
            return max(fraction, least)
        watched.shown = max(fraction, least if watched.shown is None else watched.shown)
        return watched.shown

    def _of(self, job_id: int) -> _Watched | None:
        reference = self._by_job.get(job_id)
        return None if reference is None else self._watched.get(reference)

    def __len__(self) -> int:
        return len(self._watched)

    async def run(self) -> None:
        """Watches until cancelled. After failures it asks less often, down to once a minute."""
        while True:
            if not self._watched:
                self._some.clear()
                await self._some.wait()
            try:
                with own_cancels_only():
                    await self.poll()
                wait = self._trouble.over()
            except Exception as error:  # noqa: BLE001  the loop outlives any one failure; each is logged or told
                wait = await self._trouble.wait(error, len(self._watched))
            await self._clock.sleep(wait)

    async def poll(self) -> None:
        """One round: one question about all running clips, and one each about a few overdue ones; wakes jobs whose clips ended.

        An error of the first question is raised after the overdue clips were asked for. Errors about one clip are only logged.
        """
        trouble = await self._poll_all()
        await self._poll_overdue(others_answered=trouble is None)
        if trouble is not None:
            raise trouble

    async def _poll_all(self) -> Exception | None:
        polled = tuple(self._watched.values())
        try:
            with own_cancels_only():
                statuses = await self._provider.statuses(tuple(self._watched))
        except Exception as error:  # noqa: BLE001  raised by `poll`, once the overdue clips were asked for
            return error
        for status in statuses:
            self._heard(status)
        for watched in polled:
            watched.polled = True
        return None

    def _heard(self, status: RunStatus) -> None:
        watched = self._watched.get(status.reference)
        if watched is None:
            return
        if status.phase in PHASES_OVER:
            self._end(status, watched)
        elif status.fraction is not None:
            watched.fraction = max(watched.fraction or 0.0, status.fraction)

    async def _poll_overdue(self, *, others_answered: bool) -> None:
        """Asks for a few overdue clips by their ids. Such a clip may have ended while no process ran, so it fails as stuck only
        after this question.
        """
        now = self._clock.now_ms()
        overdue = [
            (each.poll_at_ms, reference)
            for reference, each in self._watched.items()
            if each.since_ms < now - self._give_up_ms and each.poll_at_ms <= now
        ]
        for _, reference in sorted(overdue)[:_OVERDUE_PER_POLL]:
            watched = self._watched[reference]
            try:
                with own_cancels_only():
                    status = await self._provider.status(reference)
            except ProviderRejected as error:
                _log.warning("job %d is overdue, and asking for it was refused: %s", watched.job_id, error)
                status = None
            except Exception as error:  # noqa: BLE001  logged; one clip's trouble leaves the look of all others alone
                _log.warning(
                    "job %d is overdue, and asking for it found no answer: %s",
                    watched.job_id,
                    error,
                    exc_info=None if isinstance(error, ProviderError) else error,
                )
                if self._may_be_answered(watched, now, others_answered=others_answered):
                    continue
                status = None
            if status is not None:
                self._heard(status)
            if self._watched.get(reference) is watched:
                detail = Detail(DetailCode.NO_END, (self._give_up_ms // 60_000,))
                self._end(RunStatus(reference, Phase.FAILED, failure=Failure.TIMEOUT, detail=detail), watched)

    def _may_be_answered(self, watched: _Watched, now: int, *, others_answered: bool) -> bool:
        """Counts an unanswered question; whether to go on asking. Up to a day where the provider answers nothing at all, up to
        `_UNANSWERED_MOST` questions where it answers about other clips.

        Frees the clip's slot, so that other jobs need not wait for it.
        """
        watched.unanswered += others_answered
        watched.poll_at_ms = now + _POLLED_AGAIN_MS
        self._engine.frees(watched.job_id)
        if watched.silent_ms is None:
            watched.silent_ms = now
        return watched.unanswered < _UNANSWERED_MOST and now - watched.silent_ms < _SILENT_MOST_MS

    def _end(self, status: RunStatus, watched: _Watched) -> None:
        self._observed[watched.job_id] = status
        self._watched.pop(status.reference, None)
        self._by_job.pop(watched.job_id, None)
        self._engine.wake(watched.job_id)
