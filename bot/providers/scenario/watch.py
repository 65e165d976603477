"""What became of many clips, in a number of requests that does not grow with theirs.

Ends are read from three listings (success, failure, canceled) that answer only what changed since last time; progress from
one listing at a slower beat, capped in pages; a clip that no listing shows for long is asked for by its id, one per call.
Clips of an earlier run may have ended at any time: each is asked for by its id, a few per call, unless a listing shows it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from bot.errors import ProviderError, ProviderRejected, ProviderUnavailable
from bot.ports import Clock, Phase, RunStatus
from bot.providers.scenario import mapping
from bot.providers.scenario.client import Client, is_missing
from bot.providers.scenario.wire import Job, JobAnswer, JobsPage, iso

_log: Final = logging.getLogger(__name__)
ENDINGS: Final = ("success", "failure", "canceled")
_ENDED: Final = frozenset({Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED})
_PAGE: Final = 100
"""Jobs per page, the vendor's most."""
_ENDS_PAGES: Final = 50
_PROGRESS_PAGES: Final = 3
_LAG_MS: Final = 30_000
"""How far behind the newest change we look again: for a late index and the vendor's own clocks."""
_ASKED_AT_ONCE: Final = 10
"""Clips of an earlier run of this bot: up to so many are asked for by id at once, of more the listings are read back first."""
_ASKED_PER_LOOK: Final = 3
"""And of these so many by id in each look: with the listings, under 5 requests a second at a beat of 2 s."""
_RESUME_MS: Final = 24 * 3600 * 1000
"""How far back the listings are read for clips that another run of this bot submitted."""
_UNKNOWN_YET_MS: Final = 5 * 60 * 1000
"""For so long "no such job" may only mean that the vendor's index is late; then the operator is told to look."""


@dataclass(slots=True)
class _Seen:
    """One running clip: when it was last heard of or asked for, since when the vendor says that it does not know it, and its
    end once that was seen.
    """

    heard_ms: int
    missing_ms: int | None = None
    end: RunStatus | None = None


