"""How a job's messages in Discord show its end."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.job import Failure, State
from bot.domain.post import PostState, Purpose, of_order
from bot.errors import DeliveryError
from tests.fixtures.simcord_bot import labels, text
from tests.fixtures.simcord_scenes import MADE, asked, brought, clips_in, ended, several, thread_of, through


@pytest.mark.parametrize("failure", Failure)
async def test_a_failure_is_told_on_card_and_in_thread_with_the_next_step(server, failure):
    result, _ = await ended(server, failure=failure)
    progress = thread_of(server).last_message
    assert "You were not charged." in text(result.response)
    assert "You were not charged." in text(progress)
    assert labels(progress) == labels(result.response) != []
    assert progress.mentions == []


async def test_try_again_after_a_failure_keeps_everything(server):
    await ended(server, failure=Failure.PROVIDER, seed=77)
    first = await server.backend.latest()
    result = await server.alice.click(thread_of(server).last_message, label="Try again")
    assert result.deferred
    again = await server.backend.latest()
    assert again.id != first.id
    assert (again.request, again.seed, again.parent_id) == (first.request, 77, first.id)


async def test_edit_after_a_failure_opens_the_prompt(server):
    await ended(server, failure=Failure.MODERATION)
    form = await server.alice.click(thread_of(server).last_message, label="Edit")
    assert form.modal["components"][0]["component"]["value"] == "A red kite"


async def test_a_refused_prompt_is_taken_off_the_thread_too(server):
    _, job = await ended(server, failure=Failure.MODERATION)
    assert thread_of(server).name == "A clip"
    assert job.request.prompt not in "\n".join(text(each) for each in (*server.channel.history(), *thread_of(server).history()))


async def test_other_failures_keep_the_threads_name(server):
    await ended(server, failure=Failure.PROVIDER)
    assert thread_of(server).name == "A red kite"


async def test_a_thread_that_keeps_its_name_stops_no_ending(server):
    server.env.inject_error("PATCH", "/channels/*", status=403, code=50013, times=None)
    result, job = await ended(server, failure=Failure.MODERATION)
    assert "Not this wording" in text(result.response)
    assert (await server.backend.storage.jobs.get(job.id)).failure is Failure.MODERATION


async def test_a_thread_that_was_opened_while_its_clip_was_cancelled_shows_the_end_too(server):
    _, job = await asked(server)
    early = replace(job, address=replace(job.address, thread_id=None, progress_id=None))
    ended = await server.backend.storage.transitions.end(job, State.CANCELLED, server.backend.clock.now_ms(), charged=0)

    async def opens_it():
        """Stands in for an edit that opened the thread while the job ended: the end is told with the address of `early`, which
        has no thread yet, although the store has it by now.
        """

    follower = server.backend.notifier._progress_updater
    follower._under_way[job.id] = asyncio.create_task(opens_it())
    await server.backend.notifier.ended(replace(ended, address=early.address))
    assert text(thread_of(server).last_message).startswith("**Cancelled**")


async def test_a_private_failure_after_the_token_is_told_by_direct_message(server):
    _, job = await asked(server, private=True)
    job = await through(server, job, *MADE[:3])
    await server.env.advance_time(16 * 60)
    job = await server.backend.storage.transitions.end(
        job, State.FAILED, server.backend.clock.now_ms(), charged=0, failure=Failure.PROVIDER
    )
    await server.backend.notifier.ended(job)
    assert "Did not work" in text(server.alice.user.dm_channel.last_message)
    assert "A red kite" in text(server.alice.user.dm_channel.last_message)


async def test_a_private_failure_whose_words_are_blocked_is_told_without_them(server):
    _, job = await asked(server, private=True)
    job = await through(server, job, *MADE[:3])
    await server.env.advance_time(16 * 60)
    job = await server.backend.storage.transitions.end(
        job, State.FAILED, server.backend.clock.now_ms(), charged=0, failure=Failure.PROVIDER
    )
    server.env.inject_error("POST", "/channels/*/messages", status=400, code=240000, times=1)
    await server.backend.notifier.ended(job)
    told = text(server.alice.user.dm_channel.last_message)
    assert "Did not work" in told
    assert "A red kite" not in told


async def test_a_private_card_says_where_a_late_clip_comes(server):
    result, _ = await asked(server, private=True)
    assert "If it takes over 15 minutes, it comes by direct message." in text(result.response)
    result, _ = await asked(server, who=server.bob)
    assert "direct message" not in text(result.response)


async def test_a_private_failure_that_no_message_could_tell_is_told_in_the_list(server):
    _, job = await asked(server, private=True)
    job = await through(server, job, *MADE[:3])
    await server.env.advance_time(16 * 60)
    server.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    job = await server.backend.storage.transitions.end(
        job, State.FAILED, server.backend.clock.now_ms(), charged=0, failure=Failure.PROVIDER
    )
    await server.backend.notifier.ended(job)
    listed = await server.alice.slash(server.channel, "jobs")
    assert "**Did not work**\nThe video service could not make it." in text(listed.response)


async def test_messages_that_are_gone_do_not_stop_an_ending(server):
    _, job = await asked(server)
    job = await through(server, job, *MADE[:3])
    job = await server.backend.storage.transitions.end(
        job, State.FAILED, server.backend.clock.now_ms(), charged=0, failure=Failure.OURS
    )
    server.env.inject_error("PATCH", "*", status=404, code=10008, times=None)
    await server.backend.notifier.ended(job)


async def test_a_progress_message_that_nobody_knew_of_when_the_process_died_does_not_stay_below_the_clip(server, delivery):
    _, job = await asked(server)
    assert job.address.progress_id is not None
    post = await server.backend.storage.posts.find(of_order(job.order_id), Purpose.PROGRESS)
    await server.backend.storage.posts.keep(replace(post, message_id=None, state=PostState.BEGUN))
    await brought(server, delivery, await server.backend.storage.jobs.get(job.id))
    thread = thread_of(server)
    assert [each.id for each in thread.history()] == [each.id for each in clips_in(thread)]


# -- ends that the progress message does not take ----------------------------------------------------------------------


def refuse_progress(server, job, status=403, code=50013):
    """Has Discord refuse the next edit of the job's progress message."""
    progress = f"/channels/{job.address.thread_id}/messages/{job.address.progress_id}"
    server.env.inject_error("PATCH", progress, status=status, code=code, times=1)


