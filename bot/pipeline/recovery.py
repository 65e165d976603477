"""Takes over what earlier processes left: unfinished jobs, half files, ends that no message shows. The application calls it at
the start and gives the jobs to the engine.

Jobs that may have broken the process are kept apart and run one at a time (`Apart`).
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.detail import Detail, DetailCode
from bot.domain.job import FREE_TO_CANCEL, STARTS_MOST, STARTS_TOGETHER, Failure, Job, State, job_code
from bot.errors import StorageError
from bot.notice import GivenUp, ProviderMissing, Unreadable
from bot.pipeline.provider_stages import ProviderStages
from bot.ports import Clock, Engine, JobReader, JobRecovery, JobTransitions, KeyValues, Notifier, Posts

_log: Final = logging.getLogger(__name__)
_LIFE: Final = "life"
_RUNS: Final = "runs"
_ENDED: Final = "ended in order"
_HEAD_START_LEAST_SECONDS: Final = 10.0
"""Before the first job that runs apart. Members are answered in this time; and systemd by default stops restarting a service
that ends five times within 10 s."""
_HEAD_START_MOST_SECONDS: Final = 60.0
"""The jobs kept apart begin when the others that were being worked on have moved on, and after this time in any case."""
_ALONE_SECONDS: Final = 60.0
"""A job that broke nothing for so long goes on, and the next one gets its turn beside it."""
_CHECK_SECONDS: Final = 1.0


async def life_began(key_values: KeyValues, clock: Clock) -> bool:
    """Writes down that a process runs. True where the process before it crashed or was killed."""
    broke = await key_values.read(_LIFE) == _RUNS
    await key_values.write(_LIFE, _RUNS, clock.now_ms())
    return broke


async def life_ended(key_values: KeyValues, clock: Clock) -> None:
    """Writes down that this process ends in order, so that no job is suspected to have broken it."""
    await key_values.write(_LIFE, _ENDED, clock.now_ms())


@dataclass(frozen=True, slots=True)
class TakenUp:
    """`unfinished` go on at once, `apart` later and one at a time. `unshown` have ended, and no message shows it yet.

    `fences`, by job id, are those under which this process holds the jobs, also the jobs of a provider that is not configured.
    `turns`, by member id, are the members' last turns at the providers.
    """

    unfinished: list[Job]
    apart: list[Job]
    unshown: list[Job]
    fences: dict[int, int]
    turns: dict[int, int]


async def take_up(
    job_recovery: JobRecovery,
    posts: Posts,
    transitions: JobTransitions,
    provider_stages: Mapping[str, ProviderStages],
    notifier: Notifier,
    clock: Clock,
    *,
    broke: bool = False,
) -> TakenUp:
    """Takes over every unfinished job and finds those whose end is not shown. `broke` is the answer of `life_began`.

    Jobs of a provider that is not configured any more: one that was not submitted ends uncharged; one that is with that
    provider waits for it to be configured again. The operator is told. A job during which the process died `STARTS_MOST` times
    ends as our fault.
    """
    unfinished = await job_recovery.take_over(clock.now_ms(), broke=broke)
    # Files of jobs that can't be read stay too: one may be a paid clip.
    ids = {job.id for job in unfinished} | job_recovery.unreadable().keys()
    for stages in provider_stages.values():
        stages.finishing.sweep(ids)
        await stages.holds.load({job.id for job in unfinished})
    stranded = [job for job in unfinished if job.provider not in provider_stages]
    # The operator is told first: when the jobs end, their members read that the operator was told.
    await _tell(notifier, stranded)
    for job in stranded:
        if job.state in FREE_TO_CANCEL:
            detail = Detail(DetailCode.NOT_CONFIGURED, (job.provider,))
            await _end(job, Failure.OPERATOR, detail, transitions, clock)
    # Unposted clips go on even without their provider: they need a run to end after three days.
    able = [job for job in unfinished if job.provider in provider_stages or job.state is State.UNPOSTED]
    for job in able:
        if job.starts >= STARTS_MOST:
            await _give_up(job, transitions, notifier, clock)
    unshown = await posts.behind(clock.now_ms())
    await _tell_unreadable(notifier, sorted(job_recovery.unreadable()))
    for job in unshown:
        if job.starts >= STARTS_MOST:
            _log.error("the bot broke off %d times while it showed the end of job %s", job.starts, job.job_code)
            await posts.shown(job)
    apart = [job for job in (*able, *unshown) if STARTS_TOGETHER <= job.starts < STARTS_MOST]
    if apart:
        _log.warning(
            "the bot broke off %d times while it worked at %s", STARTS_TOGETHER, ", ".join(job.job_code for job in apart)
        )
    return TakenUp(
        [job for job in able if job.starts < STARTS_TOGETHER],
        sorted(apart, key=lambda job: (job.starts, job.id)),
        [job for job in unshown if job.starts < STARTS_TOGETHER],
        {job.id: job.fence for job in (*unfinished, *unshown)},
        await job_recovery.turns(),
    )


class Apart:
    """Runs jobs that may have broken the process one after the other, those with the fewest broken starts first.

    `others` were taken over at the same time and go first. Each start is counted on disk before the job runs. So the job that
    breaks the process reaches its limit, and a job that only ran beside it gets through in its turn and counts from 0 again.
    """

    def __init__(
        self,
        apart: Iterable[Job],
        others: Iterable[Job],
        jobs: JobReader,
        job_recovery: JobRecovery,
        engine: Engine,
        park: Callable[[Job], None],
        clock: Clock,
    ) -> None:
        self._waiting = deque(apart)
        self._others = deque(job for job in others if job.starts)
        self._jobs = jobs
        self._job_recovery = job_recovery
        self._engine = engine
        self._park = park
        self._clock = clock

    async def run(self) -> None:
        """Returns when each of them had its turn."""
        if self._waiting:
            await self._head_start()
        while self._waiting:
            job = self._waiting[0]
            if await self._job_recovery.count_start(job):
                _log.warning("job %s runs in a turn of its own, start %d in %s", job.job_code, job.starts + 1, job.state)
                if job.state is State.GENERATING:
                    self._park(job)
                else:
                    self._engine.wake(job.id)
                await self._through(job)
            else:
                # Another process has it, or has ended it: a run finds that out, and gives its slot back.
                self._engine.wake(job.id)
            self._waiting.popleft()

    async def _head_start(self) -> None:
        await self._clock.sleep(_HEAD_START_LEAST_SECONDS)
        left = _HEAD_START_MOST_SECONDS - _HEAD_START_LEAST_SECONDS
        while self._others and left > 0:
            while self._others and await self._is_through(self._others[0]):
                self._others.popleft()
            await self._clock.sleep(_CHECK_SECONDS)
            left -= _CHECK_SECONDS

    async def _through(self, job: Job) -> None:
        left = _ALONE_SECONDS
        while left > 0:
            await self._clock.sleep(_CHECK_SECONDS)
            left -= _CHECK_SECONDS
            if await self._is_through(job):
                return

    async def _is_through(self, job: Job) -> bool:
        now = await self._jobs.get(job.id)
        return now is None or now.state is not job.state or now.starts == 0


async def _give_up(job: Job, transitions: JobTransitions, notifier: Notifier, clock: Clock) -> None:
    known_as = None if job.state in FREE_TO_CANCEL or job.preview else job.known_as
    await notifier.tell_operator(GivenUp(job.job_code, job.provider, job.state.value, job.starts, known_as))
    detail = Detail(DetailCode.PROCESS_DIED, (job.starts, job.state.value))
    await _end(job, Failure.OURS, detail, transitions, clock)


async def _end(job: Job, failure: Failure, detail: Detail, transitions: JobTransitions, clock: Clock) -> None:
    try:
        await transitions.end(job, State.FAILED, clock.now_ms(), charged=0, failure=failure, detail=detail)
    except StorageError as error:
        # The next start tries again; the others go on.
        _log.error("job %s could not be ended: %s", job.job_code, error)


async def _tell_unreadable(notifier: Notifier, ids: Sequence[int]) -> None:
    if ids:
        await notifier.tell_operator(Unreadable(tuple(job_code(each) for each in ids)))


async def _tell(notifier: Notifier, stranded: Sequence[Job]) -> None:
    for over in (False, True):
        codes = tuple(job.job_code for job in stranded if (job.state in FREE_TO_CANCEL) is over)
        if codes:
            await notifier.tell_operator(ProviderMissing(codes, over=over))