class Watch:
    """Times of listings come from the vendor's own `updatedAt`, so that its clock and ours may differ."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._running: dict[str, _Seen] = {}
        self._fresh: set[str] = set()
        self._unasked: dict[str, None] = {}
        """Clips of an earlier run that the vendor has not answered for yet, in the order in which they are asked for."""
        self._behind: set[str] = set()
        """Listings still to be read far back for them."""
        self._newest_ms: dict[str, float] = {}
        self._passed: dict[str, dict[str, float]] = {status: {} for status in ENDINGS}
        self._progress_at_ms = 0
        self.ahead_ms = 0.0
        """How far the vendor's clock is ahead of ours, as the last submit told; 0 before the first."""

    def expect(self, job: Job) -> None:
        """This clip was submitted just now: its end can't lie in the past, and its answer tells the vendor's clock."""
        self._fresh.add(job.job_id)
        if job.created_at is not None:
            self.ahead_ms = job.created_at.timestamp() * 1000 - self._clock.now_ms()

    async def look(self, running: Collection[str]) -> list[RunStatus]:
        """Every change seen. An end is told in each call until the clip is no longer among `running`."""
        now = self._clock.now_ms()
        news: dict[str, RunStatus] = {}
        self._follow(running, now)
        for status in ENDINGS:
            await self._ends(status, now, news)
        if now >= self._progress_at_ms:
            self._progress_at_ms = now + int(self._client.pace.progress * 1000)
            await self._progress(now, news)
        await self._ask_strangers(now, news)
        await self._ask_the_quietest(now, news)
        for reference, seen in self._running.items():
            if seen.end is not None:
                news[reference] = seen.end
        return list(news.values())

    async def ask(self, reference: str) -> RunStatus | None:
        """By its id, past all that was seen; None where the vendor does not know it."""
        try:
            answer = await self._client.repeat(JobAnswer, "GET", f"/jobs/{reference}")
        except ProviderError as error:
            if is_missing(error):
                return None
            raise
        return mapping.run_status(answer.job)

    def _follow(self, running: Collection[str], now: int) -> None:
        """Forget what is not running any more, take up what is new, and remember what of it did not just begin."""
        wanted = set(running)
        for reference in [known for known in self._running if known not in wanted]:
            del self._running[reference]
            self._unasked.pop(reference, None)
        new = [reference for reference in running if reference not in self._running]
        strangers = [reference for reference in new if reference not in self._fresh]
        for reference in new:
            self._running[reference] = _Seen(now)
        self._fresh.difference_update(new)
        self._unasked.update(dict.fromkeys(strangers))
        if strangers and len(self._unasked) > _ASKED_AT_ONCE:
            self._behind.update(ENDINGS)

    async def _ends(self, status: str, now: int, news: dict[str, RunStatus]) -> None:
        # What failed half way is read again from the same moment: nothing counts as passed before all of it was read.
        newest = self._newest_ms.setdefault(status, now + self.ahead_ms)
        behind = status in self._behind
        after = (now + self.ahead_ms - _RESUME_MS) if behind else newest - _LAG_MS
        before = self._passed[status]
        passed = dict(before)
        token: str | None = None
        for _ in range(_ENDS_PAGES):
            page = await self._page({"status": status}, after, token)
            unseen = [job for job in page.jobs if behind or job.job_id not in before]
            for job in page.jobs:
                passed[job.job_id] = job.updated_ms
                self._heard(job, now, news)
            token = page.next_pagination_token
            if token is None or (not unseen and _newest_first(page)):
                break  # behind a page without anything new there is nothing new
        self._behind.discard(status)
        newest = max(passed.values(), default=newest)
        self._newest_ms[status] = newest
        self._passed[status] = {job_id: at for job_id, at in passed.items() if at >= newest - 2 * _LAG_MS}

    async def _progress(self, now: int, news: dict[str, RunStatus]) -> None:
        if all(seen.end is not None for seen in self._running.values()):
            return
        after = max(self._newest_ms.values()) - _LAG_MS
        token: str | None = None
        for _ in range(_PROGRESS_PAGES):
            page = await self._page({}, after, token)
            for job in page.jobs:
                self._heard(job, now, news)
            token = page.next_pagination_token
            if token is None:
                break

    async def _ask_strangers(self, now: int, news: dict[str, RunStatus]) -> None:
        """One that the vendor won't answer for goes behind the others and holds nobody up."""
        count = len(self._unasked)
        for reference in list(self._unasked)[: count if count <= _ASKED_AT_ONCE else _ASKED_PER_LOOK]:
            try:
                await self._ask(reference, now, news)
            except (ProviderRejected, ProviderUnavailable) as error:
                _log.warning("asking for %s failed, it is asked for again: %s", reference, error)
                del self._unasked[reference]
                self._unasked[reference] = None
                return

    async def _ask_the_quietest(self, now: int, news: dict[str, RunStatus]) -> None:
        waiting = [
            (seen.heard_ms, reference)
            for reference, seen in self._running.items()
            if seen.end is None and reference not in self._unasked
        ]
        if not waiting:
            return
        heard, reference = min(waiting)
        if now - heard < self._client.pace.quiet * 1000:
            return
        await self._ask(reference, now, news)

    async def _ask(self, reference: str, now: int, news: dict[str, RunStatus]) -> None:
        seen = self._running[reference]
        seen.heard_ms = now
        status = await self.ask(reference)
        self._unasked.pop(reference, None)
        if status is None:
            seen.missing_ms = now if seen.missing_ms is None else seen.missing_ms
            if now - seen.missing_ms >= _UNKNOWN_YET_MS:
                self._end(RunStatus(reference, Phase.FAILED, detail="the provider does not know it any more"), news)
            return
        self._tell(status, now, news)

    def _heard(self, job: Job, now: int, news: dict[str, RunStatus]) -> None:
        if job.job_id in self._running:
            self._tell(mapping.run_status(job), now, news)

    def _tell(self, status: RunStatus, now: int, news: dict[str, RunStatus]) -> None:
        seen = self._running[status.reference]
        self._unasked.pop(status.reference, None)
        if seen.end is not None:
            return
        seen.heard_ms, seen.missing_ms = now, None
        if status.phase in _ENDED:
            self._end(status, news)
        else:
            news[status.reference] = status

    def _end(self, status: RunStatus, news: dict[str, RunStatus]) -> None:
        self._running[status.reference].end = news[status.reference] = status

    async def _page(self, query: dict[str, str], after_ms: float, token: str | None) -> JobsPage:
        full: dict[str, str | int] = {"type": "custom", "pageSize": _PAGE, "updatedAfter": iso(after_ms), **query}
        if token is not None:
            full["paginationToken"] = token
        return await self._client.repeat(JobsPage, "GET", "/jobs", query=full)


def _newest_first(page: JobsPage) -> bool:
    """The vendor sorts by update and does not say in which direction: believe only what the page shows."""
    return len(page.jobs) > 1 and page.jobs[0].updated_ms > page.jobs[-1].updated_ms