async def failed(server, job):
    """The end of a job that was with the provider. No message shows it yet."""
    job = await through(server, job, *MADE[:3])
    now = server.backend.clock.now_ms()
    return await server.backend.storage.transitions.end(job, State.FAILED, now, charged=0, failure=Failure.PROVIDER)


async def an_hour_later_in_another_process(server):
    """Shows the ends that were refused and are due by then, as `LateEnds` has the runner do."""
    await server.env.restart_bot(server.backend.client())
    await server.env.advance_time(3600)
    posts, now = server.backend.storage.posts, server.backend.clock.now_ms()
    assert await posts.behind(now - 3_600_000) == []
    late = await posts.refused(now, 9)
    for job in late:
        await posts.shown(job, await server.backend.notifier.ended(job), now)
    assert await posts.behind(now) == []
    return [job.id for job in late]


async def test_an_end_that_the_progress_message_alone_refused_is_shown_there_later(server):
    result, job = await asked(server)
    job = await failed(server, job)
    refuse_progress(server, job)
    refused = await server.backend.notifier.ended(job)
    assert refused == {Purpose.PROGRESS}
    await server.backend.storage.posts.shown(job, refused, server.backend.clock.now_ms())
    assert "**Did not work**" in text(result.response)
    assert "**Did not work**" not in text(thread_of(server).last_message)
    assert await an_hour_later_in_another_process(server) == [job.id]
    assert "**Did not work**" in text(thread_of(server).last_message)


async def test_an_end_whose_edit_of_the_progress_message_was_lost_is_shown_there_by_the_next_process(server):
    _, job = await asked(server)
    job = await failed(server, job)
    refuse_progress(server, job, status=502, code=0)
    with pytest.raises(DeliveryError):
        await server.backend.notifier.ended(job)
    await server.env.restart_bot(server.backend.client())
    [behind] = await server.backend.storage.posts.behind(server.backend.clock.now_ms())
    assert not await server.backend.notifier.ended(behind)
    assert "**Did not work**" in text(thread_of(server).last_message)


async def test_a_progress_message_that_is_gone_is_not_asked_again(server):
    _, job = await asked(server)
    job = await failed(server, job)
    refuse_progress(server, job, status=404, code=10008)
    assert not await server.backend.notifier.ended(job)


async def test_a_progress_message_of_several_clips_that_refused_the_end_shows_it_later(server):
    _, jobs = await several(server, 2)
    for last, each in enumerate(jobs):
        job = await failed(server, each)
        if last:
            refuse_progress(server, job)
        refused = await server.backend.notifier.ended(job)
        assert refused == ({Purpose.PROGRESS} if last else set())
        await server.backend.storage.posts.shown(job, refused, server.backend.clock.now_ms())

    def progress():
        return next(text(each) for each in thread_of(server).history() if each.id == job.address.progress_id)

    assert "**Take 2** · In line" in progress()
    # Both jobs are taken up again, since the message that refused shows both.
    assert await an_hour_later_in_another_process(server) == [each.id for each in jobs]
    assert "**Take 2** · Did not work" in progress()


async def test_a_progress_message_that_refused_to_say_that_the_clip_waits_is_asked_again(server):
    result, job = await asked(server)
    why = {"failure": Failure.UNDELIVERABLE, "unposted_at_ms": server.backend.clock.now_ms()}
    job = await through(server, await through(server, job, *MADE), State.UNPOSTED, **why)
    refuse_progress(server, job)
    assert await server.backend.notifier.unposted(job) == {Purpose.PROGRESS}
    assert "Made, but not posted" in text(result.response)
    before = len(server.env.http_requests)
    assert not await server.backend.notifier.unposted(job)
    assert "Made, but not posted" in text(thread_of(server).last_message)
    # The card says so already.
    assert [each.path for each in server.env.http_requests[before:] if each.method == "PATCH"] == [
        f"/channels/{job.address.thread_id}/messages/{job.address.progress_id}"
    ]
