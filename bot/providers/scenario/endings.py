"""Reads the vendor's listing of jobs in one final status, page by page, and only what changed since the last read. `Watch` has
one for each final status.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bot.providers.scenario import mapping
from bot.providers.scenario.client import Client
from bot.providers.scenario.rest import Rest
from bot.providers.scenario.wire import Job, JobsPage, iso

_PAGE: Final = 100
"""Jobs per page, the vendor's maximum."""
_PAGES: Final = 50
"""Pages in one read at most."""
LAG_MS: Final = 30_000
"""Each read begins so long before the newest known change, since the vendor's index may be late and its clocks differ."""
LISTING_REST_SECONDS: Final = 60.0
"""The longest pause between two tries to read a listing. Once it can be read again, its ends are seen at most so much later."""
_RESUME_MS: Final = 24 * 3600 * 1000
"""How far back the listing is read for clips that another run of this bot submitted."""
_UNKNOWN_CLOCK_MS: Final = 24 * 3600 * 1000
"""How far the vendor's clock may be ahead of ours as long as it is not known."""


class Endings:
    """The listing of one final status. All times are the vendor's own `updatedAt`, so its clock need not agree with ours."""

    def __init__(self, client: Client, status: str) -> None:
        self._client = client
        self._status = status
        self._passed: dict[str, float] = {}
        self.newest_ms: float | None = None
        """The newest change that was read, by the vendor's clock."""
        self.behind = False
        """Whether the next read goes back a day (`_RESUME_MS`)."""
        self.rest = Rest(f"the listing of {status} clips", LISTING_REST_SECONDS)

    async def read(self, heard: Callable[[Job], None]) -> None:
        """Calls `heard` for each job as its page comes. Raises a `ProviderError`, maybe half-way: the next call reads all
        again.
        """
        now_ms = self._client.vendor.now_ms()
        newest = now_ms if self.newest_ms is None else self.newest_ms
        behind, before = self.behind, self._passed
        after = now_ms - _RESUME_MS if behind else newest - LAG_MS
        passed = dict(before)
        token: str | None = None
        tokens: set[str] = set()
        for _ in range(_PAGES):
            page = await page_of_jobs(self._client, {"status": self._status}, after, token)
            unseen = [job for job in page.jobs if behind or job.job_id not in before]
            latest = self._latest_ms()
            for job in page.jobs:
                # A job without a time, or from before the asked time, counts as changed with the newest known change; one from
                # the future counts as changed now. So a wrong date neither hides later changes nor makes the next read go far
                # back.
                changed = job.updated_ms
                passed[job.job_id] = newest if changed is None or changed < after else min(changed, latest)
                heard(job)
            token = page.next_pagination_token
            if token is None or token in tokens or (not unseen and _newest_first(page)):
                break  # sorted newest first, so the pages after one without news have no news
            tokens.add(token)
        self.behind = False
        # The first read may have begun with a wrong idea of the vendor's clock, which its answers have corrected since.
        newest = min(max(passed.values(), default=newest), self._latest_ms())
        self.newest_ms = newest
        self._passed = {job_id: at for job_id, at in passed.items() if at >= newest - 2 * LAG_MS}

    def _latest_ms(self) -> float:
        vendor = self._client.vendor
        return vendor.now_ms() + (0 if vendor.told else _UNKNOWN_CLOCK_MS)


async def page_of_jobs(client: Client, query: Mapping[str, str], after_ms: float, token: str | None) -> JobsPage:
    """One page of jobs that changed after `after_ms` (the vendor's clock). Tried once: the next round asks again."""
    full: dict[str, str | int] = {"type": mapping.JOB_TYPE, "pageSize": _PAGE, "updatedAfter": iso(after_ms), **query}
    if token is not None:
        full["paginationToken"] = token
    return await client.repeat(JobsPage, "GET", "/jobs", query=full, tries=1)


def _newest_first(page: JobsPage) -> bool:
    """Whether this page is sorted newest first. The vendor sorts by update and does not document the direction."""
    told = [job.updated_ms for job in page.jobs if job.updated_ms is not None]
    return len(told) > 1 and told[0] > told[-1] and told == sorted(told, reverse=True)
