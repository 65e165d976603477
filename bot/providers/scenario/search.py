"""Finds submits whose answer was lost: one listing of what was created since, compared by model, prompt and seed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from bot.ports import Lost
from bot.providers.scenario import mapping
from bot.providers.scenario.client import Client
from bot.providers.scenario.wire import Job, JobsPage, iso

_SKEW_MS: Final = 5 * 60 * 1000
"""The vendor's clock is known only as well as one answer tells it: look back this much further than the first submit."""
_PAGE: Final = 100
_PAGES: Final = 50


async def find(client: Client, lost: Sequence[Lost], known: Collection[str], ahead_ms: float = 0.0) -> Mapping[int, str | None]:
    """As `VideoProvider.find`: a reference, None where it can't be told apart, nothing where it is not listed.

    `ahead_ms` is how far the vendor's clock is ahead of ours: its times of creation are compared with our submits.
    """
    if not lost:
        return {}
    listed, whole = await _created_since(client, min(each.submitted_at_ms for each in lost) + ahead_ms - _SKEW_MS)
    strangers = [job for job in listed if job.job_id not in known]
    candidates = {each.submission.job_id: _candidates(strangers, each, ahead_ms) for each in lost}
    _tell_apart(candidates, {job.job_id: job for job in strangers}, lost)
    claims: dict[str, int] = {}
    for references in candidates.values():
        for reference in references:
            claims[reference] = claims.get(reference, 0) + 1
    found: dict[int, str | None] = {}
    for job_id, references in candidates.items():
        if len(references) == 1 and claims[references[0]] == 1:
            found[job_id] = references[0]
        elif references or not whole:
            # Two clips for one submit, two submits for one clip, or a listing too long to read: no guess with money.
            found[job_id] = None
    return found


def _tell_apart(candidates: dict[int, list[str]], jobs: Mapping[str, Job], lost: Sequence[Lost]) -> None:
    """A remix shares prompt and seed with its clip: where one submit and one clip have each other's images, they are a pair."""
    proven: dict[str, list[int]] = {}
    for each in lost:
        job_id = each.submission.job_id
        same = [reference for reference in candidates[job_id] if mapping.has_its_images(jobs[reference], each.submission)]
        if len(same) == 1:
            proven.setdefault(same[0], []).append(job_id)
    for reference, (job_id, *others) in proven.items():
        if not others:
            for references in candidates.values():
                if reference in references:
                    references.remove(reference)
            candidates[job_id] = [reference]


def _candidates(strangers: Sequence[Job], lost: Lost, ahead_ms: float) -> list[str]:
    earliest_ms = lost.submitted_at_ms + ahead_ms - _SKEW_MS
    return [
        job.job_id
        for job in strangers
        if mapping.is_ours(job, lost.submission)
        and (job.created_at is None or job.created_at.timestamp() * 1000 >= earliest_ms)
    ]


async def _created_since(client: Client, after_ms: float) -> tuple[list[Job], bool]:
    """Jobs created after then, and whether these are all of them."""
    jobs: list[Job] = []
    query: dict[str, str | int] = {"createdAfter": iso(after_ms), "pageSize": _PAGE}
    for _ in range(_PAGES):
        page = await client.repeat(JobsPage, "GET", "/jobs", query=query)
        jobs.extend(page.jobs)
        if page.next_pagination_token is None:
            return jobs, True
        query["paginationToken"] = page.next_pagination_token
    return jobs, False
