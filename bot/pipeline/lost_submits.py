"""Searches the provider for submits whose answer never came, all in one loop, until it is clear whether each arrived.

`Submitting.resume` asks for the fate of one job's submit. Nothing is submitted here. Submits that are alike (by the provider's
`Recognition`) and whose answer may still come are searched too: a clip that such an answer is about to name must not be given
to another job.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from bot.domain.job import Job
from bot.notice import Part
from bot.pipeline.loop_backoff import RefusedKey, Trouble
from bot.pipeline.submission import lost
from bot.ports import Clock, KeptPictures, Lost, Notifier, ProviderReferences, Submission, VideoProvider
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
_TRIES_LEAST: Final = 2
_UNDER_WAY_MOST_MS: Final = 10 * 60 * 1000
"""A submit older than this counts as no longer waiting for its answer. An answer comes within some minutes, tries to connect
included, plus minutes where the database can't be written.
"""


class Fate(Enum):
    """What became of a lost submit, where no clip can be named.

    `NEVER_ARRIVED`: not listed for the whole window; it may be submitted again. `UNCLEAR`: which clip it is can't be told.
    `DROPPED`: the job has ended, so the search was stopped.
    """

    NEVER_ARRIVED = auto()
    UNCLEAR = auto()
    DROPPED = auto()


@dataclass(slots=True)
class _Search:
    """The search for one submit. `since_ms` is when the search began, which may be long after the submit.

    `unclear` counts the latest searches in a row that could not tell which clip it is.
    """

    lost: Lost
    since_ms: int
    answer: asyncio.Future[str | Fate]
    tries: int = 0
    unclear: int = 0


class LostSubmits:
    """The lost submits of one provider. They are searched every `beat` seconds; one that is not listed within `window_ms`
    counts as never arrived.
    """

    def __init__(
        self,
        provider: VideoProvider,
        provider_references: ProviderReferences,
        kept_pictures: KeptPictures,
        notifier: Notifier,
        key: RefusedKey,
        clock: Clock,
        *,
        window_ms: int,
        beat: float,
    ) -> None:
        self._provider = provider
        self._provider_references = provider_references
        self._kept_pictures = kept_pictures
        self._clock = clock
        self._window_ms = window_ms
        self._trouble = Trouble(provider.name, notifier, clock, key, beat, Part.LOST_SUBMITS)
        self._searches: dict[int, _Search] = {}
        self._held: set[str] = set()
        """References that the current searches found and that belong to other jobs, however old; left out of the next search.
        """
        self._began_ms = clock.now_ms()
        self._some = asyncio.Event()

    async def fate(self, lost: Lost) -> str | Fate:
        """The provider's reference of the clip, or a `Fate`. May take the whole window."""
        search = self._searches.get(lost.submission.job_id)
        if search is None:
            search = _Search(lost, self._clock.now_ms(), asyncio.get_running_loop().create_future())
            self._searches[lost.submission.job_id] = search
            self._some.set()
        return await asyncio.shield(search.answer)

    def drop(self, job_id: int) -> None:
        """Stops the search: the job was ended meanwhile."""
        self._settle(job_id, Fate.DROPPED)

    async def run(self) -> None:
        """Searches until cancelled. While the provider can't be asked, nothing is decided."""
        while True:
            if not self._searches:
                self._held.clear()
                self._some.clear()
                await self._some.wait()
            try:
                with own_cancels_only():
                    await self.search()
                wait = self._trouble.over()
            except Exception as error:  # noqa: BLE001  the loop outlives any one failure; each is logged or told
                wait = await self._trouble.wait(error, len(self._searches))
            await self._clock.sleep(wait)

    async def search(self) -> None:
        """One search for all of them."""
        searches = dict(self._searches)
        under_way = await self._under_way(searches)
        found = await self._find([*(each.lost for each in searches.values()), *under_way])
        # Submits that began while the provider was asked: a clip in its answer may be theirs.
        late = [each for each in await self._under_way(searches) if each not in under_way]
        # A clip found now may belong to one of these. Until their own clips are known, nothing is decided for equal submits.
        unnamed = [each for each in under_way if found.get(each.submission.job_id) is None]
        open_ends = {self._likeness(each.submission) for each in (*unnamed, *late)}
        now = self._clock.now_ms()
        for job_id, search in searches.items():
            search.tries += 1
            if self._likeness(search.lost.submission) in open_ends:
                continue
            reference = found.get(job_id)
            search.unclear = search.unclear + 1 if job_id in found and reference is None else 0
            if reference is not None:
                self._settle(job_id, reference)
            elif search.unclear >= _TRIES_LEAST:
                # Twice in a row: a submit that began and was accepted during one search makes that search alone unclear.
                self._settle(job_id, Fate.UNCLEAR)
            elif job_id not in found and search.tries >= _TRIES_LEAST and now - search.since_ms >= self._window_ms:
                self._settle(job_id, Fate.NEVER_ARRIVED)

    async def _under_way(self, searches: Mapping[int, _Search]) -> list[Lost]:
        """Submits that are like a lost one, and whose own answer may still come."""
        likenesses = {self._likeness(each.lost.submission) for each in searches.values()}
        since_ms = self._clock.now_ms() - _UNDER_WAY_MOST_MS
        jobs = await self._provider_references.submitting(self._provider.name, searches)
        others = [await lost(job, self._kept_pictures) for job in jobs if self._likeness(job) in likenesses]
        if self._began_ms < since_ms:
            others = [each for each in others if each.submitted_at_ms >= since_ms]
        return others

    def _likeness(self, sent: Submission | Job) -> tuple[str, int | None]:
        return self._provider.recognition(sent.request).likeness(sent.request, sent.seed)

    async def _find(self, sought: Sequence[Lost]) -> Mapping[int, str | None]:
        """Asks the provider, and leaves out clips that any job holds already, however long ago it ended."""
        while True:
            known = await self._provider_references.held(self._provider.name) | self._held
            found = await self._provider.find(sought, known)
            named = {reference for reference in found.values() if reference is not None}
            held = {reference for reference in named - known if await self._is_held(reference)}
            if not held:
                return {job_id: reference for job_id, reference in found.items() if reference not in known}
            # The right clip may be listed beside these: search once more without them.
            self._held |= held

    async def _is_held(self, reference: str) -> bool:
        holder = await self._provider_references.holder(self._provider.name, reference)
        if holder is not None:
            _log.info("%s at %s belongs to job %d, the search goes on without it", reference, self._provider.name, holder)
        return holder is not None

    def _settle(self, job_id: int, answer: str | Fate) -> None:
        search = self._searches.pop(job_id, None)
        if search is not None and not search.answer.done():
            search.answer.set_result(answer)
