"""What every store promises about posts: written before they are sent, one row each, and which cards show something old."""

from dataclasses import replace

import pytest

from bot.domain.job import State, Way
from bot.domain.post import Post, PostState, Purpose, nonce_of, of_job, of_order
from bot.ports import Posted
from bot.storage.posts import TRIES_MOST, drawn_id
from tests.contract.store.state_paths import make, walk
from tests.contract.store.test_orders import takes
from tests.factories import NO_BOUNDS, NOW_MS, an_address, an_unasked_address
from tests.posts import placed

HOUR_MS = 3_600_000
LINE = Post(2**62, "operator", Purpose.LINE, "", 5, Way.CHANNEL, 30, state=PostState.BEGUN)


async def test_a_post_reads_back_as_it_was_given_with_the_nonce_of_its_id(storage):
    assert await storage.posts.find("operator", Purpose.LINE, 5) is None
    [kept] = await storage.posts.keep(LINE)
    assert kept == replace(LINE, nonce=nonce_of(LINE.id)) == await storage.posts.find("operator", Purpose.LINE, 5)
    assert len(kept.nonce) <= 25


async def test_a_post_that_is_there_keeps_its_id_and_its_nonce(storage):
    [first] = await storage.posts.keep(LINE)
    [again] = await storage.posts.keep(replace(LINE, id=7, message_id=9, state=PostState.SENT))
    assert again == replace(first, message_id=9, state=PostState.SENT)


async def test_a_booking_writes_down_where_card_and_thread_are_to_be(storage):
    await make(storage, 1)
    await make(storage, 2, address=an_address(asked_id=2, in_place=True, card_id=8))
    await make(storage, 3, address=an_unasked_address())
    cards = [await storage.posts.find(of_order(number), Purpose.CARD) for number in (1, 2, 3)]
    assert [(card.way, card.channel_id, card.message_id, card.state, card.asked_id) for card in cards] == [
        (Way.ANSWER, 30, None, PostState.WANTED, 1),
        (Way.ANSWER, 30, 8, PostState.SENT, 2),
        (Way.CHANNEL, 30, None, PostState.WANTED, None),
    ]
    threads = [await storage.posts.find(of_order(number), Purpose.THREAD) for number in (1, 2)]
    assert [thread.state for thread in threads] == [PostState.WANTED, PostState.REFUSED]


@pytest.mark.parametrize(
    ("thread", "private", "place"),
    [(6, False, (Way.CHANNEL, 6)), (None, False, (Way.CHANNEL, 30)), (None, True, (None, None))],
)
async def test_the_step_to_delivering_writes_down_where_the_clip_is_sent_first(storage, thread, private, place):
    job = await walk(storage, await make(storage, address=an_address(private=private)), State.FITTING)
    job = await placed(storage, job, thread=thread)
    job = await storage.transitions.advance(job, State.DELIVERING, NOW_MS)
    post = await storage.posts.find(of_job(job.id), Purpose.CLIP)
    assert (post.way, post.channel_id, post.state, post.fence) == (*place, PostState.BEGUN, 0)
    assert (job.address.way, job.address.clip_channel_id, job.posting_fence) == (*place, 0)


async def test_a_step_that_another_process_prevents_writes_nothing_down(storage):
    job = await walk(storage, await make(storage), State.FITTING)
    await storage.job_recovery.take_over(NOW_MS)
    assert await storage.transitions.advance(job, State.DELIVERING, NOW_MS) is None
    assert await storage.posts.find(of_job(job.id), Purpose.CLIP) is None
    assert await storage.transitions.end(job, State.FAILED, NOW_MS, charged=0, posted=Posted(30, 9, "")) is None
    assert await storage.posts.find(of_job(job.id), Purpose.CLIP) is None
    assert (await storage.jobs.get(job.id)).card_rev == 0


async def test_a_clip_that_was_posted_and_deleted_before_that_was_known_is_deleted(storage):
    job = await walk(storage, await make(storage), State.DELIVERING)
    ended = await storage.transitions.end(job, State.DONE, NOW_MS, charged=0, posted=Posted(30, None, ""))
    assert (ended.address.result_id, ended.address.result_url) == (None, None)
    assert (await storage.posts.find(of_job(job.id), Purpose.CLIP)).state is PostState.DELETED


