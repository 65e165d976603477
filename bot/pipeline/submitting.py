"""The stages up to the provider: upload pictures and line up, submit at most once, search for a lost answer. `JobRunner` calls
them.

The state `submitting` with seed and time is on disk before the request is sent. So after a kill the clip is searched at the
provider, and never submitted again without a search.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import Final

from bot.detail import Detail, DetailCode
from bot.domain.job import Failure, Job, State
from bot.errors import ProviderError, ReferenceHeld, SubmitOutcomeUnknown
from bot.notice import TakenAfterEnd, Unfound
from bot.pipeline.holds import Holds
from bot.pipeline.lost_submits import Fate, LostSubmits
from bot.pipeline.pictures import Pictures
from bot.pipeline.refusing import Refusing
from bot.pipeline.stage_result import End, Parked, StageResult, advanced
from bot.pipeline.submission import lost, submission
from bot.ports import Accepted, Clock, Engine, JobReader, JobTransitions, KeptPictures, Notifier, ProviderShut, VideoProvider

_log: Final = logging.getLogger(__name__)
_SUBMITS_AT_ONCE: Final = 16
"""More would not start clips sooner, and the watcher's requests would have to wait for a connection."""
_SUBMITS_THAT_NEVER_ARRIVED: Final = 3
"""After so many the job fails: something between us and the provider is broken."""


