"""Delivery by a process that can't know what the one before it did: looked for everywhere, and shown once."""

import pytest

from bot.domain.job import Failure, State, Way
from bot.errors import DeliveryError, PostInDoubt, UploadTooLarge
from tests.fixtures.simcord_bot import text
from tests.fixtures.simcord_scenes import MADE, asked, clips_in, thread_of, through
from tests.unit.presentation.delivery.test_delivery import delivered_again_by_another_process


def direct_messages(town):
    channel = town.alice.user.dm_channel
    return [] if channel is None else channel.history()


async def closed(town, *places):
    """These places refuse the next message."""
    for place in places:
        town.env.inject_error("POST", f"/channels/{place}/messages", status=403, code=50013, times=1)


@pytest.mark.parametrize("minutes", [-60, 10, 60])
async def test_a_clip_is_found_whatever_our_clock_said_when_it_was_posted(town, delivery, minutes):
    _, job = await asked(town)
    made = town.house.clock.now_ms() + minutes * 60_000
    job = await through(town, job, *MADE, generated_at_ms=made)
    first = await town.house.notifier.deliver(job, delivery)
    await town.env.advance_time(600)
    again = await delivered_again_by_another_process(town, job, delivery)
    assert again == first
    assert len(clips_in(thread_of(town))) == 1


async def test_a_clip_that_went_to_the_channel_is_found_there_when_the_thread_is_open_again(town, delivery):
    _, job = await asked(town)
    job = await through(town, job, *MADE)
    await closed(town, job.address.thread_id)
    first = await town.house.notifier.deliver(job, delivery)
    await town.env.advance_time(600)
    again = await delivered_again_by_another_process(town, job, delivery)
    assert (first.channel_id, again) == (town.channel.id, first)
    assert clips_in(thread_of(town)) == []


@pytest.mark.parametrize("minutes", [1, 20])
async def test_a_clip_that_went_to_the_card_is_found_there_when_a_channel_is_open_again(town, delivery, minutes):
    result, job = await asked(town)
    job = await through(town, job, *MADE)
    await closed(town, job.address.thread_id, job.address.channel_id)
    first = await town.house.notifier.deliver(job, delivery)
    await town.env.advance_time(minutes * 60)
    again = await delivered_again_by_another_process(town, job, delivery)
    assert again == first
    assert first.message_id == result.response.id
    assert len(clips_in(town.channel)) == 1
    assert clips_in(thread_of(town)) == []


async def test_a_clip_that_went_to_a_direct_message_is_found_there_when_a_channel_is_open_again(town, delivery):
    _, job = await asked(town)
    await town.env.advance_time(20 * 60)
    job = await through(town, job, *MADE)
    await closed(town, job.address.thread_id, job.address.channel_id)
    first = await town.house.notifier.deliver(job, delivery)
    again = await delivered_again_by_another_process(town, job, delivery)
    assert again == first
    assert len(direct_messages(town)) == 1
    assert clips_in(thread_of(town)) == clips_in(town.channel) == []


async def test_a_job_that_a_restart_found_before_its_posting_began_is_posted_without_a_search(town, delivery):
    _, job = await asked(town)
    await through(town, job, *MADE[:5])
    await town.env.restart_bot(town.house.client())
    [job] = await town.house.storage.jobs.take_over(town.house.clock.now_ms())
    job = await through(town, job, State.DELIVERING)
    before = len(town.env.http_requests)
    await town.house.notifier.deliver(job, delivery)
    assert [each.method for each in town.env.http_requests[before:]] == ["POST"]


async def test_a_private_clip_is_shown_once_more_in_its_card_while_that_can_be_edited(town, delivery):
    result, job = await asked(town, private=True)
    job = await through(town, job, *MADE)
    first = await town.house.notifier.deliver(job, delivery)
    again = await delivered_again_by_another_process(town, job, delivery)
    assert again == first
    assert [each.filename for each in result.response.attachments] == [delivery.filename]
    assert direct_messages(town) == []


