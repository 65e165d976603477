"""What every store promises about money: bounds hold, each reserve ends once, sums can be recomputed."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace

import pytest

from bot.domain.job import State
from bot.domain.quota import Span
from bot.errors import QuotaRefused
from bot.ports import Entry
from bot.problem import Crossed
from tests.books import every_entry
from tests.factories import DAY_MS, NOW_MS, TODAY, a_new_order, an_address, book, bounds, jobs_of

YESTERDAY = Span(TODAY.start_ms - DAY_MS, TODAY.start_ms)


async def spend(storage, job_id, cost, **changes):
    return await book(storage, a_new_order(job_id, cost=cost, **changes))


@pytest.mark.parametrize(
    ("caps", "cost", "reason", "figures"),
    [
        # Spent so far: 60 of this member's 100 in two running jobs; the guild has 90 in three.
        ({"member_credits": 100}, 41, "allowance", (41, 40, 100)),
        ({"member_credits": 50}, 1, "allowance", (1, -10, 50)),
        ({"member_running": 2}, 5, "running", (1, 0, 2)),
        ({"member_running": 1}, 0, "running", (1, 0, 1)),
        ({"guild_credits": 100}, 11, "guild_allowance", (11, 10, 100)),
        ({"guild_running": 3}, 5, "guild_running", (1, 0, 3)),
    ],
)
async def test_a_job_beyond_a_bound_is_refused_with_figures_and_leaves_nothing(storage, caps, cost, reason, figures):
    await spend(storage, 1, 30)
    await spend(storage, 2, 30)
    await spend(storage, 3, 30, member_id=8)

    with pytest.raises(QuotaRefused) as refused:
        await book(storage, a_new_order(4, cost=cost), bounds(**caps))

    resets = TODAY.end_ms if reason.endswith("allowance") else None
    assert refused.value.crossed == (Crossed(reason, *figures, resets),)
    assert await storage.jobs.get(4) is None
    assert await storage.ledger.booked(7, TODAY) == -60


async def test_every_bound_that_would_be_crossed_is_told_at_once(storage):
    await spend(storage, 1, 30)
    everything = {"member_credits": 30, "member_running": 1, "guild_credits": 1, "guild_running": 1}

    with pytest.raises(QuotaRefused) as refused:
        await book(storage, a_new_order(2, cost=5), bounds(**everything))

    assert refused.value.crossed == (
        Crossed("allowance", 5, 0, 30, TODAY.end_ms),
        Crossed("running", 1, 0, 1),
        Crossed("guild_allowance", 5, -29, 1, TODAY.end_ms),
        Crossed("guild_running", 1, 0, 1),
    )
    assert await storage.jobs.get(2) is None


@pytest.mark.parametrize(
    ("caps", "cost", "left_after"),
    [
        ({"member_credits": 100}, 40, 0),
        ({"member_credits": 100}, 10, 30),
        ({"member_credits": 50}, 0, -10),
        ({"member_credits": None, "member_running": 3}, 500, None),
        ({"guild_credits": 60, "guild_running": 3}, 0, None),
        ({"guild_credits": 100, "member_credits": 200}, 40, 100),
    ],
)
async def test_a_job_within_its_bounds_knows_what_is_left_after_it(storage, caps, cost, left_after):
    await spend(storage, 1, 30)
    await spend(storage, 2, 30)

    job = await book(storage, a_new_order(4, cost=cost), bounds(**caps))

    assert job.left_after == left_after
    assert job.resets_at_ms == (None if left_after is None else TODAY.end_ms)


async def test_a_direct_message_counts_for_no_guild(storage):
    await spend(storage, 1, 30)

    assert await book(storage, a_new_order(2, address=an_address(guild_id=None)), bounds(guild_credits=30, guild_running=1))


async def test_other_days_and_other_members_count_for_nothing(storage):
    await spend(storage, 1, 90, created_at_ms=TODAY.start_ms - 1)
    await spend(storage, 2, 90, created_at_ms=TODAY.end_ms)
    await spend(storage, 3, 90, member_id=8)
    await spend(storage, 4, 5, created_at_ms=TODAY.start_ms)
    await spend(storage, 5, 5, created_at_ms=TODAY.end_ms - 1)

    job = await book(storage, a_new_order(6, cost=30), bounds(member_credits=100))

    assert job.left_after == 60


async def test_a_grant_widens_its_member_but_not_the_guild(storage):
    await storage.ledger.grant(7, 20, 50, NOW_MS, "for the festival")

    assert (await book(storage, a_new_order(1, cost=30), bounds(member_credits=0))).left_after == 20
    with pytest.raises(QuotaRefused, match="guild_allowance"):
        await book(storage, a_new_order(2, cost=30), bounds(guild_credits=50))


@pytest.mark.parametrize(
    ("cost", "charged", "entry", "back"),
    [(30, 30, "settle", 0), (30, 12, "settle", 18), (30, 0, "release", 30), (0, 0, "release", 0)],
)
async def test_an_end_closes_its_reserve_in_the_window_that_it_was_taken_from(storage, cost, charged, entry, back):
    job = await spend(storage, 1, cost, created_at_ms=TODAY.start_ms - 1)

    await storage.transitions.end(job, State.FAILED, NOW_MS, charged=charged)

    closing, reserve = await every_entry(storage, 7)
    assert (reserve.entry, reserve.credits, reserve.at_ms) == (Entry.RESERVE, -cost, TODAY.start_ms - 1)
    assert (closing.entry, closing.credits, closing.at_ms) == (Entry(entry), back, NOW_MS)
    assert closing.counts_at_ms == reserve.counts_at_ms == TODAY.start_ms - 1
    assert (closing.job_id, closing.member_id, closing.guild_id) == (1, 7, 20)
    assert (await storage.ledger.booked(7, YESTERDAY), await storage.ledger.booked(7, TODAY)) == (-charged, 0)


@pytest.mark.parametrize("charged", [-1, 31])
async def test_nothing_is_charged_beyond_the_reserve(storage, charged):
    job = await spend(storage, 1, 30)

    with pytest.raises(ValueError, match="charged"):
        await storage.transitions.end(job, State.FAILED, NOW_MS, charged=charged)


async def test_when_two_ends_race_one_settles_and_the_other_does_nothing(opened):
    async with opened() as one, opened() as other:
        jobs = [await spend(one, number, 30) for number in range(1, 21)]
        ends = [
            storage.transitions.end(job, state, NOW_MS, charged=charged)
            for job in jobs
            for storage, state, charged in ((one, State.FAILED, 30), (other, State.CANCELLED, 0))
        ]
        outcomes = await asyncio.gather(*ends)

        for job, first, second in zip(jobs, outcomes[::2], outcomes[1::2], strict=True):
            assert [first, second].count(None) == 1
            assert await one.jobs.get(job.id) == (first or second)
        charged = sum([(await one.jobs.get(job.id)).charged for job in jobs])
        assert len(await every_entry(one, 7)) == 40
        assert await one.ledger.booked(7, TODAY) == -charged


def test_stores_that_race_never_overspend_together(opened):
    allowed, racers, each = 7, 4, 13
    barrier = threading.Barrier(racers)
    made, refused, broken = [], [], []

    async def race(racer):
        async with opened() as storage:
            barrier.wait(timeout=30)
            for number in range(each):
                job_id = racer * 100 + number + 1
                try:
                    made.append(await book(storage, a_new_order(job_id, cost=30), bounds(member_credits=30 * allowed + 29)))
                except QuotaRefused as error:
                    refused.append(error.crossed[0].left)

    def run(racer):
        try:
            asyncio.run(race(racer))
        except BaseException as error:
            broken.append(error)
            raise

    threads = [threading.Thread(target=run, args=(racer,)) for racer in range(racers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert not broken
    assert (len(made), set(refused)) == (allowed, {29})
    assert sorted(job.left_after for job in made) == [29 + 30 * number for number in range(allowed)]


async def test_creates_at_one_moment_in_one_store_never_overspend(storage):
    outcomes = await asyncio.gather(
        *(book(storage, a_new_order(number, cost=30), bounds(member_credits=100)) for number in range(1, 51)),
        return_exceptions=True,
    )

    refused = [outcome for outcome in outcomes if isinstance(outcome, QuotaRefused)]
    assert (len(outcomes) - len(refused), await storage.ledger.booked(7, TODAY)) == (3, -90)
    assert len(await jobs_of(storage)) == 3


async def test_running_caps_hold_for_creates_at_one_moment(storage):
    outcomes = await asyncio.gather(
        *(book(storage, a_new_order(number, cost=0), bounds(member_running=3)) for number in range(1, 21)),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, QuotaRefused) for outcome in outcomes) == 17


async def test_each_providers_jobs_are_counted_by_themselves(storage):
    one = bounds(member_running=1, guild_running=1)
    await book(storage, a_new_order(1, provider="preview"), one)

    await storage.bookings.check_bounds(7, 20, "scenario", (0,), one)
    assert await book(storage, a_new_order(2, provider="scenario"), one) is not None
    for provider in ("preview", "scenario"):
        with pytest.raises(QuotaRefused):
            await storage.bookings.check_bounds(7, 20, provider, (0,), one)
        with pytest.raises(QuotaRefused):
            await book(storage, a_new_order(3, provider=provider), one)


async def test_an_ended_job_runs_no_more(storage):
    one = bounds(member_running=1, guild_running=1)
    job = await book(storage, a_new_order(1), one)
    await storage.transitions.end(job, State.CANCELLED, NOW_MS, charged=0)

    assert await book(storage, a_new_order(2), one) is not None


async def test_the_latest_entries_leave_out_those_of_no_credits(storage):
    for number in range(1, 6):
        job = await spend(storage, number, 30)
        await storage.transitions.end(job, State.FAILED, NOW_MS, charged=30)

    assert [entry.job_id for entry in await storage.ledger.entries(7, 5)] == [5, 4, 3, 2, 1]


async def test_grants_are_told_apart_in_their_window(storage):
    await spend(storage, 1, 30)
    for credit, at_ms in ((300, NOW_MS), (-20, NOW_MS + 1), (50, TODAY.start_ms - 1)):
        await storage.ledger.grant(7, None, credit, at_ms, "")

    assert (await storage.ledger.granted(7, TODAY), await storage.ledger.booked(7, TODAY)) == (280, 250)
    assert (await storage.ledger.granted(7, YESTERDAY), await storage.ledger.granted(8, TODAY)) == (50, 0)


async def test_entries_are_told_newest_first_with_what_was_noted(storage):
    await spend(storage, 1, 30)
    grant = await storage.ledger.grant(7, None, -20, NOW_MS + 5, "taken back")
    await spend(storage, 2, 30, member_id=8)

    assert [entry.entry for entry in await storage.ledger.entries(7, 9)] == [Entry.GRANT, Entry.RESERVE]
    assert await storage.ledger.entries(7, 1) == [grant]
    assert replace(grant, id=0) == replace(
        grant, id=0, job_id=None, member_id=7, guild_id=None, credits=-20, at_ms=NOW_MS + 5, counts_at_ms=NOW_MS + 5
    )
    assert grant.note == "taken back"
    assert await storage.ledger.booked(7, TODAY) == -50
