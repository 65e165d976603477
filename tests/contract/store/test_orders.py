"""What the stores promise about orders of several jobs, over every database."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.job import State
from bot.domain.order import OrderKind, by_interaction
from bot.errors import AlreadyBooked, QuotaRefused, StorageError
from bot.problem import Crossed
from tests.contract.store.state_paths import finish, make, walk
from tests.factories import (
    NO_BOUNDS,
    NOW_MS,
    a_new_job,
    a_new_order,
    a_reference_image,
    a_request,
    an_address,
    bounds,
    jobs_of,
    what_was_asked,
)


def takes(order_id=10, many=3, cost=30, **changes):
    """An order of so many jobs, whose ids follow that of the order."""
    jobs = tuple(a_new_job(order_id + number, cost=cost, seed=number) for number in range(1, many + 1))
    return replace(a_new_order(order_id), kind=OrderKind.TAKES, jobs=jobs, **changes)


async def ids(storage, member_id=7):
    return [job.id for job in await jobs_of(storage, member_id)]


async def test_an_order_and_all_its_jobs_are_booked_at_once_with_one_reserve_each(storage):
    new = takes(parent_job_id=3, address=an_address(private=True, locale="de"))
    booking = await storage.bookings.create(new, bounds(member_credits=100))

    order = booking.order
    assert booking.new
    assert (order.id, order.source, order.kind, order.member_id) == (10, new.source, OrderKind.TAKES, 7)
    assert (order.guild_id, order.parent_job_id, order.private, order.locale) == (20, 3, True, "de")
    assert (order.created_at_ms, order.ended_at_ms) == (NOW_MS, None)
    assert [(job.id, job.order_id, job.position, job.seed) for job in booking.jobs] == [
        (11, 10, 0, 1),
        (12, 10, 1, 2),
        (13, 10, 2, 3),
    ]
    assert {job.left_after for job in booking.jobs} == {10}
    assert await storage.jobs.order(10) == order
    assert await storage.jobs.of_order(10) == await storage.jobs.of_source(new.source) == list(booking.jobs)
    assert [(entry.job_id, entry.credits) for entry in await storage.ledger.entries(7, 9)] == [(13, -30), (12, -30), (11, -30)]


async def test_an_order_that_is_not_there_has_no_jobs(storage):
    assert await storage.jobs.order(1) is None
    assert await storage.jobs.of_order(1) == await storage.jobs.of_source(by_interaction(1)) == []


async def test_the_same_source_gets_the_order_that_is_there_whatever_it_asks_for(storage):
    first = await storage.bookings.create(takes(), NO_BOUNDS)
    again = await storage.bookings.create(takes(50, many=2, source=first.order.source), bounds(member_credits=0))

    assert again == replace(first, new=False)
    assert await ids(storage) == [11, 12, 13]


async def test_two_presses_at_the_same_moment_are_one_order(opened):
    async with opened() as one, opened() as other:
        first, second = (takes(order_id, source="draft:5:confirm") for order_id in (10, 50))
        bookings = await asyncio.gather(one.bookings.create(first, NO_BOUNDS), other.bookings.create(second, NO_BOUNDS))
        assert sorted(booking.new for booking in bookings) == [False, True]
        assert len({booking.order.id for booking in bookings}) == 1
        assert len(await ids(one)) == 3


async def test_an_order_over_the_credits_is_refused_whole(storage):
    with pytest.raises(QuotaRefused) as refused:
        await storage.bookings.create(takes(), bounds(member_credits=89))

    assert [(each.reason, each.needed, each.left) for each in refused.value.crossed] == [("allowance", 90, 89)]
    assert await ids(storage) == []
    assert await storage.ledger.entries(7, 9) == []
    assert await storage.jobs.order(10) is None


async def test_an_order_with_a_job_that_can_not_be_stored_leaves_nothing_behind(storage):
    await make(storage, 12)
    with pytest.raises(StorageError):
        await storage.bookings.create(takes(), NO_BOUNDS)

    assert await ids(storage) == [12]
    assert len(await storage.ledger.entries(7, 9)) == 1


async def test_each_job_of_an_order_ends_and_settles_by_itself_and_the_last_one_ends_the_order(storage):
    first, second, third = (await storage.bookings.create(takes(), NO_BOUNDS)).jobs
    await finish(storage, first, NOW_MS + 1)
    await storage.transitions.end(second, State.CANCELLED, NOW_MS + 2, charged=0)
    assert (await storage.jobs.order(10)).ended_at_ms is None
    assert await ids(storage) == [11, 12, 13]
    await storage.transitions.end(third, State.FAILED, NOW_MS + 3, charged=0)

    assert (await storage.jobs.order(10)).ended_at_ms == NOW_MS + 3
    assert [job.state for job in await storage.jobs.of_order(10)] == [State.DONE, State.CANCELLED, State.FAILED]
    assert sum(entry.credits for entry in await storage.ledger.entries(7, 9)) == -30


async def test_an_end_that_came_too_late_ends_no_order(storage):
    job = await make(storage, 1)
    await walk(storage, job, State.PREPARING)

    assert await storage.transitions.end(job, State.CANCELLED, NOW_MS + 2, charged=0) is None
    assert (await storage.jobs.order(1)).ended_at_ms is None


async def test_a_job_that_can_not_be_read_ends_its_order_too(storage):
    await make(storage, 1)

    assert await storage.job_recovery.end_unreadable(1, NOW_MS + 2)
    assert (await storage.jobs.order(1)).ended_at_ms == NOW_MS + 2


async def test_an_order_with_once_is_refused_if_one_of_its_jobs_has_a_twin(storage):
    await storage.bookings.create(takes(many=2, parent_job_id=3), NO_BOUNDS)
    with pytest.raises(AlreadyBooked) as refused:
        await storage.bookings.create(takes(50, parent_job_id=3, once=True), NO_BOUNDS)

    assert refused.value.job_id == 11
    assert await ids(storage) == [11, 12]


async def test_an_order_without_jobs_or_with_a_negative_cost_is_a_mistake(storage):
    for wrong in (takes(many=0), takes(cost=-1)):
        with pytest.raises(ValueError, match=r"needs a job|cannot cost"):
            await storage.bookings.create(wrong, NO_BOUNDS)


async def test_of_several_clips_one_is_in_use_which_may_be_changed_and_the_card_is_to_show_it(storage):
    jobs = (await storage.bookings.create(takes(), NO_BOUNDS)).jobs
    ended = []
    for job in jobs[:2]:
        ended.append(await finish(storage, job))
        await storage.posts.shown(ended[-1])
    assert await storage.transitions.use(jobs[2]) is None
    for each in (ended[0], ended[1], ended[0]):
        used = await storage.transitions.use(each)
        assert (used.id, used.used_job_id) == (each.id, each.id)
        assert [job.used_job_id for job in await storage.jobs.of_order(10)] == [each.id] * 3
        assert each.id in [job.id for job in await storage.posts.behind(NOW_MS)]
        await storage.posts.shown(used)
        assert await storage.transitions.use(each) is None
        assert await storage.posts.behind(NOW_MS) == []
    assert (await storage.jobs.order(10)).used_job_id == ended[0].id


async def test_one_clip_of_several_is_posted_elsewhere_with_a_card_of_its_own_and_the_others_keep_theirs(storage):
    jobs = (await storage.bookings.create(takes(address=an_address(card_id=8)), NO_BOUNDS)).jobs
    job = await walk(storage, jobs[1], State.UNPOSTED)
    for card_id in (95, 96):
        there = an_address(channel_id=98, asked_id=card_id, token=f"token {card_id}", card_id=card_id)
        await storage.asked.add(what_was_asked(there))
        moved = await storage.transitions.post_here(job, there, NOW_MS + 5)
        assert moved == await storage.jobs.get(job.id)
        assert (moved.elsewhere, moved.on_board) == (True, False)
        assert moved.address == replace(there, in_place=True)
        first, _, last = await storage.jobs.of_order(10)
        assert [(each.address.card_id, each.address.channel_id, each.on_board) for each in (first, last)] == [(8, 30, True)] * 2
        assert [each.address.asked_id for each in (first, last)] == [1, 1]
        # Of two presses the later one changes nothing: the job keeps the card of the first.
        late = replace(there, channel_id=97, asked_id=97, card_id=97)
        assert await storage.transitions.post_here(job, late, NOW_MS + 5) is None
        assert await storage.jobs.get(job.id) == moved
        # It can't be posted there either.
        delivering = await storage.transitions.advance(moved, State.DELIVERING, NOW_MS)
        job = await storage.transitions.advance(delivering, State.UNPOSTED, NOW_MS)
    done = await storage.transitions.end(await walk(storage, jobs[0], State.DELIVERING), State.DONE, NOW_MS, charged=30)
    assert done.address.card_id == 8


async def test_the_only_clip_of_an_order_is_never_the_one_in_use(storage):
    await storage.bookings.create(a_new_order(10), NO_BOUNDS)
    [job] = await storage.jobs.of_order(10)
    done = await finish(storage, job)
    assert await storage.transitions.use(done) is None


async def test_jobs_of_one_order_keep_the_same_picture(storage):
    data = b"picture"
    sha256 = await storage.kept_pictures.put(data, "image/png", NOW_MS)
    request = a_request(references=(a_reference_image(sha256=sha256),), kind="image")
    jobs = tuple(a_new_job(number, request=request, seed=number) for number in (11, 12))
    await storage.bookings.create(replace(a_new_order(10), jobs=jobs), NO_BOUNDS)

    assert await storage.kept_pictures.prune(NOW_MS * 2) == 0


@pytest.mark.parametrize(
    ("caps", "crossed"),
    [
        # Two orders with three jobs each are under way.
        ({"member_running": 2}, Crossed("running", 1, 0, 2)),
        ({"guild_running": 2}, Crossed("guild_running", 1, 0, 2)),
        ({"member_running_jobs": 8}, Crossed("running_jobs", 3, 2, 8)),
        ({"guild_running_jobs": 7}, Crossed("guild_running_jobs", 3, 1, 7)),
        ({"member_running_jobs": 5}, Crossed("running_jobs", 3, 0, 5)),
        ({"member_running": 2, "member_running_jobs": 6}, Crossed("running", 1, 0, 2)),
    ],
)
async def test_an_order_over_a_cap_of_orders_or_jobs_is_refused_whole_with_the_number_that_would_fit(storage, caps, crossed):
    for order_id in (10, 20):
        await storage.bookings.create(takes(order_id), NO_BOUNDS)
    with pytest.raises(QuotaRefused) as refused:
        await storage.bookings.create(takes(30), bounds(**caps))
    assert refused.value.crossed == (crossed,)
    with pytest.raises(QuotaRefused) as looked:
        await storage.bookings.check_bounds(7, 20, "preview", (30, 30, 30), bounds(**caps))
    assert looked.value.crossed == (crossed,)
    assert len(await ids(storage)) == 6


async def test_an_order_that_just_fits_is_booked_and_one_with_an_unposted_clip_counts_only_its_others(storage):
    first = await storage.bookings.create(takes(10), NO_BOUNDS)
    await walk(storage, first.jobs[0], State.UNPOSTED)

    await storage.bookings.create(takes(20), bounds(member_running=2, member_running_jobs=5, guild_running_jobs=5))
    assert len(await ids(storage)) == 6


async def test_orders_at_the_same_moment_never_cross_a_cap_of_jobs_together(opened):
    async with opened() as one, opened() as other:
        results = await asyncio.gather(
            *(
                (one, other)[number % 2].bookings.create(takes(10 * number), bounds(member_running_jobs=7))
                for number in range(1, 9)
            ),
            return_exceptions=True,
        )
        assert sum(isinstance(result, QuotaRefused) for result in results) == 6
        assert len(await ids(one)) == 6


async def test_what_was_typed_stands_on_the_order_and_every_job_is_read_with_it(storage):
    typed = r"A {red|blue} kite with \{two|three\} tails"
    booking = await storage.bookings.create(takes(prompt=typed), NO_BOUNDS)
    assert booking.order.prompt == (await storage.jobs.order(10)).prompt == typed
    assert {job.order_prompt for job in (*booking.jobs, *await storage.jobs.of_order(10))} == {typed}
    plain = (await storage.bookings.create(takes(50), NO_BOUNDS)).jobs
    assert {job.order_prompt for job in plain} == {""}