async def test_a_card_that_changed_meanwhile_is_still_behind(storage):
    job = await storage.transitions.end(await make(storage), State.FAILED, NOW_MS, charged=0)
    assert (await storage.posts.want(job)).card_rev == 2
    await storage.posts.shown(job)
    [behind] = await storage.posts.behind(NOW_MS)
    assert behind.card_rev == 2
    await storage.posts.shown(behind)
    assert await storage.posts.behind(NOW_MS) == []


async def test_an_end_that_was_put_off_comes_when_it_is_due(storage):
    job = await storage.transitions.end(await make(storage), State.FAILED, NOW_MS, charged=0)
    await storage.transitions.end(await make(storage, 2), State.FAILED, NOW_MS, charged=0)
    assert await storage.posts.refused(NOW_MS, 9) == []
    await storage.posts.shown(job, [Purpose.CARD], NOW_MS)
    assert [each.id for each in await storage.posts.behind(NOW_MS)] == [2]
    assert await storage.posts.refused(NOW_MS + 3_599_000, 9) == []
    assert [each.id for each in await storage.posts.refused(NOW_MS + 3_600_000, 9)] == [1]
    await storage.posts.want(job)
    assert [each.id for each in await storage.posts.behind(NOW_MS)] == [1, 2]


@pytest.mark.parametrize("refused", [Purpose.CARD, Purpose.PROGRESS])
async def test_a_message_that_refused_an_end_is_behind_though_the_other_one_shows_it(storage, refused):
    job = await placed(storage, await make(storage), card=7, progress=8)
    job = await storage.transitions.end(job, State.FAILED, NOW_MS, charged=0)
    assert (job.card_rev, job.progress_rev) == (1, 1)
    assert [each.id for each in await storage.posts.behind(NOW_MS)] == [job.id]
    await storage.posts.shown(job, [refused], NOW_MS)
    assert await storage.posts.behind(NOW_MS) == []
    [late] = await storage.posts.refused(NOW_MS + HOUR_MS, 9)
    assert late == await storage.jobs.get(job.id)
    await storage.posts.shown(late)
    assert await storage.posts.behind(NOW_MS + HOUR_MS) == []


async def test_each_message_has_its_own_number_of_tries(storage):
    job = await placed(storage, await make(storage), card=7, progress=8)
    job = await storage.transitions.end(job, State.FAILED, NOW_MS, charged=0)
    await storage.posts.shown(job, [Purpose.CARD], NOW_MS)
    await storage.posts.shown(job, [Purpose.CARD, Purpose.PROGRESS], NOW_MS + HOUR_MS)
    # The card's second pause is twice as long as the first; the progress message was shown at the first try, so it has none.
    assert await storage.posts.refused(NOW_MS + 2 * HOUR_MS, 9) == []
    assert [each.id for each in await storage.posts.refused(NOW_MS + 3 * HOUR_MS, 9)] == [job.id]
    for _ in range(TRIES_MOST):
        await storage.posts.shown(job, [Purpose.CARD], NOW_MS)
    assert await storage.posts.behind(NOW_MS + 1000 * HOUR_MS) == []


async def test_a_progress_message_that_came_late_shows_the_ends_that_come_after_it(storage):
    [first, second] = (await storage.bookings.create(takes(), NO_BOUNDS)).jobs[:2]
    await storage.posts.shown(await storage.transitions.end(first, State.FAILED, NOW_MS, charged=0))
    second = await storage.transitions.end(await placed(storage, second, progress=8), State.FAILED, NOW_MS, charged=0)
    assert (second.card_rev, second.progress_rev) == (2, 1)
    await storage.posts.shown(second, [Purpose.PROGRESS], NOW_MS)
    assert [each.id for each in await storage.posts.refused(NOW_MS + HOUR_MS, 9)] == [first.id, second.id]


def test_posts_of_one_millisecond_have_different_ids():
    assert len({drawn_id(NOW_MS) for _ in range(10_000)}) == 10_000
