"""A clip whose posting had begun before it had a thread: its thread is opened once the clip is known to be nowhere, and it is
posted there once, wherever the process dies meanwhile.
"""

from dataclasses import replace
from itertools import count

import pytest

from bot.domain.job import Failure, State
from bot.domain.quota import Policy
from tests.fixtures.simcord_scenes import MADE, asked, brought, clips_in, several, thread_of, through


class Killed(BaseException):
    """In place of a kill: nothing catches it."""


async def made_without_a_thread(server):
    """A job whose clip is about to be posted, and for which Discord opened no thread yet."""
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=429, times=1)
    _, job = await asked(server)
    assert job.address.thread_id is None
    return await through(server, job, *MADE)


async def next_process(server):
    """The process before died: the next one has its job."""
    await server.env.restart_bot(server.backend.client())
    [job] = await server.backend.storage.job_recovery.take_over(server.backend.clock.now_ms())
    return job


def killed_at(server, monkeypatch, number):
    """Kills the process at this crossing, counted from 0: there is one before and one after each write and each request."""
    crossings = count()

    def crossed():
        if next(crossings) == number:
            raise Killed

    def around(call):
        async def crossing(*args, **kwargs):
            crossed()
            answer = await call(*args, **kwargs)
            crossed()
            return answer

        return crossing

    http = server.backend.now.http
    for owner, name in (
        (server.backend.storage.posts, "keep"),
        (http, "start_thread_with_message"),
        (http, "send_message"),
    ):
        monkeypatch.setattr(owner, name, around(getattr(owner, name)))


async def ended(server, job, posted):
    transitions, now = server.backend.storage.transitions, server.backend.clock.now_ms()
    job = await transitions.end(job, State.DONE, now, charged=job.cost, posted=posted)
    await server.backend.notifier.ended(job)
    return job


@pytest.mark.parametrize("died_before", [False, True], ids=["as it begins to post", "after one that died as it began"])
async def test_killed_at_each_boundary_the_clip_stands_once_and_in_its_thread(server, delivery, monkeypatch, died_before):
    server.backend.policy = Policy(allowance=10_000)  # of the next processes: enough for all clips
    for number in count():
        job = await made_without_a_thread(server)
        if died_before:
            job = await next_process(server)
        with monkeypatch.context() as patches:
            killed_at(server, patches, number)
            try:
                posted = await server.backend.notifier.deliver(job, delivery)
            except Killed:
                posted = None
        if posted is not None:
            break
        job = await next_process(server)
        job = await ended(server, job, await server.backend.notifier.deliver(job, delivery))
        [thread] = [each for each in server.channel.threads if each.id == job.address.thread_id]
        assert [each.id for each in clips_in(thread)] == [job.address.result_id]
        assert f"/{thread.id}/" in job.address.result_url
        assert clips_in(server.channel) == []
    # Two each: a request for the thread, writes of it and of the clip's new place, the clip's request, a write of its message.
    assert number == 10


async def test_a_clip_that_arrives_in_the_channel_after_it_was_looked_for_there_is_linked_where_it_is(
    server, delivery, monkeypatch
):
    await made_without_a_thread(server)
    job = await next_process(server)
    http = server.backend.now.http
    send = http.send_message

    async def known(_channel_id, **sent):
        """Discord has the message of the process before by now, and answers with it for the sake of its nonce."""
        return await send(server.channel.id, **sent)

    monkeypatch.setattr(http, "send_message", known)
    posted = await server.backend.notifier.deliver(job, delivery)
    [clip] = clips_in(server.channel)
    job = await ended(server, job, posted)
    assert (posted.channel_id, posted.message_id) == (server.channel.id, clip.id)
    assert job.address.clip_channel_id == server.channel.id
    assert f"/{server.channel.id}/{clip.id}" in job.address.result_url


async def test_the_thread_of_an_order_never_has_words_of_a_clip_that_was_refused_before_it_was_open(server, delivery):
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=429, times=1)
    prompts = [("A red kite", "red"), ("A bloody kite", "bloody")]
    _, (red, bloody) = await several(server, prompts=prompts)
    assert not server.channel.threads
    bloody = await through(server, bloody, *MADE[:3])
    now = server.backend.clock.now_ms()
    bloody = await server.backend.storage.transitions.end(bloody, State.FAILED, now, charged=0, failure=Failure.MODERATION)
    await server.backend.notifier.ended(bloody)
    # A new process does not wait until Discord opens threads again, as the limited one would.
    await server.env.restart_bot(server.backend.client())
    jobs = await server.backend.storage.job_recovery.take_over(now)
    await brought(server, delivery, next(each for each in jobs if each.id == red.id))
    assert thread_of(server).name == "A clip"


async def test_a_thread_that_waited_for_its_turn_makes_no_card_over_the_clip_that_another_process_posted(server, delivery):
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013)
    server.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    result, job = await asked(server)
    # As a process had read it whose card came to nothing.
    read = replace(job, address=replace(job.address, card_id=None, progress_id=None, in_place=False))
    job, _ = await brought(server, delivery, job)
    assert job.address.result_id == result.response.id
    sent = len(server.env.http_requests)
    await server.backend.notifier._announcer.complete(read, "In line")
    assert server.env.http_requests[sent:] == []
