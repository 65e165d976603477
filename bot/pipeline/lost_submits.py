"""Submits whose answer never came are searched at the provider, all together, until it is clear what became of each.

Never submits anything itself: it only finds out whether a clip is running that we do not know of. Equal submits whose
answer is still to come are searched with them, so that nobody is given the clip that such an answer is about to name.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from bot.pipeline.loop_backoff import RefusedKey, Trouble
from bot.pipeline.submission import lost
from bot.ports import BlobStore, Clock, JobStore, Lost, Notifier, VideoProvider
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
_TRIES_LEAST: Final = 2
_UNDER_WAY_MOST_MS: Final = 10 * 60 * 1000
"""An answer to a submit takes 90 s at most, minutes where the database can't be written, and after a start those jobs that
may break the process are run one by one. Later nobody waits for it.
"""


class Fate(Enum):
    """`NEVER_ARRIVED`: searched for long enough; it may be submitted again. `UNCLEAR`: it can't be told apart.

    `DROPPED`: the job has ended, and nobody looks for its clip any more.
    """

    NEVER_ARRIVED = auto()
    UNCLEAR = auto()
    DROPPED = auto()


@dataclass(slots=True)
class _Search:
    """`since_ms` is when the search began: a submit may have been under way for long before its answer was lost.

    `unclear` counts the latest looks in which it could not be told apart.
    """

    lost: Lost
    since_ms: int
    answer: asyncio.Future[str | Fate]
    tries: int = 0
    unclear: int = 0


class LostSubmits:
    """A submit that is not listed within `window_ms` of searching counts as never arrived; looked for every `beat` seconds."""

    def __init__(
        self,
        provider: VideoProvider,
        jobs: JobStore,
        blobs: BlobStore,
        notifier: Notifier,
        key: RefusedKey,
        clock: Clock,
        *,
        window_ms: int,
        beat: float,
    ) -> None:
        self._provider = provider
        self._jobs = jobs
        self._blobs = blobs
        self._clock = clock
        self._window_ms = window_ms
        self._trouble = Trouble(provider.name, notifier, clock, key, beat, "the search for lost submits")
        self._searches: dict[int, _Search] = {}
        self._held: set[str] = set()
        """Clips that a search of now named and that jobs hold, of whatever age."""
        self._began_ms = clock.now_ms()
        self._some = asyncio.Event()

    async def fate(self, lost: Lost) -> str | Fate:
        """The provider's reference of the clip, or what else became of the submit. May take the whole window."""
        search = self._searches.get(lost.submission.job_id)
        if search is None:
            search = _Search(lost, self._clock.now_ms(), asyncio.get_running_loop().create_future())
            self._searches[lost.submission.job_id] = search
            self._some.set()
        return await asyncio.shield(search.answer)

    def drop(self, job_id: int) -> None:
        """The job was ended meanwhile: nobody is to wait for what became of its submit."""
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
                wait = await self._trouble.wait(error, f"the search for {len(self._searches)} lost submits")
            await self._clock.sleep(wait)

    async def search(self) -> None:
        """One search for all of them."""
        searches = dict(self._searches)
        under_way = await self._under_way(searches)
        found = await self._find([*(each.lost for each in searches.values()), *under_way])
        # A clip that is listed already may be of a submit that began while the provider was asked.
        late = [each for each in await self._under_way(searches) if each not in under_way]
        # Whichever clip shows first may be theirs: until it is clear which one is, nothing is decided for who is like them.
        unnamed = [each for each in under_way if found.get(each.submission.job_id) is None]
        open_ends = {_likeness(each) for each in (*unnamed, *late)}
        now = self._clock.now_ms()
        for job_id, search in searches.items():
            search.tries += 1
            if _likeness(search.lost) in open_ends:
                continue
            reference = found.get(job_id)
            search.unclear = search.unclear + 1 if job_id in found and reference is None else 0
            if reference is not None:
                self._settle(job_id, reference)
            elif search.unclear >= _TRIES_LEAST:
                # Twice: one that began and was accepted while the provider was asked is a stranger in that look alone.
                self._settle(job_id, Fate.UNCLEAR)
            elif job_id not in found and search.tries >= _TRIES_LEAST and now - search.since_ms >= self._window_ms:
                self._settle(job_id, Fate.NEVER_ARRIVED)

    async def _under_way(self, searches: Mapping[int, _Search]) -> list[Lost]:
        """Submits of the same prompt and seed as a lost one, whose own answer may still come."""
        seeds = {each.lost.submission.seed for each in searches.values()}
        likenesses = {_likeness(each.lost) for each in searches.values()}
        since_ms = self._clock.now_ms() - _UNDER_WAY_MOST_MS
        jobs = await self._jobs.submitting(self._provider.name, seeds)
        others = [await lost(job, self._blobs) for job in jobs if job.id not in searches]
        if self._began_ms < since_ms:
            others = [each for each in others if each.submitted_at_ms >= since_ms]
        return [each for each in others if _likeness(each) in likenesses]

    async def _find(self, sought: Sequence[Lost]) -> Mapping[int, str | None]:
        """As the provider finds them, but for clips that any job holds already, however long ago it ended."""
        while True:
            known = await self._jobs.references_held(self._provider.name) | self._held
            found = await self._provider.find(sought, known)
            named = {reference for reference in found.values() if reference is not None}
            held = {reference for reference in named - known if await self._is_held(reference)}
            if not held:
                return {job_id: reference for job_id, reference in found.items() if reference not in known}
            # The one that is sought may be listed beside it: searched once more without those.
            self._held |= held

    async def _is_held(self, reference: str) -> bool:
        holder = await self._jobs.holder(self._provider.name, reference)
        if holder is not None:
            _log.info("%s at %s belongs to job %d, the search goes on without it", reference, self._provider.name, holder)
        return holder is not None

    def _settle(self, job_id: int, answer: str | Fate) -> None:
        search = self._searches.pop(job_id, None)
        if search is not None and not search.answer.done():
            search.answer.set_result(answer)


def _likeness(lost: Lost) -> tuple[str, int]:
    """What two submits must share to be taken for each other: a remix with other pictures shares it too."""
    return lost.submission.prompt, lost.submission.seed
