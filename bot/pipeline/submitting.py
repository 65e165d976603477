"""Stages up to the provider: hand the images over, write the intent to spend, submit at most once, find a lost answer.

The order is the point: `submitting` with seed and time is on disk before the request leaves, so that after a kill the
clip is searched at the provider and never blindly asked for again.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from typing import Final

from bot.domain.clip import Reference
from bot.domain.job import Failure, Job, State
from bot.errors import (
    ModerationRefused,
    ProviderBusy,
    ProviderError,
    ProviderMisconfigured,
    ProviderRejected,
    ProviderUnavailable,
    ReferenceHeld,
    SubmitOutcomeUnknown,
)
from bot.pipeline.lost_submits import Fate, LostSubmits
from bot.pipeline.retry import SUBMIT
from bot.pipeline.submission import lost, submission
from bot.pipeline.worked import End, Worked, moved
from bot.ports import Accepted, BlobStore, Clock, Engine, JobStore, Notifier, VideoProvider

_log: Final = logging.getLogger(__name__)
_UPLOADS_AT_ONCE: Final = 4
_SUBMITS_AT_ONCE: Final = 16
"""More would not start sooner, and the watcher's questions would wait behind them for a connection."""
_SUBMITS_THAT_NEVER_ARRIVED: Final = 3
"""After so many a clip is not submitted again: something between us and the provider is broken."""