class Submitting:
    def __init__(
        self,
        provider: VideoProvider,
        jobs: JobReader,
        transitions: JobTransitions,
        kept_pictures: KeptPictures,
        pictures: Pictures,
        holds: Holds,
        engine: Engine,
        notifier: Notifier,
        lost: LostSubmits,
        clock: Clock,
    ) -> None:
        self._provider = provider
        self._jobs = jobs
        self._transitions = transitions
        self._kept_pictures = kept_pictures
        self._pictures = pictures
        self._holds = holds
        self._engine = engine
        self._notifier = notifier
        self._lost = lost
        self._clock = clock
        self._refusing = Refusing(transitions, pictures, holds, clock)
        self._submits = asyncio.Semaphore(_SUBMITS_AT_ONCE)
        # Counted apart from a job's tries, and in memory: after a restart a job gets these tries again.
        self._never_arrived: Counter[int] = Counter()
        # Answers that could not be written down yet; and jobs whose answer named a clip that another job had by then. Both were
        # accepted, so they are never submitted again. After a kill they are searched like any lost submit.
        self._answers: dict[int, Accepted] = {}
        self._accepted_before: set[int] = set()

    async def line_up(self, job: Job) -> StageResult:
        """Prepares a queued job for the line: ends one that is unwanted or overdue, and uploads its pictures."""
        if job.discard:
            return unwanted(job)
        waited = self._holds.overdue(job) or self._refusing.still_waits(job)
        if waited is not None:
            return waited
        missing = await self._pictures.missing(job)
        if not missing:
            return Parked.IN_LINE
        try:
            handed_over = await self._pictures.hand_over(job, missing)
        except ProviderError as error:
            return await self._refusing.upload(job, error)
        if not handed_over:
            return None
        self._refusing.uploaded()
        if job.not_before_ms is None:
            return Parked.IN_LINE
        now = self._clock.now_ms()
        return advanced(await self._transitions.advance(job, State.QUEUED, now, not_before_ms=None, troubled_since_ms=None))

    async def take_slot(self, job: Job) -> StageResult:
        """Queued to preparing: the engine gave it a place at the provider."""
        if job.discard:
            return unwanted(job)
        now, tries_at, opened = (
            self._clock.now_ms(),
            self._engine.shared(job.provider).tries_at(job.id),
            self._holds.gates.opened(),
        )
        try:
            return advanced(await self._transitions.enter(job, now, tries_at, opened))
        except ProviderShut as shut:
            _log.info("job %s goes back into line: %s", job.job_code, shut)
            await self._holds.look()
            return Parked.IN_LINE

    async def prepare(self, job: Job) -> StageResult:
        """Writes the intent and submits."""
        images = await self._pictures.known(job)
        if images is None:
            # The provider forgot a picture since then, or an older version left the job here: upload again from the start.
            return advanced(await self._transitions.advance(job, State.QUEUED, self._clock.now_ms()))
        async with self._submits:
            now = self._clock.now_ms()
            intent = await self._transitions.advance(
                job, State.SUBMITTING, now, tries=job.tries + 1, submitted_at_ms=now, not_before_ms=None
            )
            if intent is None:
                return None
            self._engine.state_changed(intent)
            if intent.discard:
                # Thrown away just before the submit: nothing was sent, so nothing is charged.
                return unwanted(intent)
            refusals = self._holds.refusals
            answer = await self._submit(intent, images)
        # Outside the semaphore: the search for a lost answer may take long, and others must be able to submit.
        match answer:
            case Accepted():
                _log.info("job %s is with %s as %s, %s units", job.job_code, job.provider, answer.reference, answer.units)
                self._refusing.accepted(intent, refusals)
                return await self._accepted(intent, answer)
            case SubmitOutcomeUnknown():
                _log.warning("job %s: the submit's answer was lost, searching: %s", job.job_code, answer)
                if answer.code is not None and not self._refusing.is_its_own(intent, answer):
                    self._holds.stumbled(answer, job.request.kind)
                # Read the job again before the search: the operator may have ended it meanwhile.
                return None
            case _:
                return await self._refusing.submit(intent, answer)

    async def resume(self, job: Job) -> StageResult:
        """The answer to the job's submit was lost, or the process stopped before it came: finds out whether it arrived."""
        answer = self._answers.get(job.id)
        if answer is not None:
            return await self._accepted(job, answer)
        self._engine.unclear(job)
        fate = await self._lost.fate(await lost(job, self._kept_pictures))
        if isinstance(fate, str):
            _log.info("job %s: found its lost submit as %s", job.job_code, fate)
            return await self._found(job, fate)
        if fate is Fate.DROPPED:
            return None
        if job.id in self._accepted_before:
            fate = Fate.UNCLEAR
        if fate is Fate.NEVER_ARRIVED and self._never_arrived[job.id] + 1 < _SUBMITS_THAT_NEVER_ARRIVED:
            _log.info("job %s: its submit never arrived, back into line", job.job_code)
            back = await self._transitions.advance(job, State.QUEUED, self._clock.now_ms(), submitted_at_ms=None)
            # Counted only after that write: where the write fails, the search is repeated, but nothing was submitted again.
            self._never_arrived[job.id] += 1
            return advanced(back)
        if fate is Fate.NEVER_ARRIVED:
            detail = Detail(DetailCode.SUBMITS_LOST, (_SUBMITS_THAT_NEVER_ARRIVED,))
            return End(job, State.FAILED, failure=Failure.PROVIDER, detail=detail)
        another = job.id in self._accepted_before
        told = Unfound(job.job_code, job.provider, job.seed, another)
        detail = Detail(DetailCode.ANSWER_OF_ANOTHER if another else DetailCode.ANSWER_LOST)
        return End(job, State.UNKNOWN, detail=detail, told=told)

    async def _submit(self, job: Job, images: tuple[str, ...]) -> Accepted | ProviderError:
        try:
            return await self._provider.submit(submission(job, images))
        except ProviderError as error:
            return error

    async def _accepted(self, job: Job, accepted: Accepted) -> StageResult:
        self._answers[job.id] = accepted
        try:
            result = await self._holding(job, accepted.reference)
        except ReferenceHeld as held:
            # Another job with an equal submit and a lost answer was given this clip. Its own clip is then ours: search for it.
            _log.warning("job %s: %s, an equal clip is searched for it", job.job_code, held)
            del self._answers[job.id]
            self._accepted_before.add(job.id)
            return None
        del self._answers[job.id]
        return result

    async def _found(self, job: Job, reference: str) -> StageResult:
        try:
            return await self._holding(job, reference)
        except ReferenceHeld as held:
            _log.warning("job %s: %s by now, the search goes on", job.job_code, held)
            return None

    async def _holding(self, job: Job, reference: str) -> StageResult:
        now = self._clock.now_ms()
        generating = await self._transitions.advance(job, State.GENERATING, now, provider_reference=reference)
        if generating is None:
            await self._tell_taken_after_end(job, reference)
        return advanced(generating)

    async def _tell_taken_after_end(self, job: Job, reference: str) -> None:
        """Tells the operator of a clip that was accepted after they had ended its job: it may be billed, and no member pays."""
        now = await self._jobs.get(job.id)
        if now is not None and now.ended and not self._provider.free:
            await self._notifier.tell_operator(TakenAfterEnd(job.job_code, job.provider, reference))

    def drop(self, job_id: int) -> None:
        """The job was ended on request: stops its uploads and the search for its submit at once."""
        self._pictures.drop(job_id)
        self._lost.drop(job_id)

    def tidy(self, job: Job) -> None:
        """Forgets a job that is over."""
        self._never_arrived.pop(job.id, None)
        self._refusing.tidy(job)
        self._pictures.tidy(job)
        self._answers.pop(job.id, None)
        self._accepted_before.discard(job.id)


def unwanted(job: Job) -> End:
    """The end of a job that was thrown away before anything was sent: uncharged."""
    return End(job, State.CANCELLED, detail=Detail(DetailCode.THROWN_AWAY_UNSENT))
