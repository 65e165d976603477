"""Delivery by a process that does not know what the earlier one did: it searches everywhere, and the clip is posted once."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.job import Failure, State, Way
from bot.domain.post import Post, PostState, Purpose, of_job
from bot.domain.snowflake import new_ids
from bot.errors import DeliveryError, PostInDoubt, UploadTooLarge
from tests.fixtures.simcord_bot import text
from tests.fixtures.simcord_scenes import MADE, asked, clips_in, thread_of, through
from tests.unit.presentation.delivery.test_delivery import delivered_again_by_another_process


def direct_messages(server):
    channel = server.alice.user.dm_channel
    return [] if channel is None else channel.history()


async def closed(server, *places):
    """Has these places refuse the next message."""
    for place in places:
        server.env.inject_error("POST", f"/channels/{place}/messages", status=403, code=50013, times=1)


@pytest.mark.parametrize("minutes", [-60, 10, 60])
async def test_a_clip_is_found_whatever_our_clock_said_when_it_was_posted(server, delivery, minutes):
    _, job = await asked(server)
    made = server.backend.clock.now_ms() + minutes * 60_000
    job = await through(server, job, *MADE, generated_at_ms=made)
    first = await server.backend.notifier.deliver(job, delivery)
    await server.env.advance_time(600)
    again = await delivered_again_by_another_process(server, job, delivery)
    assert again == first
    assert len(clips_in(thread_of(server))) == 1


async def test_a_clip_that_went_to_the_channel_is_found_there_when_the_thread_is_open_again(server, delivery):
    _, job = await asked(server)
    job = await through(server, job, *MADE)
    await closed(server, job.address.thread_id)
    first = await server.backend.notifier.deliver(job, delivery)
    await server.env.advance_time(600)
    again = await delivered_again_by_another_process(server, job, delivery)
    assert (first.channel_id, again) == (server.channel.id, first)
    assert clips_in(thread_of(server)) == []


@pytest.mark.parametrize("minutes", [1, 20])
async def test_a_clip_that_went_to_the_card_is_found_there_when_a_channel_is_open_again(server, delivery, minutes):
    result, job = await asked(server)
    job = await through(server, job, *MADE)
    await closed(server, job.address.thread_id, job.address.channel_id)
    first = await server.backend.notifier.deliver(job, delivery)
    await server.env.advance_time(minutes * 60)
    again = await delivered_again_by_another_process(server, job, delivery)
    assert again == first
    assert first.message_id == result.response.id
    assert len(clips_in(server.channel)) == 1
    assert clips_in(thread_of(server)) == []


async def test_a_clip_that_went_to_a_direct_message_is_found_there_when_a_channel_is_open_again(server, delivery):
    _, job = await asked(server)
    await server.env.advance_time(20 * 60)
    job = await through(server, job, *MADE)
    await closed(server, job.address.thread_id, job.address.channel_id)
    first = await server.backend.notifier.deliver(job, delivery)
    again = await delivered_again_by_another_process(server, job, delivery)
    assert again == first
    assert len(direct_messages(server)) == 1
    assert clips_in(thread_of(server)) == clips_in(server.channel) == []


async def test_a_job_that_a_restart_found_before_its_posting_began_is_posted_without_a_search(server, delivery):
    _, job = await asked(server)
    await through(server, job, *MADE[:5])
    await server.env.restart_bot(server.backend.client())
    [job] = await server.backend.storage.job_recovery.take_over(server.backend.clock.now_ms())
    job = await through(server, job, State.DELIVERING)
    before = len(server.env.http_requests)
    await server.backend.notifier.deliver(job, delivery)
    assert [each.method for each in server.env.http_requests[before:]] == ["POST"]


async def test_a_private_clip_is_shown_once_more_in_its_card_while_that_can_be_edited(server, delivery):
    result, job = await asked(server, private=True)
    job = await through(server, job, *MADE)
    first = await server.backend.notifier.deliver(job, delivery)
    again = await delivered_again_by_another_process(server, job, delivery)
    assert again == first
    assert [each.filename for each in result.response.attachments] == [delivery.filename]
    assert direct_messages(server) == []


async def test_a_private_clip_that_may_have_been_shown_is_not_sent_a_second_time_by_direct_message(server, delivery):
    result, job = await asked(server, private=True)
    job = await through(server, job, *MADE)
    await server.backend.notifier.deliver(job, delivery)
    await server.env.advance_time(16 * 60)
    with pytest.raises(PostInDoubt, match="in_answer"):
        await delivered_again_by_another_process(server, job, delivery)
    job = await server.backend.storage.jobs.get(job.id)
    await server.backend.notifier.unposted(
        await through(server, job, State.UNPOSTED, failure=Failure.DOUBTFUL, unposted_at_ms=server.backend.clock.now_ms())
    )
    assert direct_messages(server) == []
    assert [each.filename for each in result.response.attachments] == [delivery.filename]
    listed = await server.alice.slash(server.channel, "jobs")
    assert "I can't see any more whether it was" in text(listed.response)


async def test_the_way_of_a_post_is_stored_before_it_is_sent(server, delivery, monkeypatch):
    _, job = await asked(server, private=True)
    job = await through(server, job, *MADE)
    written = []

    async def killed(*args):
        written.append((await server.backend.storage.jobs.get(job.id)).address.way)
        raise DeliveryError("killed here")

    monkeypatch.setattr(server.backend.notifier._answers, "edit", killed)
    with pytest.raises(DeliveryError):
        await server.backend.notifier.deliver(job, delivery)
    assert written == [Way.ANSWER]
    monkeypatch.undo()
    job = await server.backend.storage.jobs.get(job.id)
    await server.backend.notifier.deliver(job, delivery)
    assert direct_messages(server) == []


@pytest.mark.parametrize("place", ["thread", "channel", "direct message"])
async def test_what_was_sent_to_a_place_that_can_not_be_read_any_more_is_sent_nowhere_else(server, delivery, place):
    result, job = await asked(server)
    if place == "direct message":
        await server.env.advance_time(20 * 60)
    job = await through(server, job, *MADE)
    thread, channel = job.address.thread_id, job.address.channel_id
    await closed(server, *{"thread": (), "channel": (thread,), "direct message": (thread, channel)}[place])
    await server.backend.notifier.deliver(job, delivery)
    direct = place == "direct message" and server.alice.user.dm_channel.id
    there = {"thread": thread, "channel": channel, "direct message": direct}[place]
    server.env.inject_error("GET", f"/channels/{there}/messages", status=403, code=50001, times=None)
    before = len(server.env.http_requests)
    with pytest.raises(PostInDoubt, match="50001"):
        await delivered_again_by_another_process(server, job, delivery)
    sent = [each for each in server.env.http_requests[before:] if each.path.endswith("/messages") and each.method == "POST"]
    assert sent == []
    job = await server.backend.storage.jobs.get(job.id)
    now = server.backend.clock.now_ms()
    await server.backend.notifier.unposted(
        await through(server, job, State.UNPOSTED, failure=Failure.DOUBTFUL, unposted_at_ms=now)
    )
    assert "I can't see any more whether it was" in text(result.response)


async def test_a_thread_that_was_deleted_took_its_clip_with_it(server, delivery):
    _, job = await asked(server)
    job = await through(server, job, *MADE)
    await server.backend.notifier.deliver(job, delivery)
    await server.backend.now.http.delete_channel(job.address.thread_id)
    again = await delivered_again_by_another_process(server, job, delivery)
    assert again.channel_id == server.channel.id


async def test_after_a_post_without_an_answer_no_thread_is_opened_and_it_is_found_where_it_was_sent(
    server, delivery, monkeypatch
):
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=429, times=2)
    _, job = await asked(server)
    job = await through(server, job, *MADE)
    first = await server.backend.notifier.deliver(job, delivery)
    again = await delivered_again_by_another_process(server, job, delivery)
    assert (again, first.channel_id) == (first, server.channel.id)
    assert server.channel.threads == []


async def test_a_post_that_was_refused_for_now_leaves_no_doubt(server, delivery):
    _, job = await asked(server)
    job = await through(server, job, *MADE)
    server.env.inject_error("POST", f"/channels/{job.address.thread_id}/messages", status=403, code=20028, times=1)
    with pytest.raises(DeliveryError):
        await server.backend.notifier.deliver(job, delivery)
    before = len(server.env.http_requests)
    await server.backend.notifier.deliver(job, delivery)
    assert [each.method for each in server.env.http_requests[before:]] == ["POST"]


@pytest.mark.parametrize(("refusal", "way"), [((401, 50027), Way.DIRECT), ((413, 40005), None)])
async def test_an_answer_that_was_refused_leaves_no_doubt(server, delivery, refusal, way):
    _, job = await asked(server, private=True)
    job = await through(server, job, *MADE)
    status, code = refusal
    server.env.inject_error("PATCH", "/webhooks/**", status=status, code=code, times=1)
    if way is None:
        with pytest.raises(UploadTooLarge):
            await server.backend.notifier.deliver(job, delivery)
    else:
        await server.backend.notifier.deliver(job, delivery)
    assert len(direct_messages(server)) == (way is Way.DIRECT)
    assert (await server.backend.storage.jobs.get(job.id)).address.way is way


FULL = "CREATE TRIGGER full BEFORE UPDATE ON posts WHEN OLD.way = 'answer' BEGIN SELECT RAISE(ABORT, 'disk is full'); END"


async def test_a_clip_that_was_too_large_is_known_to_be_though_the_disk_is_full(server, delivery):
    _, job = await asked(server, private=True)
    job = await through(server, job, *MADE)
    await server.backend.storage.database.write(lambda transaction: transaction.run(FULL, {}))
    server.env.inject_error("PATCH", "/webhooks/**", status=413, code=40005, times=1)
    with pytest.raises(UploadTooLarge):
        await server.backend.notifier.deliver(job, delivery)
    await server.backend.storage.database.write(lambda transaction: transaction.run("DROP TRIGGER full", {}))
    # It stays stored that the clip may be there: that place is searched again, and no other is used meanwhile.
    assert (await server.backend.storage.jobs.get(job.id)).address.way is Way.ANSWER
    posted = await server.backend.notifier.deliver(await server.backend.storage.jobs.get(job.id), delivery)
    assert posted.message_id == job.address.card_id
    assert direct_messages(server) == []


async def test_a_clip_that_was_too_large_is_known_to_be_though_what_is_written_is_cancelled(server, delivery, monkeypatch):
    _, job = await asked(server, private=True)
    job = await through(server, job, *MADE)
    posts, keep = server.backend.storage.posts, server.backend.storage.posts.keep

    async def cancelled_once_refused(*wanted):
        if wanted[0].way is None:
            raise asyncio.CancelledError
        return await keep(*wanted)

    monkeypatch.setattr(posts, "keep", cancelled_once_refused)
    server.env.inject_error("PATCH", "/webhooks/**", status=413, code=40005, times=1)
    with pytest.raises(UploadTooLarge):
        await server.backend.notifier.deliver(job, delivery)


async def test_a_private_end_is_told_once_by_direct_message_however_often_a_start_takes_it_up(server):
    _, job = await asked(server, private=True)
    job = await through(server, job, *MADE[:3])
    await server.env.advance_time(16 * 60)
    job = await server.backend.storage.transitions.end(
        job, State.FAILED, server.backend.clock.now_ms(), charged=0, failure=Failure.PROVIDER
    )
    await server.backend.notifier.ended(job)
    await server.env.advance_time(600)
    await server.env.restart_bot(server.backend.client())
    await server.backend.notifier.ended(job)
    assert ["Did not work" in text(each) for each in direct_messages(server)] == [True]


@pytest.mark.parametrize("taken", [False, True], ids=["before Discord has it", "before Discord's answer"])
async def test_a_private_end_is_told_once_though_the_process_died_while_it_was_told(server, taken):
    _, job = await asked(server, private=True)
    job = await through(server, job, *MADE[:3])
    await server.env.advance_time(16 * 60)
    job = await server.backend.storage.transitions.end(
        job, State.FAILED, server.backend.clock.now_ms(), charged=0, failure=Failure.PROVIDER
    )
    posts = server.backend.storage.posts
    if taken:
        await server.backend.notifier.ended(job)
        there = await posts.find(of_job(job.id), Purpose.NOTICE, 1)
        await posts.keep(replace(there, message_id=None, state=PostState.BEGUN))
    else:
        now = server.backend.clock.now_ms()
        await posts.keep(Post(new_ids(now, (7,))[0], of_job(job.id), Purpose.NOTICE, "", 1, Way.DIRECT, state=PostState.BEGUN))
    await server.env.advance_time(600)
    await server.env.restart_bot(server.backend.client())
    await server.backend.notifier.ended(job)
    assert ["Did not work" in text(each) for each in direct_messages(server)] == [True]
    told = await posts.find(of_job(job.id), Purpose.NOTICE, 1)
    assert (told.state, told.message_id) == (PostState.SENT, direct_messages(server)[0].id)


async def test_a_clip_that_was_posted_and_deleted_before_that_was_known_is_posted_nowhere_else(server, delivery):
    result, job = await asked(server)
    job = await through(server, job, *MADE)
    thread = job.address.thread_id
    server.env.inject_error("POST", f"/channels/{thread}/messages", status=404, code=10008, times=1)
    posted = await server.backend.notifier.deliver(job, delivery)
    assert posted.message_id is None
    assert clips_in(thread_of(server)) == clips_in(server.channel) == direct_messages(server) == []
    job = await server.backend.storage.transitions.end(
        job, State.DONE, server.backend.clock.now_ms(), charged=job.cost, posted=posted
    )
    await server.backend.notifier.ended(job)
    assert text(result.response).startswith("**Deleted**")
