"""Finds out the status of all running clips, in a number of requests that does not grow with the number of clips.
`ScenarioProvider.statuses` calls `Watch.poll` in every round.

Ends are read from three listings (success, failure, canceled), each only since the last read. Progress is read from one
listing, less often and at most three pages. A clip that no listing has shown for long is asked for by its id, one in each
round. Clips of an earlier run may have ended at any time: they are asked for by their ids, a few in each round, unless a
listing shows them. A listing or an id that can't be read pauses by itself, and all others are read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from bot.detail import Detail, DetailCode, said
from bot.errors import ProviderError, ProviderMisconfigured, ProviderRejected, ProviderUnavailable
from bot.ports import PHASES_OVER, Clock, Phase, RunStatus
from bot.providers.scenario import errors, mapping
from bot.providers.scenario.client import Client, is_missing, segment
from bot.providers.scenario.endings import LAG_MS, LISTING_REST_SECONDS, Endings, page_of_jobs
from bot.providers.scenario.rest import Rest
from bot.providers.scenario.wire import Job, JobAnswer

ENDINGS: Final = ("success", "failure", "canceled")
_PROGRESS_PAGES: Final = 3
_POLLED_AT_ONCE: Final = 10
"""Up to so many clips of an earlier run are asked for by id at once. If there are more, the listings are read a day back."""
_POLLED_PER_ROUND: Final = 3
"""If there are more than `_POLLED_AT_ONCE`, so many are asked for by id in each round. Together with the listings that is less
than 5 requests a second, with a round every 2 s."""
_POLL_SECONDS: Final = 20.0
"""Time limit of one question by id: the news of all other clips wait for it."""
_SILENT_PER_ROUND: Final = 2
"""After so many ids without an answer in one round, the other ids wait for the next round."""
_ID_REST_SECONDS: Final = 300.0
"""The longest pause of an id that finds no answer."""
_UNKNOWN_YET_MS: Final = 5 * 60 * 1000
"""For so long "no such job" may mean a late index of the vendor; after that the clip counts as failed, and the operator is
told.
"""


@dataclass(slots=True)
class _Seen:
    """One running clip. `heard_ms`: when it was last shown or asked for. `missing_ms`: since when the vendor answers that it
    does not know it. `end`: its end, once seen. `rest`: its pause after questions without an answer.
    """

    heard_ms: int
    missing_ms: int | None = None
    end: RunStatus | None = None
    rest: Rest | None = None

    def due(self, now: int) -> bool:
        return self.rest is None or self.rest.due(now)


class Watch:
    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._running: dict[str, _Seen] = {}
        self._fresh: set[str] = set()
        self._unasked: dict[str, None] = {}
        """Clips of an earlier run that the vendor has not answered for yet, in the order in which they are asked for."""
        self._endings = [Endings(client, status) for status in ENDINGS]
        self._progress_at_ms = 0
        self._progress_rest = Rest("the listing of running clips", LISTING_REST_SECONDS)

    def expect(self, job: Job) -> None:
        """Called after a submit: this clip can't have ended before, and its creation time tells the vendor's clock."""
        self._fresh.add(job.job_id)
        self._client.vendor.guess(job.created_ms)

    async def poll(self, running: Collection[str]) -> list[RunStatus]:
        """All changes since the last call. An end is returned in each call until the clip is no longer in `running`.

        Raises a `ProviderError` where none of the listings of ends could be read and nothing else has changed.
        """
        now = self._clock.now_ms()
        news: dict[str, RunStatus] = {}
        self._follow(running, now)
        reads = [self._ends(listing, now, news) for listing in self._endings]
        failed = _whole(await asyncio.gather(*reads, return_exceptions=True))
        troubles = [listing.rest.error for listing in self._endings if listing.rest.error is not None]
        deaf = len(troubles) == len(self._endings)
        if not deaf:
            await self._progress(now, news)
        await self._poll_some(now, news, 1 if deaf else _SILENT_PER_ROUND)
        for reference, seen in self._running.items():
            if seen.end is not None:
                news[reference] = seen.end
        await self._client.vendor.keep()
        if deaf:
            for listing in self._endings:
                listing.rest.again()
            if not news:
                raise troubles[0]
        for rest in failed:
            rest.report()
        return list(news.values())

    async def status(self, reference: str) -> RunStatus | None:
        """The status by the clip's id, whatever the listings showed; None where the vendor does not know it.

        Tried once, since callers ask again later and the news of other clips may wait for this. Raises a `ProviderError`.
        """
        try:
            async with asyncio.timeout(_POLL_SECONDS):
                answer = await self._client.repeat(JobAnswer, "GET", f"/jobs/{segment(reference)}", tries=1)
        except TimeoutError as error:
            raise ProviderUnavailable(Detail(DetailCode.NO_ANSWER, (_POLL_SECONDS,))) from error
        except ProviderError as error:
            if is_missing(error):
                return None
            raise
        if answer.job.job_id != reference:
            raise ProviderUnavailable(Detail(DetailCode.OTHER_JOB))
        return self._status(answer.job)

    def _status(self, job: Job) -> RunStatus:
        status = mapping.run_status(job)
        if status.detail is None or status.detail.code is not DetailCode.SAID:
            return status
        return replace(status, detail=said(errors.clean(mapping.words_of(job), self._client.account)))

    def _follow(self, running: Collection[str], now: int) -> None:
        """Drops clips that do not run any more and adds new ones; those not submitted by this process go to `_unasked`."""
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
        if strangers and len(self._unasked) > _POLLED_AT_ONCE:
            for listing in self._endings:
                listing.behind = True

    async def _ends(self, listing: Endings, now: int, news: dict[str, RunStatus]) -> Rest | None:
        """Reads one listing if it is due. Its `rest` where the read failed, else None."""
        if not listing.rest.due(now):
            return None
        try:
            await listing.read(lambda job: self._heard(job, now, news))
        except ProviderError as error:
            listing.rest.failed(error, self._clock.now_ms())
            return listing.rest
        listing.rest.over()
        return None

    async def _progress(self, now: int, news: dict[str, RunStatus]) -> None:
        if now < self._progress_at_ms or not self._progress_rest.due(now):
            return
        self._progress_at_ms = now + int(self._client.pace.progress * 1000)
        if all(seen.end is not None for seen in self._running.values()):
            return
        known = [listing.newest_ms for listing in self._endings if listing.newest_ms is not None]
        after = max(known, default=self._client.vendor.now_ms()) - LAG_MS
        token: str | None = None
        try:
            for _ in range(_PROGRESS_PAGES):
                page = await page_of_jobs(self._client, {}, after, token)
                for job in page.jobs:
                    self._heard(job, now, news)
                token = page.next_pagination_token
                if token is None:
                    break
        except ProviderError as error:
            self._progress_rest.failed(error, self._clock.now_ms())
            self._progress_rest.report()
        else:
            self._progress_rest.over()

    async def _poll_some(self, now: int, news: dict[str, RunStatus], patience: int) -> None:
        """Asks by id for some clips of an earlier run and for the one not heard of for longest. Stops after `patience`
        questions without an answer.
        """
        count = len(self._unasked)
        due = [reference for reference in self._unasked if self._running[reference].due(now)]
        polled = due[: count if count <= _POLLED_AT_ONCE else _POLLED_PER_ROUND]
        for reference in [*polled, *self._quietest(now)]:
            patience -= not await self._poll_one(reference, now, news)
            if patience == 0:
                return

    def _quietest(self, now: int) -> list[str]:
        waiting = [
            (seen.heard_ms, reference)
            for reference, seen in self._running.items()
            if seen.end is None and reference not in self._unasked and seen.due(now)
        ]
        heard, reference = min(waiting, default=(now, ""))
        return [reference] if now - heard >= self._client.pace.quiet * 1000 else []

    async def _poll_one(self, reference: str, now: int, news: dict[str, RunStatus]) -> bool:
        """Whether an answer came, even a refusal. An id without a usable answer pauses and goes behind the others."""
        seen = self._running[reference]
        seen.heard_ms = now
        try:
            status = await self.status(reference)
        except ProviderError as error:
            seen.rest = seen.rest or Rest(f"the clip {reference}", _ID_REST_SECONDS)
            seen.rest.failed(error, self._clock.now_ms())
            seen.rest.report()
            if reference in self._unasked:
                del self._unasked[reference]
                self._unasked[reference] = None
            return isinstance(error, (ProviderRejected, ProviderMisconfigured))
        self._unasked.pop(reference, None)
        seen.rest = None
        if status is not None:
            self._tell(status, now, news)
        elif seen.missing_ms is None:
            seen.missing_ms = now
        elif now - seen.missing_ms >= _UNKNOWN_YET_MS:
            self._end(RunStatus(reference, Phase.FAILED, detail=Detail(DetailCode.UNKNOWN_THERE)), news)
        return True

    def _heard(self, job: Job, now: int, news: dict[str, RunStatus]) -> None:
        if job.job_id in self._running:
            self._tell(self._status(job), now, news)

    def _tell(self, status: RunStatus, now: int, news: dict[str, RunStatus]) -> None:
        seen = self._running[status.reference]
        self._unasked.pop(status.reference, None)
        if seen.end is not None:
            return
        seen.heard_ms, seen.missing_ms = now, None
        if status.phase in PHASES_OVER:
            self._end(status, news)
        else:
            news[status.reference] = status

    def _end(self, status: RunStatus, news: dict[str, RunStatus]) -> None:
        self._running[status.reference].end = news[status.reference] = status


def _whole(results: list[Rest | BaseException | None]) -> list[Rest]:
    """The rests among the results of `gather`; raises the first exception among them, which is a fault of ours."""
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if isinstance(result, Rest)]
