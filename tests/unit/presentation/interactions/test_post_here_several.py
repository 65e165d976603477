"""The button "Post it here" of one clip of an order of several: it moves that clip and nothing of the others."""

from bot.domain.job import Failure, State
from bot.domain.post import Purpose
from tests.fixtures.simcord_bot import labels, text
from tests.fixtures.simcord_scenes import MADE, brought, clips_in, several, thread_of, through


async def one_waits(server, delivery, many=2):
    """The last clip of the order could not be posted, and the others are there."""
    result, jobs = await several(server, many)
    for job in jobs[:-1]:
        await brought(server, delivery, job)
    job = await through(server, jobs[-1], *MADE)
    now = server.backend.clock.now_ms()
    job = await through(server, job, State.UNPOSTED, failure=Failure.TOO_LARGE, unposted_at_ms=now)
    await server.backend.notifier.unposted(job)
    return result, job


async def posted(server, job, delivery):
    """Does what the pipeline does after a press."""
    job = await through(server, job, State.DELIVERING)
    found = await server.backend.notifier.deliver(job, delivery)
    job = await server.backend.storage.transitions.end(
        job, State.DONE, server.backend.clock.now_ms(), charged=job.cost, posted=found
    )
    assert not await server.backend.notifier.ended(job)
    await server.backend.storage.posts.shown(job)
    return job


async def test_the_member_is_mentioned_though_one_clip_waits_and_the_board_offers_to_post_it(server, delivery):
    result, _ = await one_waits(server, delivery)
    assert labels(result.response) == ["Post it here: Take 2", "Cancel"]
    assert "**Take 2** · Made, but not posted\n-# It can't be made small enough to be posted there." in text(result.response)
    [mention] = [each for each in thread_of(server).history() if each.mentions]
    assert "1 of 2 takes is here; Take 2 is made and could not be posted." in text(mention)


async def test_posted_elsewhere_it_has_a_card_of_its_own_and_the_board_stays_and_leads_there(server, delivery):
    result, job = await one_waits(server, delivery)
    other = server.guild.create_text_channel("other")
    listed = await server.alice.slash(other, "jobs")
    press = await server.alice.click(listed.response, label="Post it here: Take 2")
    moved = await server.backend.storage.jobs.get(job.id)
    assert (moved.elsewhere, moved.on_board, moved.address.channel_id) == (True, False, other.id)
    assert (moved.address.card_id, moved.address.thread_id, moved.address.in_place) == (press.response.id, None, True)
    [first, _] = await server.backend.storage.jobs.of_order(job.order_id)
    assert (first.address.card_id, first.address.thread_id) == (result.response.id, thread_of(server).id)
    assert "**Take 2** · its owner has it posted elsewhere" in text(result.response)
    assert "[Watch it]" in text(result.response)

    done = await posted(server, moved, delivery)
    [clip] = clips_in(other)
    assert text(clip).startswith(f"<@{server.alice.id}> **Take 2** is ready.")
    assert len(clips_in(thread_of(server))) == 1
    card = text(result.response)
    assert card.startswith("**Both are here**")
    assert f"**Take 2** · [Watch it]({done.address.result_url})" in card
    assert await server.backend.storage.posts.behind(server.backend.clock.now_ms()) == []
    # In the board's thread there is still only the mention from before the press.
    assert len([each for each in thread_of(server).history() if each.mentions]) == 1


async def test_a_clip_that_can_not_be_posted_there_either_waits_on_its_own_card_and_moves_again(server, delivery):
    _, job = await one_waits(server, delivery)
    other, third = (server.guild.create_text_channel(name) for name in ("other", "third"))
    for place in (other, third):
        listed = await server.alice.slash(place, "jobs")
        press = await server.alice.click(listed.response, label="Post it here: Take 2")
        moved = await server.backend.storage.jobs.get(job.id)
        assert moved.address.card_id == press.response.id
        if place is other:
            waits = await through(server, moved, State.UNPOSTED, failure=Failure.TOO_LARGE)
            await server.backend.notifier.unposted(waits)
            assert "**Made, but not posted**" in text(press.response)
    done = await posted(server, moved, delivery)
    assert len(clips_in(third)) == 1
    assert done.charged == done.cost