async def test_a_private_clip_that_may_have_been_shown_is_not_sent_a_second_time_by_direct_message(town, delivery):
    result, job = await asked(town, private=True)
    job = await through(town, job, *MADE)
    await town.house.notifier.deliver(job, delivery)
    await town.env.advance_time(16 * 60)
    with pytest.raises(PostInDoubt, match="the answer to the command"):
        await delivered_again_by_another_process(town, job, delivery)
    job = await town.house.storage.jobs.get(job.id)
    await town.house.notifier.unposted(
        await through(town, job, State.UNPOSTED, failure=Failure.DOUBTFUL, unposted_at_ms=town.house.clock.now_ms())
    )
    assert direct_messages(town) == []
    assert [each.filename for each in result.response.attachments] == [delivery.filename]
    listed = await town.alice.slash(town.channel, "jobs")
    assert "I can't see any more whether it was" in text(listed.response)


async def test_by_which_way_it_is_sent_is_written_down_before_it_is(town, delivery, monkeypatch):
    _, job = await asked(town, private=True)
    job = await through(town, job, *MADE)
    written = []

    async def killed(*args):
        written.append((await town.house.storage.jobs.get(job.id)).address.way)
        raise DeliveryError("killed here")

    monkeypatch.setattr(town.house.notifier._messages, "edit_answer", killed)
    with pytest.raises(DeliveryError):
        await town.house.notifier.deliver(job, delivery)
    assert written == [Way.ANSWER]
    monkeypatch.undo()
    job = await town.house.storage.jobs.get(job.id)
    await town.house.notifier.deliver(job, delivery)
    assert direct_messages(town) == []


@pytest.mark.parametrize("place", ["thread", "channel", "direct message"])
async def test_what_was_sent_to_a_place_that_can_not_be_read_any_more_is_sent_nowhere_else(town, delivery, place):
    result, job = await asked(town)
    if place == "direct message":
        await town.env.advance_time(20 * 60)
    job = await through(town, job, *MADE)
    thread, channel = job.address.thread_id, job.address.channel_id
    await closed(town, *{"thread": (), "channel": (thread,), "direct message": (thread, channel)}[place])
    await town.house.notifier.deliver(job, delivery)
    direct = place == "direct message" and town.alice.user.dm_channel.id
    there = {"thread": thread, "channel": channel, "direct message": direct}[place]
    town.env.inject_error("GET", f"/channels/{there}/messages", status=403, code=50001, times=None)
    before = len(town.env.http_requests)
    with pytest.raises(PostInDoubt, match="50001"):
        await delivered_again_by_another_process(town, job, delivery)
    sent = [each for each in town.env.http_requests[before:] if each.path.endswith("/messages") and each.method == "POST"]
    assert sent == []
    job = await town.house.storage.jobs.get(job.id)
    now = town.house.clock.now_ms()
    await town.house.notifier.unposted(await through(town, job, State.UNPOSTED, failure=Failure.DOUBTFUL, unposted_at_ms=now))
    assert "I can't see any more whether it was" in text(result.response)


async def test_a_thread_that_was_deleted_took_its_clip_with_it(town, delivery):
    _, job = await asked(town)
    job = await through(town, job, *MADE)
    await town.house.notifier.deliver(job, delivery)
    await town.house.now.http.delete_channel(job.address.thread_id)
    again = await delivered_again_by_another_process(town, job, delivery)
    assert again.channel_id == town.channel.id


async def test_after_a_post_of_which_nobody_knows_no_thread_is_opened_and_it_is_found_where_it_was_sent(
    town, delivery, monkeypatch
):
    town.env.inject_error("POST", "/channels/*/messages/*/threads", status=429, times=2)
    _, job = await asked(town)
    job = await through(town, job, *MADE)
    first = await town.house.notifier.deliver(job, delivery)
    again = await delivered_again_by_another_process(town, job, delivery)
    assert (again, first.channel_id) == (first, town.channel.id)
    assert town.channel.threads == []


