"""Submits whose answer never came are searched at the provider, all together, until it is clear what became of each.

Never submits anything itself: it only finds out whether a clip is running that we do not know of.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from bot.pipeline.trouble import Trouble
from bot.ports import Clock, JobStore, Lost, Notifier, VideoProvider
from bot.tasks import own_cancels_only

_LOOKS_LEAST: Final = 2


class Fate(Enum):
    """`NEVER_ARRIVED`: searched for long enough; it may be submitted again. `UNCLEAR`: it can't be told apart."""

    NEVER_ARRIVED = auto()
    UNCLEAR = auto()


@dataclass(slots=True)
class _Search:
    """`since_ms` is when the search began: a submit may have been under way for long before its answer was lost."""

    lost: Lost
    since_ms: int
    answer: asyncio.Future[str | Fate]
    looks: int = 0


class LostSubmits:
    """A submit that is not listed within `window_ms` of searching counts as never arrived; looked for every `beat` seconds."""

    def __init__(
        self, provider: VideoProvider, jobs: JobStore, notifier: Notifier, clock: Clock, *, window_ms: int, beat: float
    ) -> None:
        self._provider = provider
        self._jobs = jobs
        self._clock = clock
        self._window_ms = window_ms
        self._trouble = Trouble(provider.name, notifier, beat)
        self._searches: dict[int, _Search] = {}
        self._some = asyncio.Event()

    async def fate(self, lost: Lost) -> str | Fate:
        """The provider's reference of the clip, or what else became of the submit. May take the whole window."""
        search = self._searches.get(lost.submission.job_id)
        if search is None:
            search = _Search(lost, self._clock.now_ms(), asyncio.get_running_loop().create_future())
            self._searches[lost.submission.job_id] = search
            self._some.set()
        return await asyncio.shield(search.answer)

    async def run(self) -> None:
        """Searches until cancelled. While the provider can't be asked, nothing is decided."""
        while True:
            if not self._searches:
                self._some.clear()
                await self._some.wait()
            try:
                with own_cancels_only():
                    await self.look()
                wait = self._trouble.over()
            except Exception as error:  # noqa: BLE001  the loop outlives any one failure; each is logged or told
                wait = await self._trouble.wait(error, f"the search for {len(self._searches)} lost submits")
            await self._clock.sleep(wait)

    async def look(self) -> None:
        """One search for all of them."""
        searches = dict(self._searches)
        known = await self._jobs.references_held(self._provider.name)
        found = await self._provider.find([each.lost for each in searches.values()], known)
        now = self._clock.now_ms()
        for job_id, search in searches.items():
            search.looks += 1
            if job_id in found:
                self._settle(job_id, found[job_id] or Fate.UNCLEAR)
            elif search.looks >= _LOOKS_LEAST and now - search.since_ms >= self._window_ms:
                self._settle(job_id, Fate.NEVER_ARRIVED)

    def _settle(self, job_id: int, answer: str | Fate) -> None:
        search = self._searches.pop(job_id)
        if not search.answer.done():
            search.answer.set_result(answer)