async def all_wait(server):
    """No clip of an order of two could be posted."""
    result, jobs = await several(server, 2)
    for job in jobs:
        made, now = await through(server, job, *MADE), server.backend.clock.now_ms()
        waits = await through(server, made, State.UNPOSTED, failure=Failure.TOO_LARGE, unposted_at_ms=now)
        await server.backend.notifier.unposted(waits)
    return result, jobs


def progress_of(server):
    """What the order's progress message shows, and its buttons."""
    [progress] = [each for each in thread_of(server).history() if not each.mentions]
    return text(progress), labels(progress)


async def pressed(server, job, number):
    """The owner has the clip posted in a channel of its own; the job after the press."""
    place = server.guild.create_text_channel(f"other-{number}")
    listed = await server.alice.slash(place, "jobs")
    await server.alice.click(listed.response, label=f"Post it here: Take {number}")
    return await server.backend.storage.jobs.get(job.id)


async def test_card_and_progress_message_lead_to_the_clips_also_once_all_of_them_were_posted_elsewhere(server, delivery):
    result, jobs = await all_wait(server)
    for number, job in enumerate(jobs, 1):
        moved = await pressed(server, job, number)
        for shows in (text(result.response), progress_of(server)[0]):
            assert f"**Take {number}** · its owner has it posted elsewhere" in shows
        done = await posted(server, moved, delivery)
        for shows in (text(result.response), progress_of(server)[0]):
            assert f"**Take {number}** · [Watch it]({done.address.result_url})" in shows
    for shows, buttons in ((text(result.response), labels(result.response)), progress_of(server)):
        assert shows.startswith("**Both are here**\n")
        assert "direct message" not in shows
        assert buttons == []
    assert await server.backend.storage.posts.behind(server.backend.clock.now_ms()) == []


async def test_the_progress_message_leads_to_clips_that_were_posted_elsewhere_also_where_a_kill_or_a_refusal_comes_first(
    server, delivery
):
    _, jobs = await all_wait(server)
    await posted(server, await pressed(server, jobs[0], 1), delivery)
    moved = await through(server, await pressed(server, jobs[1], 2), State.DELIVERING)
    found = await server.backend.notifier.deliver(moved, delivery)
    now = server.backend.clock.now_ms()
    await server.backend.storage.transitions.end(moved, State.DONE, now, charged=moved.cost, posted=found)
    # The process dies before the messages of the order show the end.
    await server.env.restart_bot(server.backend.client())
    assert found.url not in progress_of(server)[0]
    behind = await server.backend.storage.posts.behind(now)
    assert {job.id for job in behind} == {job.id for job in jobs}
    edits = f"/channels/{thread_of(server).id}/messages/*"
    server.env.inject_error("PATCH", edits, status=403, code=50013, times=1)
    assert await server.backend.notifier.ended(behind[-1]) == {Purpose.PROGRESS}
    assert await server.backend.notifier.ended(behind[-1]) == set()
    assert found.url in progress_of(server)[0]


async def test_where_a_private_clip_of_a_board_went_is_not_told(server, delivery):
    result, job = await one_waits(server, delivery)
    elsewhere = server.env.create_guild()
    theirs = elsewhere.create_text_channel("theirs")
    alice = elsewhere.add_member(server.alice.user)
    listed = await alice.slash(theirs, "jobs")
    await alice.click(listed.response, label="Post it here: Take 2")
    moved = await server.backend.storage.jobs.get(job.id)
    assert moved.address.private
    await posted(server, moved, delivery)
    assert "**Take 2** · Done" in text(result.response)
    assert str(theirs.id) not in text(result.response)
