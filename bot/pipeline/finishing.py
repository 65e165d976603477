"""The stages after a provider has made a clip: fetch it, fit it to the upload limit, post it once. `JobRunner` calls them.

The provider has billed the clip by now. Working files are in one folder, named after the job's id; a download gets its final
name only when it is complete.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.detail import Detail, DetailCode
from bot.disk import drop, put_in_place
from bot.domain import nonce
from bot.domain.backoff import Backoff
from bot.domain.filename import clip_filename
from bot.domain.job import Failure, Job, State
from bot.errors import (
    CannotFit,
    ClipMissing,
    DeliveryError,
    MediaError,
    NotAClip,
    NowhereToPost,
    PostInDoubt,
    ProviderBusy,
    ProviderError,
    ProviderUnavailable,
    UploadTooLarge,
    reason_of,
)
from bot.fair_semaphore import FairSemaphore
from bot.notice import FetchTakesLong, NotFetched, NotPosted, Part
from bot.pipeline.clip_check import came_of, compared, poster_of
from bot.pipeline.fetch_tries import FetchTries, failure_of
from bot.pipeline.hitches import Hitches
from bot.pipeline.loop_backoff import LongWaits, ToldOfJobs
from bot.pipeline.stage_result import End, Later, StageResult, advanced, done, thrown_away
from bot.pipeline.unposted import Unposted
from bot.pipeline.upload_size import LIMIT_LEAST, limit_of, smaller
from bot.pipeline.waits import DELIVER, FIT
from bot.pipeline.working_files import WorkingFiles
from bot.ports import (
    THE_CLIP,
    Clock,
    Delivery,
    Fitted,
    JobReader,
    JobTransitions,
    KeptClips,
    Media,
    Notifier,
    NoUpload,
    Output,
    Posted,
    VideoProvider,
)

_log: Final = logging.getLogger(__name__)
CLIP_BYTES_MOST: Final = 512 * 1024 * 1024
"""Downloads stop here. A 15 s clip at 1080P has 20 to 60 MB; about ten times that is no clip."""
_DELIVERIES_AT_ONCE: Final = 8
"""One member has half at most: an upload may take minutes, and others must not wait for that."""


class Finishing:
    def __init__(
        self,
        provider: VideoProvider,
        jobs: JobReader,
        transitions: JobTransitions,
        media: Media,
        notifier: Notifier,
        clock: Clock,
        folder: Path,
        hitches: Hitches,
        kept_clips: KeptClips,
        *,
        lacking_is_free: bool = False,
    ) -> None:
        self._provider = provider
        self._jobs = jobs
        self._transitions = transitions
        self._media = media
        self._notifier = notifier
        self._clock = clock
        self._files = WorkingFiles(folder)
        self._hitches = hitches
        self._kept_clips = kept_clips
        self._lacking_is_free = lacking_is_free
        self._long_waits = LongWaits(provider.name, notifier, clock, Part.DOWNLOADS)
        self._delivering = FairSemaphore(_DELIVERIES_AT_ONCE // 2, _DELIVERIES_AT_ONCE)
        # There is one encoder: members take turns, so that one member's clips that hang in it do not stop all others.
        self._fitting = FairSemaphore(1)
        self._tried: dict[int, Counter[str]] = {}
        self._fetches = FetchTries(clock)
        self._waiting = Unposted(notifier, clock)
        self._fitted: dict[int, Fitted | NoUpload] = {}
        # By job id, the limit in bytes below which it is fitted next. The store has it too, for a restart, but may refuse
        # writes for a while.
        self._too_large: dict[int, int] = {}
        self._told = ToldOfJobs(notifier)

    async def fetch(self, job: Job) -> StageResult:
        """Downloads the clip under a temporary name and checks it; the complete file gets the job's name."""
        if job.discard:
            return thrown_away(job, free=self._provider.free)
        if job.provider_reference is None:
            return End(job, State.FAILED, failure=Failure.OURS, detail=Detail(DetailCode.NO_REFERENCE))
        part = self._files.part(job)
        try:
            async with self._fetches.slot(job.id, job.member_id):
                files = await self._provider.fetch(job.provider_reference, THE_CLIP, part, CLIP_BYTES_MOST)
                facts = await self._media.probe(part)
                reduced_to = await compared(self._told, job, facts, lacking_is_free=self._lacking_is_free)
                await asyncio.to_thread(put_in_place, part, self._files.source(job.id))
        except (ProviderError, MediaError, OSError) as error:
            drop(part)
            return await self._not_fetched(job, error)
        self._fetches.came(job.id)
        if files > 1:
            _log.warning("job %s: %s made %d files, of which the first is posted", job.job_code, job.provider, files)
        return advanced(await self._transitions.advance(job, State.FITTING, self._clock.now_ms(), reduced_to=reduced_to))

    async def fit(self, job: Job) -> StageResult:
        """Prepares the post: the file as it is, a re-encoded one, or a link with the reason where none is small enough."""
        if job.discard:
            return thrown_away(job, free=self._provider.free)
        if not self._files.source(job.id).exists():
            return advanced(await self._transitions.advance(job, State.FETCHING, self._clock.now_ms()))
        result = await self._fit(job)
        if job.id not in self._fitted:
            return result
        return advanced(await self._transitions.advance(job, State.DELIVERING, self._clock.now_ms()))

    async def deliver(self, job: Job) -> StageResult:
        """Posts the clip once: the notifier looks for an earlier post of this job before it makes another."""
        if job.discard:
            return thrown_away(job, free=self._provider.free)
        if job.address.result_id is not None:
            # It was posted, and a crash or a database error kept its end from being written. Charge it; no file is needed.
            return End(job, State.DONE, charged=job.due, outputs=await self._keep_left(job))
        if not self._files.source(job.id).exists():
            return advanced(await self._transitions.advance(job, State.FETCHING, self._clock.now_ms()))
        fitted = self._fitted.get(job.id)
        if fitted is None or (isinstance(fitted, Fitted) and not fitted.path.exists()):
            self._fitted.pop(job.id, None)
            result = await self._fit(job)
            if job.id not in self._fitted:
                return result
        return await self._post(job, self._fitted[job.id])

    async def _post(self, job: Job, fitted: Fitted | NoUpload) -> StageResult:
        try:
            delivery = await self._delivery(job, fitted)
        except (ProviderUnavailable, ProviderBusy, ClipMissing) as error:
            wait = self._wait(DELIVER, job, "link", error)
            _log.warning("job %s has no link yet, next try in %s s: %s", job.job_code, wait, error)
            if wait is None:
                return await self._unposted(job, Failure.TOO_LARGE, reason_of(error))
            asked = error.retry_after if isinstance(error, ProviderBusy) else None
            return Later(max(wait, await self._long_waits.heard(asked or 0.0)))
        if delivery is None:
            return await self._unposted(job, Failure.TOO_LARGE, Detail(DetailCode.NO_UPLOAD_NO_LINK))
        try:
            async with self._delivering.of(job.member_id):
                ours = await self._is_ours(job)
                # No progress edits from here on. While it waited for its turn, its messages still showed its progress.
                self._notifier.unfollow(job)
                posted = await self._notifier.deliver(job, delivery) if ours else None
        except UploadTooLarge as error:
            if delivery.path is None or delivery.facts is None:
                return await self._unposted(job, Failure.TOO_LARGE, reason_of(error))
            return await self._smaller(job, delivery.facts.size, error)
        except (NowhereToPost, PostInDoubt) as error:
            doubt = isinstance(error, PostInDoubt)
            return await self._unposted(job, Failure.DOUBTFUL if doubt else Failure.UNDELIVERABLE, reason_of(error))
        except DeliveryError as error:
            return await self._not_delivered(job, error)
        return None if posted is None else done(job, posted, await self._kept(job, posted, delivery))

    async def _kept(self, job: Job, posted: Posted, delivery: Delivery) -> Sequence[Output]:
        if delivery.path is None or posted.message_id is None:
            # There is no file, or somebody has deleted the clip's message already.
            return ()
        return await self._kept_clips.keep(job.id, delivery.path, delivery.poster)

    async def _keep_left(self, job: Job) -> Sequence[Output]:
        """Keeps the clip that an earlier process posted, where its working file is still there."""
        clip = self._files.posted(job.id)
        return () if clip is None else await self._kept_clips.keep(job.id, clip, await poster_of(self._media, job, clip))

    async def _not_delivered(self, job: Job, error: DeliveryError) -> StageResult:
        wait = self._wait(DELIVER, job, "post", error)
        _log.warning("job %s could not be delivered, next try in %s s: %s", job.job_code, wait, error)
        if wait is not None:
            return Later(max(wait, error.retry_after or 0.0))
        return await self._unposted(job, Failure.DISCORD, reason_of(error))

    async def _is_ours(self, job: Job) -> bool:
        """False where another process took the job over, while this one hung or the clip waited long to be posted."""
        if self._clock.now_ms() - job.updated_at_ms < nonce.TAKEN_OVER_MS:
            return True
        now = await self._jobs.get(job.id)
        return now is not None and (now.fence, now.state) == (job.fence, job.state)

    def forget(self, job: Job, *, lost: bool = False) -> None:
        """Drops what is known of this job; `lost` to another process, which may use its working files: they stay."""
        if job.ended:
            self._kept_clips.settled(job.id, stays=job.state is State.DONE and not lost)
        else:
            self._kept_clips.handed_over(job.id)
        self._begin_anew(job)
        self._told.forget(job.id)

    def _begin_anew(self, job: Job) -> None:
        for known in (self._fitted, self._tried, self._too_large):
            known.pop(job.id, None)
        self._fetches.forget(job.id)
        self._waiting.forget(job.id)

    def tidy(self, job: Job) -> None:
        """Removes the working files of a job that is over, whichever process made them."""
        self.forget(job)
        self._files.remove(job.id)

    def sweep(self, unfinished: set[int]) -> None:
        """Removes files of jobs that are over. Called at the start, before any job goes on."""
        self._files.sweep(unfinished)

    async def _fit(self, job: Job) -> StageResult:
        """Stores what is to be posted in `_fitted` and returns None; where it can't, returns what comes next."""
        tried = self._too_large.get(job.id, job.upload_limit_tried)
        limit = limit_of(tried, self._notifier.upload_limits(job))
        try:
            async with self._fitting.of(job.member_id):
                self._fitted[job.id] = await self._media.fit(self._files.source(job.id), self._files.target(job), limit)
        except CannotFit as error:
            _log.warning("job %s fits no upload of %d bytes: %s", job.job_code, limit, error)
            self._fitted[job.id] = NoUpload(limit)
        except NotAClip as error:
            # It did play after the download, so the file was damaged on our disk (a power cut, say). Fetch it again.
            drop(self._files.source(job.id))
            return await self._not_fitted(job, error)
        except (MediaError, OSError) as error:
            return await self._not_fitted(job, error)
        return None

    async def _not_fitted(self, job: Job, error: Exception) -> StageResult:
        """Our tools or the disk failed. That is temporary: try again, and never post a worse clip because of it."""
        wait = self._wait(FIT, job, "fit", error)
        _log.warning("job %s could not be fitted, next try in %s s: %s", job.job_code, wait, error)
        return Later(wait) if wait is not None else await self._unposted(job, Failure.OURS, reason_of(error))

    async def _delivery(self, job: Job, fitted: Fitted | NoUpload) -> Delivery | None:
        name = clip_filename(job)
        if isinstance(fitted, Fitted):
            poster = await poster_of(self._media, job, fitted.path)
            return Delivery(fitted.path, name, fitted.facts, fitted.changed, fitted.came, poster=poster)
        try:
            link = await self._provider.link(job.provider_reference or "", THE_CLIP)
        except (ProviderUnavailable, ProviderBusy, ClipMissing):
            raise
        except ProviderError as error:
            _log.warning("job %s has no link: %s", job.job_code, error)
            return None
        if link is None:
            return None
        came = await came_of(self._media, job, self._files.source(job.id))
        return Delivery(None, name, None, came=came, link=link, no_upload=fitted)

    async def _smaller(self, job: Job, size: int, error: UploadTooLarge) -> StageResult:
        if size <= LIMIT_LEAST:
            # Every place takes so much, so the size was not the reason for this refusal: treat it as a temporary error.
            return await self._not_delivered(job, error)
        self._fitted.pop(job.id, None)
        if (limit := smaller(size, error.limit, self._notifier.upload_limits(job))) is None:
            self._fitted[job.id] = NoUpload()
            return await self._post(job, self._fitted[job.id])
        self._too_large[job.id] = limit
        return advanced(await self._transitions.advance(job, State.FITTING, self._clock.now_ms(), upload_limit_tried=limit))

    async def _not_fetched(self, job: Job, error: Exception) -> StageResult:
        self._hitches.note(job.id, error)
        wait = self._fetches.wait(job.id, error)
        _log.warning("job %s could not be fetched, next try in %s s: %s", job.job_code, wait, error)
        if wait is None:
            told = NotFetched(job.job_code, job.provider, job.provider_reference, reason_of(error))
            return End(job, State.FAILED, failure=failure_of(error), detail=reason_of(error), told=told)
        if isinstance(error, ProviderBusy) and error.retry_after is not None:
            return Later(max(wait, await self._long_waits.heard(error.retry_after)))
        if self._fetches.is_worth_a_word(job.id):
            await self._told.tell(job.id, FetchTakesLong(job.job_code, job.provider, job.provider_reference))
        return Later(wait)

    async def wait_for_owner(self, job: Job) -> StageResult:
        """Holds an unposted clip for its owner. Its files are deleted, and fetched again when they are needed."""
        if job.discard:
            return thrown_away(job, free=self._provider.free)
        self._files.remove(job.id)
        return await self._waiting.wait(job)

    async def _unposted(self, job: Job, failure: Failure, why: Detail) -> StageResult:
        """Moves the job to UNPOSTED. The operator is told once, however often its owner tries to have it posted."""
        if job.unposted_at_ms is None:
            await self._told.tell(job.id, NotPosted(job.job_code, job.provider_reference, why))
        _log.warning("job %s waits for a place to be posted in: %s", job.job_code, why)
        now = self._clock.now_ms()
        since = now if job.unposted_at_ms is None else job.unposted_at_ms
        unposted = await self._transitions.advance(
            job, State.UNPOSTED, now, failure=failure, failure_detail=why, unposted_at_ms=since
        )
        if unposted is not None:
            self._kept_clips.settled(job.id, stays=False)
            self._begin_anew(job)
            self._files.remove(job.id)
        return advanced(unposted)

    def _wait(self, backoff: Backoff, job: Job, what: str, error: Exception) -> float | None:
        """Counts one more failure of `what`. Seconds until its next try; None to give up."""
        self._hitches.note(job.id, error)
        tried = self._tried.setdefault(job.id, Counter())
        tried[what] += 1
        return backoff.wait(tried[what], random.random())  # noqa: S311  spreads tries, guards nothing
