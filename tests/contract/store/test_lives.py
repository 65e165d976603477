"""Jobs with random histories: the ledger always equals what was charged plus what is still reserved."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.job import ENDED, TRANSITIONS, State
from bot.errors import QuotaRefused
from tests.books import every_entry
from tests.contract.store.conftest import over_postgres, over_sqlite
from tests.factories import NOW_MS, TODAY, a_new_order, book, bounds

MEMBERS = (7, 8)
ALLOWANCE = 120
DEEDS = st.one_of(
    st.tuples(st.just("create"), st.integers(1, 8), st.sampled_from(MEMBERS), st.integers(0, 60)),
    st.tuples(st.just("move"), st.integers(1, 8), st.sampled_from(State), st.floats(0, 1)),
    st.tuples(st.just("stale"), st.integers(1, 8), st.sampled_from(State), st.floats(0, 1)),
    st.tuples(st.just("take over"), st.just(0), st.just(0), st.just(0)),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(DEEDS, max_size=40))
def test_the_ledger_adds_up_to_what_was_charged_and_what_is_reserved(deeds):
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(over_sqlite(Path(folder)), deeds))


# Only a few examples, since each transaction takes several round trips to the server.
@settings(max_examples=5, deadline=None)
@given(deeds=st.lists(DEEDS, max_size=40))
def test_it_does_so_on_postgresql_too(shared_postgres_books, deeds):
    shared_postgres_books.empty()
    asyncio.run(live(over_postgres(shared_postgres_books.address), deeds))


async def live(opened, deeds):
    async with opened() as storage:
        known, older = {}, {}
        for what, job_id, which, figure in deeds:
            if what == "create":
                await create(storage, known, job_id, which, figure)
            elif what == "take over":
                older.update(known)
                taken = await storage.job_recovery.take_over(NOW_MS)
                assert {job.id for job in taken} == {job.id for job in known.values() if not job.ended}
                known.update({job.id: job for job in taken})
            elif (job := (known if what == "move" else older).get(job_id)) and which in TRANSITIONS[job.state]:
                moved = await move(storage, job, which, figure)
                assert (moved is None) == (job != known[job_id])
                older[job_id] = job
                known[job_id] = moved or known[job_id]

        for member in MEMBERS:
            theirs = [job for job in known.values() if job.member_id == member]
            owed = sum(job.charged if job.ended else job.cost for job in theirs)
            assert await storage.ledger.booked(member, TODAY) == -owed
            assert owed <= ALLOWANCE
            assert len(await every_entry(storage, member)) == len(theirs) + sum(job.ended for job in theirs)
        assert all([await storage.jobs.get(job.id) == job for job in known.values()])


async def create(storage, known, job_id, member, cost):
    booked = await storage.ledger.booked(member, TODAY)
    try:
        job = await book(storage, a_new_order(job_id, member_id=member, cost=cost), bounds(member_credits=ALLOWANCE))
    except QuotaRefused:
        assert job_id not in known
        assert cost > ALLOWANCE + booked
    else:
        assert (job is None) == (job_id in known)
        known.setdefault(job_id, job)


async def move(storage, job, to, figure):
    if to in ENDED:
        return await storage.transitions.end(job, to, NOW_MS, charged=round(job.cost * figure))
    return await storage.transitions.advance(job, to, NOW_MS)
