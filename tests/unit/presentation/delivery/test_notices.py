"""Words to one member that no other message has: what is left of their credits, and that a request came to nothing. Each is
sent once, whenever the process is killed."""

from dataclasses import replace
from functools import partial

import pytest

from bot.domain.job import Way
from bot.domain.post import PostState, Purpose, Told, of_asked, of_job
from bot.errors import DeliveryError
from bot.ports import Asked, AskedKind, Outcome
from bot.presentation.views.error_pages import late_page
from tests.fixtures.simcord_bot import text
from tests.fixtures.simcord_scenes import asked

WHISPER = "/webhooks/*/*"


async def last_credits(server):
    """A clip after which alice has too few credits for one more.

    No thread can be opened, so it has no progress message; a job without one is announced again by the next process.
    """
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=429, times=None)
    await asked(server)
    return await asked(server, duration=15)


async def announced_by_another_process(server, job):
    await server.env.restart_bot(server.backend.client())
    await server.backend.notifier.announce(await server.backend.storage.jobs.get(job.id))


def notice_of(server, job):
    return server.backend.storage.posts.find(of_job(job.id), Purpose.NOTICE, Told.CREDITS)


async def test_the_line_about_the_last_credits_is_a_post_of_its_job(server):
    result, job = await last_credits(server)
    [line] = result.followups
    post = await notice_of(server, job)
    assert (post.way, post.message_id, post.state) == (Way.FOLLOW_UP, line.id, PostState.SENT)


@pytest.mark.parametrize("written", [True, False], ids=["after that was written", "before that was written"])
async def test_a_process_killed_once_the_line_was_sent_leaves_one(server, written):
    result, job = await last_credits(server)
    if not written:
        post = await notice_of(server, job)
        await server.backend.storage.posts.keep(replace(post, message_id=None, state=PostState.BEGUN))
    await announced_by_another_process(server, job)
    assert len(result.followups) == 1


async def test_that_the_line_is_sent_is_written_down_first(server, monkeypatch):
    written = []

    async def killed(address, page):
        written.extend(post.state for post in await all_notices(server))
        raise DeliveryError("killed here")

    monkeypatch.setattr(server.backend.notifier._answers, "whisper", killed)
    result, job = await last_credits(server)
    assert written == [PostState.BEGUN]
    await announced_by_another_process(server, job)
    assert result.followups == []


async def all_notices(server):
    job = await server.backend.latest()
    found = await notice_of(server, job)
    return [] if found is None else [found]


@pytest.mark.parametrize(
    ("status", "code", "state", "lines"), [(429, 20028, PostState.SENT, 1), (403, 50001, PostState.REFUSED, 0)]
)
async def test_a_line_that_was_refused_for_now_is_sent_with_the_next_card_and_no_other(server, status, code, state, lines):
    server.env.inject_error("POST", WHISPER, status=status, code=code, times=1)
    result, job = await last_credits(server)
    assert result.followups == []
    await announced_by_another_process(server, job)
    assert len(result.followups) == lines
    assert (await notice_of(server, job)).state is state


# -- a request that came to nothing ------------------------------------------------------------------------------------


def late(server, **changes):
    """What alice asked for in the channel, and the page that tells her that it came to nothing."""
    now = server.backend.clock.now_ms()
    at = {"application_id": 1, "guild_id": server.guild.id, "channel_id": server.channel.id}
    told = {"token": "", "token_expires_at_ms": now, "upload_limit": 1, "locale": "en-US", "guild_locale": "en-US"}
    asked_id = server.channel.id + 1
    values = {"id": asked_id, "member_id": server.alice.id, "kind": AskedKind.CLIP, "payload": "", **at, **told}
    return Asked(**{**values, "private": False, "at_ms": now, **changes}), partial(late_page, asked_id, False)


async def tell(server, *late):
    """As a new process does."""
    await server.env.restart_bot(server.backend.client())
    return await server.backend.notifier.late_answers.tell(*late)


