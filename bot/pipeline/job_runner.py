"""Runs a job: reads its state, does the next stage, writes the result. The engine calls it; safe to run again at any point.

The stages themselves (submit, fetch, post, ...) are in `submitting` and `finishing`.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Final

from bot.domain.job import MADE, Failure, Job, State, job_code
from bot.domain.nonce import TAKEN_OVER_MS
from bot.domain.post import Purpose
from bot.errors import DeliveryError, Interrupted, StorageError, UnreadableJob
from bot.fair_semaphore import FairSemaphore
from bot.notice import Unpaid
from bot.pipeline.held_jobs import HeldJobs
from bot.pipeline.loop_backoff import ToldOfJobs
from bot.pipeline.provider_stages import ProviderStages
from bot.pipeline.retries import Retries
from bot.pipeline.stage_result import Advanced, End, Later, Parked, StageResult, advanced
from bot.pipeline.unposted import time_is_over
from bot.ports import Clock, Engine, JobReader, JobTransitions, Next, Notifier, Phase, Posts, RunResult, RunStatus
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
_ANNOUNCING_AT_ONCE: Final = 8
"""Cards posted at once. More would not be faster: Discord takes 50 requests a second, and commands need some of them."""
_ANNOUNCING_IN_ONE_CHANNEL: Final = 2
"""Discord limits requests by channel: jobs that wait for one busy channel must not use up all places."""
_NO_PROVIDER_SECONDS: Final = 300.0
"""Between two looks at a job whose provider is not configured any more."""


class JobRunner:
    """Runs jobs, each through its provider's stages (`provider_stages`, by the provider's name). One run per job at a time; the
    engine sees to that."""

    def __init__(
        self,
        jobs: JobReader,
        transitions: JobTransitions,
        posts: Posts,
        engine: Engine,
        notifier: Notifier,
        provider_stages: Mapping[str, ProviderStages],
        clock: Clock,
        held: HeldJobs,
    ) -> None:
        self._jobs = jobs
        self._transitions = transitions
        self._posts = posts
        self._engine = engine
        self._notifier = notifier
        self._provider_stages = provider_stages
        self._clock = clock
        self._announcing = FairSemaphore(_ANNOUNCING_IN_ONE_CHANNEL, _ANNOUNCING_AT_ONCE)
        self._announced: set[int] = set()
        self._held_jobs = held
        self._retries = Retries()
        self._told = ToldOfJobs(notifier)

    def took_over(self, fences: Mapping[int, int]) -> None:
        """Called with the jobs of earlier processes: the new fence of each, by job id."""
        self._held_jobs.took_over(fences)

    async def run(self, job_id: int, *, slot: bool) -> RunResult:
        """Takes the job through its stages until it has to wait or has ended. `slot`: the engine gave it a place at the
        provider.

        Raises `StorageError` where the database can't even be read, and nothing else. Unexpected errors are
        logged with the job's code and tried again; in the end the member is told that it is our fault. Nothing is done for a
        job that another process took over.
        """
        try:
            return await self._run(job_id, slot=slot)
        except UnreadableJob as error:
            # The store has logged why. The job stays as it is, and this runner keeps nothing of it.
            _log.warning("job %s is not run: %s", job_code(job_id), error.why)
            return RunResult(Next.ENDED)

    async def _run(self, job_id: int, *, slot: bool) -> RunResult:
        job = await self._held(job_id)
        while job is not None:
            if job.ended:
                return await self._close(job)
            if job.state is State.QUEUED and not slot:
                job = await self._shown(job)
                if job is None or job.state is not State.QUEUED:
                    continue
            result = await self._guarded(job, slot=slot)
            slot = False
            match result:
                case None:
                    # Someone else moved the job (a cancel, most likely): read its state again, and whether it is still ours.
                    job = await self._held(job_id)
                case Advanced(job=job):
                    self._retries.over(job_id)
                    self._goes_on(job)
                    self._engine.state_changed(job)
                case Later(seconds=seconds):
                    return self._later(job, seconds)
                case Parked.IN_LINE:
                    self._goes_on(job)
                    return RunResult(Next.IN_LINE, job)
                case Parked.AT_PROVIDER:
                    self.park(job)
                    return RunResult(Next.PARKED, job)
        return RunResult(Next.ENDED)

    def _later(self, job: Job, seconds: float) -> RunResult:
        if job.state in MADE:
            # The wait may last hours. After a restart, and after a failed post, its progress is not followed yet.
            self._notifier.follow(job.id)
        return RunResult(Next.LATER, job, seconds)

    def _goes_on(self, job: Job) -> None:
        stages = self._provider_stages.get(job.provider)
        if stages is not None:
            stages.hitches.over(job.id)

    def park(self, job: Job) -> None:
        """Leaves a generating job to the watcher. Called directly after a restart, so that such a job needs no run."""
        stages = self._provider_stages.get(job.provider)
        if stages is not None:
            stages.watcher.watch(job)
        self._notifier.follow(job.id)

    async def _shown(self, job: Job) -> Job | None:
        """Sees that the job has its card and that its progress is followed; once for each job in this process.

        The job as it is then. None, or in another state, where another process took it over or it ended while it waited long
        for its turn. Then its card is left as it is: it may be the posted clip by now.
        """
        if job.id not in self._announced:
            if job.address.progress_id is None:
                read_ms = self._clock.now_ms()
                async with self._announcing.of(job.address.channel_id):
                    if self._clock.now_ms() - read_ms >= TAKEN_OVER_MS:
                        now = await self._held(job.id)
                        if now is None or now.state is not State.QUEUED:
                            return now
                        job = now
                    job = await self._announce(job)
            self._announced.add(job.id)
            self._notifier.follow(job.id)
        return job

    async def _announce(self, job: Job) -> Job:
        try:
            with own_cancels_only():
                return await self._notifier.announce(job)
        except Exception:  # noqa: BLE001  logged with the reference; the clip is worth more than its card
            _log.exception("job %s could not be announced, it goes on", job.job_code)
            return job

    async def _guarded(self, job: Job, *, slot: bool) -> Advanced | Later | Parked | None:
        """Runs one stage. If its result is an end, writes that down; a stage has written any other transition itself."""
        try:
            result = await self._result(job, slot=slot)
            return await self._end(result) if isinstance(result, End) else result
        except StorageError as error:
            stages = self._provider_stages.get(job.provider)
            if stages is not None:
                stages.hitches.note(job.id, error)
            return self._retries.unwritten(job, error)

    async def _result(self, job: Job, *, slot: bool) -> StageResult:
        try:
            with own_cancels_only():
                return await self._stage(job, slot=slot)
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001  logged with the reference, retried, then told to the member
            return self._retries.unexpected(job, error)

    async def _stage(self, job: Job, *, slot: bool) -> StageResult:  # noqa: PLR0911  one for each state
        stages = self._provider_stages.get(job.provider)
        if stages is None:
            return self._stranded(job)
        match job.state:
            case State.QUEUED:
                return await (stages.submitting.take_slot if slot else stages.submitting.line_up)(job)
            case State.PREPARING:
                return await stages.submitting.prepare(job)
            case State.SUBMITTING:
                return await stages.submitting.resume(job)
            case State.GENERATING:
                return await self._generated(job, stages)
            case State.FETCHING:
                return await stages.finishing.fetch(job)
            case State.FITTING:
                return await stages.finishing.fit(job)
            case State.DELIVERING:
                return await stages.finishing.deliver(job)
            case State.UNPOSTED:
                return await stages.finishing.wait_for_owner(job)
            case _:
                return None

    def _stranded(self, job: Job) -> Later | End:
        """The job's provider is not configured any more: it waits. A made clip that could not be posted still ends in time."""
        over = time_is_over(job, self._clock.now_ms()) if job.state is State.UNPOSTED else None
        if over is None:
            _log.warning("job %s waits for provider %s, which is not configured any more", job.job_code, job.provider)
        return over or Later(_NO_PROVIDER_SECONDS)

    async def _generated(self, job: Job, stages: ProviderStages) -> StageResult:
        status = stages.watcher.observed(job.id)
        if status is None:
            return Parked.AT_PROVIDER
        if status.phase is Phase.SUCCEEDED:
            now = self._clock.now_ms()
            return advanced(await self._transitions.advance(job, State.FETCHING, now, generated_at_ms=now))
        if status.phase is Phase.CANCELLED:
            # An owner who threw the clip away pays for it. Nobody pays where a moderator, or nobody here, had it cancelled.
            if status.billed and job.discard and not job.moderated_away:
                return End(job, State.CANCELLED, charged=job.cost)
            return End(job, State.CANCELLED, told=_unpaid(job, status))
        failure = status.failure or Failure.PROVIDER
        return End(job, State.FAILED, failure=failure, detail=status.detail, told=_unpaid(job, status))

    async def _end(self, end: End) -> Advanced | None:
        if end.told is not None:
            await self._told.tell(end.job.id, end.told)
        ended = await self._transitions.end(
            end.job,
            end.state,
            self._clock.now_ms(),
            charged=end.charged,
            failure=end.failure,
            detail=end.detail,
            posted=end.posted,
            outputs=end.outputs,
        )
        if ended is not None:
            _log.info("job %s ended %s, charged %d, %s", ended.job_code, ended.state, end.charged, end.detail or "no remark")
        return advanced(ended)

    async def _held(self, job_id: int) -> Job | None:
        """The job as it is now; None where it is gone, or where another process owns it.

        Another's job is forgotten here silently. Its files stay while it goes on, since the other process may use them; once it
        has ended nobody else removes what was put there since. The fence in the row read here may be another's.
        """
        job = await self._jobs.get(job_id)
        if job is None or self._held_jobs.holds(job):
            return job
        _log.info("job %s is another process's, nothing is done for it here", job.job_code)
        self._forget(job, lost=True)
        if job.ended:
            self._tidy(job)
        self._retries.shown(job.id)
        self._held_jobs.forget(job.id)
        return None

    def _forget(self, job: Job, *, lost: bool = False) -> None:
        self._notifier.unfollow(job, lost=lost)
        stages = self._provider_stages.get(job.provider)
        if stages is not None:
            stages.watcher.forget(job.id)
            stages.submitting.tidy(job)
            stages.finishing.forget(job, lost=lost)
        self._goes_on(job)
        self._announced.discard(job.id)
        self._retries.over(job.id)
        self._told.forget(job.id)

    def _tidy(self, job: Job) -> None:
        stages = self._provider_stages.get(job.provider)
        if stages is not None:
            stages.finishing.tidy(job)

    async def _close(self, job: Job) -> RunResult:
        self._forget(job)
        self._tidy(job)
        self._engine.state_changed(job)
        try:
            await self._posts.shown(job, await self._show_end(job), self._clock.now_ms())
        except (DeliveryError, Interrupted, StorageError) as error:
            # The end is written and charged; only the messages do not show it yet, and `Posts.behind` lists it after a restart.
            _log.warning("job %s: its end can't be shown for now: %s", job.job_code, error)
            return RunResult(Next.LATER, job, self._retries.unshown(job, error))
        self._retries.shown(job.id)
        self._held_jobs.forget(job.id)
        return RunResult(Next.ENDED, job)

    async def _show_end(self, job: Job) -> Collection[Purpose]:
        """The messages that can't show it yet: Discord refuses to edit them for now."""
        try:
            with own_cancels_only():
                return await self._notifier.ended(job)
        except (DeliveryError, Interrupted, StorageError):
            raise
        except Exception:  # noqa: BLE001  logged with the reference; what can't be shown must not be tried for ever
            _log.exception("job %s: its end could not be shown", job.job_code)
            return ()


def _unpaid(job: Job, status: RunStatus) -> Unpaid | None:
    """What the operator is told of a clip that was or may be billed and that no member pays for; None where it was not
    billed.
    """
    if status.billed is False:
        return None
    billed, cancelled = bool(status.billed), status.phase is Phase.CANCELLED
    moderated = cancelled and job.moderated_away
    return Unpaid(job.job_code, job.provider, job.provider_reference, billed, cancelled, moderated, status.detail)
