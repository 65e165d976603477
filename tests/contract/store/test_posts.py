"""What every store promises about posts: written before they are sent, one row each, and which cards show something old."""

from dataclasses import replace

import pytest

from bot.domain.job import State, Way
from bot.domain.post import Post, PostState, Purpose, nonce_of, of_job, of_order
from bot.ports import Posted
from bot.storage.posts import drawn_id
from tests.contract.store.state_paths import make, walk
from tests.factories import NOW_MS, an_address
from tests.posts import placed

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
    await make(storage, 2, address=an_address(in_place=True, card_id=8))
    await make(storage, 3, address=an_address(token=""))
    cards = [await storage.posts.find(of_order(number), Purpose.CARD) for number in (1, 2, 3)]
    assert [(card.way, card.channel_id, card.message_id, card.state) for card in cards] == [
        (Way.ANSWER, 30, None, PostState.WANTED),
        (Way.ANSWER, 30, 8, PostState.SENT),
        (Way.CHANNEL, 30, None, PostState.WANTED),
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
    assert await storage.posts.want(job.order_id) == 2
    await storage.posts.shown(job)
    [behind] = await storage.posts.behind(NOW_MS)
    assert behind.card_rev == 2
    await storage.posts.shown(behind)
    assert await storage.posts.behind(NOW_MS) == []


async def test_an_end_that_was_put_off_comes_when_it_is_due(storage):
    job = await storage.transitions.end(await make(storage), State.FAILED, NOW_MS, charged=0)
    await storage.transitions.end(await make(storage, 2), State.FAILED, NOW_MS, charged=0)
    assert await storage.posts.refused(NOW_MS, 9) == []
    await storage.posts.put_off(job, NOW_MS)
    assert [each.id for each in await storage.posts.behind(NOW_MS)] == [2]
    assert await storage.posts.refused(NOW_MS + 3_599_000, 9) == []
    assert [each.id for each in await storage.posts.refused(NOW_MS + 3_600_000, 9)] == [1]
    await storage.posts.want(job.order_id)
    assert [each.id for each in await storage.posts.behind(NOW_MS)] == [1, 2]


def test_posts_of_one_millisecond_have_different_ids():
    assert len({drawn_id(NOW_MS) for _ in range(10_000)}) == 10_000
