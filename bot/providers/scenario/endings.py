"""One listing of clips that ended in one way: asked only for what changed since the last time, page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bot.providers.scenario import mapping
from bot.providers.scenario.client import Client
from bot.providers.scenario.rest import Rest
from bot.providers.scenario.wire import Job, JobsPage, iso

_PAGE: Final = 100
"""Jobs per page, the vendor's most."""
_PAGES: Final = 50
LAG_MS: Final = 30_000
"""How far behind the newest change we look again: for a late index and the vendor's own clocks."""
LISTING_REST_SECONDS: Final = 60.0
"""The longest rest of a listing that can't be read: so late may its ends be seen once it can."""
_RESUME_MS: Final = 24 * 3600 * 1000
"""How far back the listing is read for clips that another run of this bot submitted."""
_UNKNOWN_CLOCK_MS: Final = 24 * 3600 * 1000
"""A vendor whose clock is not known may be so far ahead of us."""


class Endings:
    """Times are the vendor's own `updatedAt`, so that its clock and ours may differ."""

    def __init__(self, client: Client, status: str) -> None:
        self._client = client
        self._status = status
        self._passed: dict[str, float] = {}
        self.newest_ms: float | None = None
        """The newest change that was read, by the vendor's clock."""
        self.behind = False
        """Whether it is still to be read far back."""
        self.rest = Rest(f"the listing of {status} clips", LISTING_REST_SECONDS)

    async def read(self, heard: Callable[[Job], None]) -> None:
        """Tells each job as its page comes. Raises a `ProviderError` part-way too: then all of it is read again."""
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
                # What changed at no time, or before what was asked for, counts as new, and one from the future as of now:
                # what comes later must still show, and nothing is read back to a date that is wrong.
                changed = job.updated_ms
                passed[job.job_id] = newest if changed is None or changed < after else min(changed, latest)
                heard(job)
            token = page.next_pagination_token
            if token is None or token in tokens or (not unseen and _newest_first(page)):
                break  # behind a page without anything new there is nothing new
            tokens.add(token)
        self.behind = False
        # The first read may have begun by a wrong idea of the vendor's clock, which its answers mend.
        newest = min(max(passed.values(), default=newest), self._latest_ms())
        self.newest_ms = newest
        self._passed = {job_id: at for job_id, at in passed.items() if at >= newest - 2 * LAG_MS}

    def _latest_ms(self) -> float:
        vendor = self._client.vendor
        return vendor.now_ms() + (0 if vendor.told else _UNKNOWN_CLOCK_MS)


async def page_of_jobs(client: Client, query: Mapping[str, str], after_ms: float, token: str | None) -> JobsPage:
    """One page of what changed after then, by the vendor's clock. Asked once: the next look asks again."""
    full: dict[str, str | int] = {"type": mapping.JOB_TYPE, "pageSize": _PAGE, "updatedAfter": iso(after_ms), **query}
    if token is not None:
        full["paginationToken"] = token
    return await client.repeat(JobsPage, "GET", "/jobs", query=full, tries=1)


def _newest_first(page: JobsPage) -> bool:
    """The vendor sorts by update and does not say in which direction: believe only what the whole page shows."""
    told = [job.updated_ms for job in page.jobs if job.updated_ms is not None]
    return len(told) > 1 and told[0] > told[-1] and told == sorted(told, reverse=True)