async def test_a_post_that_was_refused_for_now_leaves_no_doubt(town, delivery):
    _, job = await asked(town)
    job = await through(town, job, *MADE)
    town.env.inject_error("POST", f"/channels/{job.address.thread_id}/messages", status=403, code=20028, times=1)
    with pytest.raises(DeliveryError):
        await town.house.notifier.deliver(job, delivery)
    before = len(town.env.http_requests)
    await town.house.notifier.deliver(job, delivery)
    assert [each.method for each in town.env.http_requests[before:]] == ["POST"]


@pytest.mark.parametrize(("refusal", "way"), [((401, 50027), Way.DIRECT), ((413, 40005), None)])
async def test_an_answer_that_was_refused_leaves_no_doubt(town, delivery, refusal, way):
    _, job = await asked(town, private=True)
    job = await through(town, job, *MADE)
    status, code = refusal
    town.env.inject_error("PATCH", "/webhooks/**", status=status, code=code, times=1)
    if way is None:
        with pytest.raises(UploadTooLarge):
            await town.house.notifier.deliver(job, delivery)
    else:
        await town.house.notifier.deliver(job, delivery)
    assert len(direct_messages(town)) == (way is Way.DIRECT)
    assert (await town.house.storage.jobs.get(job.id)).address.way is way


FULL = "CREATE TRIGGER full BEFORE UPDATE ON jobs WHEN OLD.way = 'answer' BEGIN SELECT RAISE(ABORT, 'disk is full'); END"


async def test_a_clip_that_was_too_large_is_known_to_be_though_the_disk_is_full(town, delivery):
    _, job = await asked(town, private=True)
    job = await through(town, job, *MADE)
    await town.house.storage.database.write(lambda transaction: transaction.run(FULL, {}))
    town.env.inject_error("PATCH", "/webhooks/**", status=413, code=40005, times=1)
    with pytest.raises(UploadTooLarge):
        await town.house.notifier.deliver(job, delivery)
    await town.house.storage.database.write(lambda transaction: transaction.run("DROP TRIGGER full", {}))
    # It stays written that it may stand there: that place is looked at again, and no other is used meanwhile.
    assert (await town.house.storage.jobs.get(job.id)).address.way is Way.ANSWER
    posted = await town.house.notifier.deliver(await town.house.storage.jobs.get(job.id), delivery)
    assert posted.message_id == job.address.card_id
    assert direct_messages(town) == []


async def test_a_private_end_is_told_once_by_direct_message_however_often_a_start_takes_it_up(town):
    _, job = await asked(town, private=True)
    job = await through(town, job, *MADE[:3])
    await town.env.advance_time(16 * 60)
    job = await town.house.storage.jobs.end(job, State.FAILED, town.house.clock.now_ms(), charged=0, failure=Failure.PROVIDER)
    await town.house.notifier.ended(job)
    await town.env.advance_time(600)
    await town.env.restart_bot(town.house.client())
    await town.house.notifier.ended(job)
    assert ["Did not work" in text(each) for each in direct_messages(town)] == [True]


async def test_a_clip_that_was_posted_and_deleted_before_that_was_known_is_posted_nowhere_else(town, delivery):
    result, job = await asked(town)
    job = await through(town, job, *MADE)
    thread = job.address.thread_id
    town.env.inject_error("POST", f"/channels/{thread}/messages", status=404, code=10008, times=1)
    posted = await town.house.notifier.deliver(job, delivery)
    assert posted.message_id is None
    assert clips_in(thread_of(town)) == clips_in(town.channel) == direct_messages(town) == []
    where = {"result_id": posted.message_id, "result_url": posted.url}
    job = await town.house.storage.jobs.end(job, State.DONE, town.house.clock.now_ms(), charged=job.cost, **where)
    await town.house.notifier.ended(job)
    assert text(result.response).startswith("**Deleted**")
