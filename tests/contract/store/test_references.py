"""Which job has which clip of the provider, and which submits are under way."""

from __future__ import annotations

import pytest

from bot.domain.job import State
from bot.errors import ReferenceHeld
from tests.contract.store.state_paths import make, walk
from tests.factories import DAY_MS, NOW_MS


async def test_references_are_held_for_two_days_and_while_a_job_is_unfinished(storage):
    for number, age_days, ends in ((1, 3, True), (2, 3, False), (3, 1, True), (4, 0, False)):
        job = await walk(storage, await make(storage, number, created_at_ms=NOW_MS - age_days * DAY_MS), State.SUBMITTING)
        job = await storage.transitions.advance(job, State.GENERATING, NOW_MS, provider_reference=f"clip-{number}")
        if ends:
            await storage.transitions.end(job, State.FAILED, NOW_MS, charged=0)
    other = await walk(storage, await make(storage, 5, provider="scenario"), State.SUBMITTING)
    await storage.transitions.advance(other, State.GENERATING, NOW_MS, provider_reference="clip-4")

    assert await storage.provider_references.held("preview") == {"clip-2", "clip-3", "clip-4"}
    assert await storage.provider_references.held("scenario") == {"clip-4"}
    assert await storage.provider_references.held("fal") == set()


async def test_two_jobs_never_claim_one_clip(storage):
    first, second = [await walk(storage, await make(storage, number), State.SUBMITTING) for number in (1, 2)]
    await storage.transitions.advance(first, State.GENERATING, NOW_MS, provider_reference="clip")

    with pytest.raises(ReferenceHeld) as refused:
        await storage.transitions.advance(second, State.GENERATING, NOW_MS, provider_reference="clip")
    assert (refused.value.reference, refused.value.job_id) == ("clip", 1)
    assert await storage.jobs.get(2) == second


async def test_the_job_that_has_a_clip_is_known_however_long_ago_it_ended(storage):
    held = await walk(storage, await make(storage, 1, created_at_ms=NOW_MS - 30 * DAY_MS), State.SUBMITTING)
    held = await storage.transitions.advance(held, State.GENERATING, NOW_MS, provider_reference="clip")
    await storage.transitions.end(held, State.FAILED, NOW_MS, charged=0)
    await make(storage, 2)

    assert await storage.provider_references.holder("preview", "clip") == 1
    assert await storage.provider_references.holder("scenario", "clip") is None
    assert await storage.provider_references.holder("preview", "another") is None


async def test_submits_under_way_are_listed_but_for_those_that_are_known_the_oldest_first(storage):
    for number, submitted in ((1, 30), (2, 20), (3, 10), (4, 5)):
        job = await walk(storage, await make(storage, number), State.PREPARING)
        await storage.transitions.advance(job, State.SUBMITTING, NOW_MS, submitted_at_ms=NOW_MS + submitted)
    await walk(storage, await make(storage, 5), State.PREPARING)
    accepted = await walk(storage, await make(storage, 6), State.SUBMITTING)
    await storage.transitions.advance(accepted, State.GENERATING, NOW_MS, provider_reference="clip")
    await walk(storage, await make(storage, 7, provider="scenario"), State.SUBMITTING)

    assert [job.id for job in await storage.provider_references.submitting("preview", {2, 9})] == [4, 3, 1]
    assert await storage.provider_references.submitting("preview", {1, 2, 3, 4}) == []