class Submitting:
    def __init__(
        self,
        provider: VideoProvider,
        jobs: JobStore,
        blobs: BlobStore,
        engine: Engine,
        notifier: Notifier,
        lost: LostSubmits,
        clock: Clock,
    ) -> None:
        self._provider = provider
        self._jobs = jobs
        self._blobs = blobs
        self._engine = engine
        self._notifier = notifier
        self._lost = lost
        self._clock = clock
        self._uploads = asyncio.Semaphore(_UPLOADS_AT_ONCE)
        self._submits = asyncio.Semaphore(_SUBMITS_AT_ONCE)
        # Counted apart from a job's tries, and in memory: a restart may only grant one more chance.
        self._never_arrived: Counter[int] = Counter()
        self._uploaded_again: set[int] = set()
        # Answers that could not be written down yet, and jobs whose answer named a clip that was another's by then: what
        # was accepted is never submitted again. After a kill such a submit is a lost one like any other.
        self._answers: dict[int, Accepted] = {}
        self._accepted_before: set[int] = set()

    async def take_slot(self, job: Job) -> Worked:
        """Queued to preparing: the engine gave it a place at the provider."""
        if job.discard:
            return _unwanted(job)
        return moved(await self._jobs.advance(job, State.PREPARING, self._clock.now_ms()))

    async def prepare(self, job: Job) -> Worked:
        """Hands the images over, then writes the intent and submits."""
        try:
            images = await self._images(job)
        except ProviderError as error:
            return await self._refused(job, error)
        async with self._submits:
            now = self._clock.now_ms()
            intent = await self._jobs.advance(job, State.SUBMITTING, now, tries=job.tries + 1, submitted_at_ms=now)
            if intent is None:
                return None
            self._engine.moved(intent)
            if intent.discard:
                # Thrown away while it was on its way back into line: nothing has been sent, so nothing is paid for.
                return _unwanted(intent)
            answer = await self._submit(intent, images)
        # A lost answer may be searched for longer than anyone should wait for a turn.
        return await self._answered(intent, answer)

    async def resume(self, job: Job) -> Worked:
        """A submit was under way when we were stopped, or its answer was lost: find out before anything else."""
        answer = self._answers.get(job.id)
        if answer is not None:
            return await self._accepted(job, answer)
        fate = await self._lost.fate(await lost(job, self._blobs))
        if isinstance(fate, str):
            _log.info("job %s: found its lost submit as %s", job.reference_code, fate)
            return await self._found(job, fate)
        if job.id in self._accepted_before:
            fate = Fate.UNCLEAR
        self._never_arrived[job.id] += fate is Fate.NEVER_ARRIVED
        if fate is Fate.NEVER_ARRIVED and self._never_arrived[job.id] < _SUBMITS_THAT_NEVER_ARRIVED:
            _log.info("job %s: its submit never arrived, back into line", job.reference_code)
            return moved(await self._jobs.advance(job, State.QUEUED, self._clock.now_ms(), submitted_at_ms=None))
        if fate is Fate.NEVER_ARRIVED:
            detail = f"{_SUBMITS_THAT_NEVER_ARRIVED} submits never arrived"
            return End(job, State.FAILED, failure=Failure.PROVIDER, detail=detail)
        why = "named a clip of another job" if job.id in self._accepted_before else "was lost"
        await self._notifier.tell_operator(
            f"Job {job.reference_code}: the answer to its submit at {job.provider} {why} and its clip can't be told apart"
            f" there (seed {job.seed}). It may have been billed; the member was refunded."
        )
        return End(job, State.UNKNOWN, detail=f"the submit's answer {why}, and the clip was not found again")

    async def _submit(self, job: Job, images: tuple[str, ...]) -> Accepted | ProviderError:
        try:
            return await self._provider.submit(submission(job, images))
        except ProviderError as error:
            return error

    async def _answered(self, job: Job, answer: Accepted | ProviderError) -> Worked:
        match answer:
            case Accepted():
                _log.info("job %s is with %s as %s, %s units", job.reference_code, job.provider, answer.reference, answer.units)
                return await self._accepted(job, answer)
            case SubmitOutcomeUnknown():
                _log.warning("job %s: the submit's answer was lost, searching: %s", job.reference_code, answer)
                return await self.resume(job)
            case _:
                return await self._refused(job, answer)

    async def _accepted(self, job: Job, accepted: Accepted) -> Worked:
        self._answers[job.id] = accepted
        try:
            worked = await self._holding(job, accepted.reference)
        except ReferenceHeld as held:
            # An equal submit whose answer was lost was given this clip meanwhile. The clip of that one is ours then.
            _log.warning("job %s: %s, an equal clip is searched for it", job.reference_code, held)
            del self._answers[job.id]
            self._accepted_before.add(job.id)
            return await self.resume(job)
        del self._answers[job.id]
        return worked

    async def _found(self, job: Job, reference: str) -> Worked:
        try:
            return await self._holding(job, reference)
        except ReferenceHeld as held:
            _log.warning("job %s: %s by now, the search goes on", job.reference_code, held)
            return await self.resume(job)

    async def _holding(self, job: Job, reference: str) -> Worked:
        now = self._clock.now_ms()
        return moved(await self._jobs.advance(job, State.GENERATING, now, provider_reference=reference))

    async def _images(self, job: Job) -> tuple[str, ...]:
        async with self._uploads:
            return tuple([await self._image(job, reference) for reference in job.request.references])

    async def _image(self, job: Job, reference: Reference) -> str:
        known = await self._blobs.uploaded(job.provider, reference.sha256)
        if known is not None:
            return known
        blob = await self._blobs.get(reference.sha256)
        if blob is None:
            msg = f"image {reference.sha256} of job {job.id} is not in the store"
            raise LookupError(msg)
        data, media_type = blob
        uploaded = await self._provider.upload(reference.sha256, media_type, data)
        await self._blobs.remember_upload(job.provider, reference.sha256, uploaded, self._clock.now_ms())
        return uploaded

    async def _refused(self, job: Job, error: ProviderError) -> Worked:
        """Nothing was started: wait, go back into line, or end the job without a charge."""
        match error:
            case ProviderBusy():
                self._engine.full(job.provider, error.retry_after, error.ceiling)
                # Being full is no trouble: it must not use up the tries of a provider that is.
                return await self._back_into_line(job, tries=max(job.tries - (job.state is State.SUBMITTING), 0))
            case ProviderUnavailable():
                wait = SUBMIT.wait(job.tries + 1, random.random())  # noqa: S311  spreads tries, guards nothing
                if wait is None:
                    return End(job, State.FAILED, failure=Failure.PROVIDER, detail=str(error))
                self._engine.full(job.provider, wait, None)
                return await self._back_into_line(job, tries=job.tries + (job.state is State.PREPARING))
            case ModerationRefused():
                return End(job, State.FAILED, failure=Failure.MODERATION, detail=str(error))
            case ProviderMisconfigured():
                await self._notifier.tell_operator(
                    f"{job.provider} refused job {job.reference_code}, look at key and plan: {error}"
                )
                return End(job, State.FAILED, failure=Failure.OPERATOR, detail=str(error))
            case ProviderRejected() if self._may_upload_again(job):
                # The likeliest reason is a reference that the provider has forgotten; upload the images once more.
                self._uploaded_again.add(job.id)
                for reference in job.request.references:
                    await self._blobs.forget_upload(job.provider, reference.sha256)
                _log.warning("job %s was rejected, uploading its images again: %s", job.reference_code, error)
                return await self._back_into_line(job, tries=job.tries)
            case _:
                _log.error("job %s was rejected by %s: %s", job.reference_code, job.provider, error)
                return End(job, State.FAILED, failure=Failure.OURS, detail=str(error))

    def tidy(self, job: Job) -> None:
        """Forgets a job that is over."""
        self._never_arrived.pop(job.id, None)
        self._uploaded_again.discard(job.id)
        self._answers.pop(job.id, None)
        self._accepted_before.discard(job.id)

    def _may_upload_again(self, job: Job) -> bool:
        """An image that was refused as it was handed over is refused again; only a submit may mean a forgotten one."""
        return job.state is State.SUBMITTING and bool(job.request.references) and job.id not in self._uploaded_again

    async def _back_into_line(self, job: Job, *, tries: int) -> Worked:
        now = self._clock.now_ms()
        return moved(await self._jobs.advance(job, State.QUEUED, now, tries=tries, submitted_at_ms=None))


def _unwanted(job: Job) -> End:
    return End(job, State.CANCELLED, detail="thrown away before it was submitted")
