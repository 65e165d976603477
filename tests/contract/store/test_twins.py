"""What every job store promises about twins: the same request by the same button is booked only once."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.job import ENDED, State
from bot.errors import AlreadyBooked
from bot.ports import Posted
from tests.contract.store.state_paths import PATH, make, walk
from tests.factories import NOW_MS, a_new_order, a_request, book
from tests.posts import clip_forgotten


def final(job_id, **changes):
    """The 1080P final of job 1 with the same seed, as its button requests it."""
    new = {"parent_job_id": 1, "request": a_request(resolution="1080P", seed=42), "once": True, **changes}
    return a_new_order(job_id, **new)


async def twin(storage, new):
    (job,) = new.jobs
    found = await storage.bookings.twin(new.parent_job_id, new.member_id, job.provider, job.request, job.seed)
    return None if found is None else found.id


async def test_a_twin_comes_from_the_same_job_by_the_same_member_with_the_same_request_and_seed(storage):
    await make(storage, 1)
    assert await twin(storage, final(9)) is None
    await book(storage, final(2))

    assert await twin(storage, final(9)) == 2
    for other in (
        {"parent_job_id": 2},
        {"member_id": 8},
        {"seed": 43},
        {"provider": "scenario"},
        {"request": a_request(resolution="720P", seed=42)},
        {"request": a_request(resolution="1080P", seed=42, prompt="Another kite")},
    ):
        assert await twin(storage, final(9, **other)) is None


async def test_a_twin_counts_while_it_is_under_way_or_its_clip_is_there(storage):
    job = await book(storage, final(2))
    for state in PATH:
        assert await twin(storage, final(9)) == 2
        job = await storage.transitions.advance(job, state, NOW_MS)
    await storage.transitions.end(job, State.DONE, NOW_MS, charged=job.cost, posted=Posted(30, 5, "u"))
    assert await twin(storage, final(9)) == 2
    await clip_forgotten(storage, job)
    assert await twin(storage, final(9)) is None


@pytest.mark.parametrize("state", sorted(ENDED - {State.DONE}))
async def test_a_twin_that_made_no_clip_does_not_count(storage, state):
    job = await walk(storage, await book(storage, final(2)), State.SUBMITTING)
    await storage.transitions.end(job, state, NOW_MS, charged=0)
    assert await twin(storage, final(9)) is None


async def test_a_twin_that_is_to_be_thrown_away_does_not_count(storage):
    await book(storage, final(2))
    await storage.transitions.want_discard(2, True, NOW_MS, by=7)
    assert await twin(storage, final(9)) is None


async def test_a_clip_that_is_made_only_once_is_not_booked_beside_its_twin(storage):
    await book(storage, final(2))

    with pytest.raises(AlreadyBooked) as refused:
        await book(storage, final(3))

    assert refused.value.job_id == 2
    assert await storage.jobs.get(3) is None
    assert len(await storage.ledger.entries(7, 9)) == 1
    assert await book(storage, final(2)) is None
    assert await book(storage, final(4, once=False)) is not None


async def test_of_many_presses_at_one_moment_one_is_booked(opened):
    async with opened() as one, opened() as other:
        outcomes = await asyncio.gather(
            *(book((one, other)[number % 2], final(number)) for number in range(2, 22)),
            return_exceptions=True,
        )
        assert sum(isinstance(outcome, AlreadyBooked) for outcome in outcomes) == 19
        assert len(await one.ledger.entries(7, 99)) == 1