def direct(server):
    channel = server.alice.user.dm_channel
    return [] if channel is None else list(channel.history())


def post_of(server, asked):
    return server.backend.storage.posts.find(of_asked(asked.id), Purpose.NOTICE)


async def forgotten(server, asked):
    """The process was killed after the message was sent and before that was written."""
    post = await post_of(server, asked)
    await server.backend.storage.posts.keep(replace(post, message_id=None, state=PostState.BEGUN))


def no_direct_messages(server):
    server.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)


@pytest.mark.parametrize("written", [True, False], ids=["after that was written", "before that was written"])
@pytest.mark.parametrize("closed", [False, True], ids=["by direct message", "in the channel"])
async def test_a_member_is_told_once_that_a_request_came_to_nothing(server, closed, written):
    if closed:
        no_direct_messages(server)
    asked, page = late(server)
    assert await tell(server, asked, page)
    if not written:
        await forgotten(server, asked)
    await server.env.advance_time(600)
    assert await tell(server, replace(asked, outcome=Outcome.TELLING), page)
    [told] = server.channel.history() if closed else direct(server)
    assert "**Your clip was not begun**" in text(told)
    post = await post_of(server, asked)
    place = server.channel.id if closed else server.alice.user.dm_channel.id
    way = Way.CHANNEL if closed else Way.DIRECT
    assert (post.way, post.channel_id, post.message_id, post.state) == (way, place, told.id, PostState.SENT)


async def test_where_a_member_is_told_is_written_down_first_and_a_try_that_did_not_arrive_is_made_again(server, monkeypatch):
    asked, page = late(server)
    await server.env.restart_bot(server.backend.client())
    written = []

    async def killed(channel_id, *_, **__):
        written.append(await post_of(server, asked))
        raise DeliveryError("killed here")

    monkeypatch.setattr(server.backend.notifier._messages, "send", killed)
    with pytest.raises(DeliveryError):
        await server.backend.notifier.late_answers.tell(asked, page)
    [post] = written
    assert (post.way, post.channel_id, post.state) == (Way.DIRECT, server.alice.user.dm_channel.id, PostState.BEGUN)
    assert await tell(server, replace(asked, outcome=Outcome.TELLING), page)
    assert len(direct(server)) == 1


async def test_where_it_can_not_be_looked_up_whether_a_member_was_told_nothing_is_sent_anywhere(server):
    no_direct_messages(server)
    asked, page = late(server)
    assert await tell(server, asked, page)
    await forgotten(server, asked)
    server.env.inject_error("GET", f"/channels/{server.channel.id}/messages", status=403, code=50001, times=None)
    assert not await tell(server, replace(asked, outcome=Outcome.TELLING), page)
    assert len(server.channel.history()) == 1


async def test_what_an_earlier_version_may_have_told_is_looked_for_in_every_place(server):
    asked, page = late(server)
    channel_id = await server.backend.notifier._messages.dm(server.alice.id)
    await server.backend.notifier._messages.send(channel_id, page(None), nonce=f"{asked.id}l")
    await server.env.advance_time(600)
    assert await tell(server, replace(asked, outcome=Outcome.TELLING), page)
    assert len(direct(server)) == 1
    assert server.channel.history() == []


async def test_a_word_that_was_sent_and_deleted_before_that_was_known_is_not_sent_elsewhere(server):
    asked, page = late(server)
    server.env.inject_error("POST", "/channels/*/messages", status=404, code=10008, times=1)
    assert await tell(server, asked, page)
    assert (await post_of(server, asked)).state is PostState.DELETED
    assert [*direct(server), *server.channel.history()] == []


async def test_who_can_be_told_nowhere_is_asked_for_no_second_time(server):
    no_direct_messages(server)
    asked, page = late(server, private=True)
    assert not await tell(server, asked, page)
    before = len(server.env.http_requests)
    assert not await tell(server, replace(asked, outcome=Outcome.TELLING), page)
    assert [each for each in server.env.http_requests[before:] if each.method == "POST"] == []
