"""The messages of an order of several clips: one card, thread and progress message, a message for each clip, one mention."""

import asyncio

import pytest

from bot.domain.job import Failure, State
from bot.errors import NowhereToPost
from bot.presentation.delivery.progress_updater import Followed
from tests.fixtures.simcord_bot import _components, labels, text
from tests.fixtures.simcord_scenes import MADE, brought, clips_in, several, thread_of, through
from tests.unit.presentation.views.discord_rules import every


async def fails(server, job, failure=Failure.MODERATION, state=State.FAILED):
    job = await through(server, job, *MADE[:3])
    job = await server.backend.storage.transitions.end(job, state, server.backend.clock.now_ms(), charged=0, failure=failure)
    await server.backend.notifier.ended(job)
    return job


def mentions_in(*places):
    return [each for place in places for each in place.history() if each.mentions]


def edits(server, since=0):
    """The paths of the requests that edited or made something, in their order."""
    return [each.path for each in server.env.http_requests[since:] if each.method in {"PATCH", "POST"}]


async def test_an_order_of_four_takes_has_one_card_one_thread_and_one_progress_message(server):
    result, jobs = await several(server)
    card = text(result.response)
    assert card.startswith("**In line** · progress is in the thread")
    assert [f"**Take {number}** · In line" in card for number in range(1, 5)] == [True] * 4
    assert "4 takes · 280 credits" in card
    assert "Seed" not in card
    assert labels(result.response) == ["Cancel"]
    assert len(server.channel.threads) == 1
    [progress] = [each for each in thread_of(server).history() if each.components]
    assert text(progress).count("**Take ") == 4
    assert labels(progress) == ["Cancel"]
    assert {each.address.card_id for each in jobs} == {result.response.id}
    assert {each.address.progress_id for each in jobs} == {progress.id}
    assert mentions_in(server.channel, thread_of(server)) == []


async def test_alternatives_are_named_by_what_differs_and_the_card_shows_the_prompt_with_all_of_them(server):
    prompts = [(f"A street in {each} at night", each) for each in ("rain", "snow", "`fog`")]
    result, _ = await several(server, prompts=prompts)
    card = text(result.response)
    assert "> A street in {rain\\|snow\\|\\`fog\\`} at night" in card
    assert "**rain** · In line\n**snow** · In line\n**\\`fog\\`** · In line" in card
    assert "3 clips · 210 credits" in card
    assert thread_of(server).name == "A street in {rain|snow|`fog`} at night"


async def test_a_new_process_learns_that_words_are_blocked_by_one_refused_request_and_goes_on_without_them(server, delivery):
    prompts = [(f"A street in {each} at night", each) for each in ("rain", "snow")]
    server.env.inject_error("PATCH", "/webhooks/**", status=400, code=200000, times=1)
    _, jobs = await several(server, prompts=prompts)
    progress = thread_of(server).last_message
    assert "rain" not in text(progress)
    await server.env.advance_time(60)
    await server.env.restart_bot(server.backend.client())
    before = len(server.env.http_requests)
    path = f"/channels/{thread_of(server).id}/messages/{progress.id}"
    server.env.inject_error("PATCH", path, status=400, code=200000, times=1)
    await through(server, jobs[0], *MADE[:3])
    await server.backend.notifier._progress_updater.refresh(Followed(jobs[0].id))
    assert text(thread_of(server).last_message).startswith("**Making it**\n**Clip 1** · Making it")
    assert edits(server, before).count(path) == 2
    for job, states in ((jobs[0], MADE[3:]), (jobs[1], MADE)):
        await brought(server, delivery, job if states is MADE else await server.backend.storage.jobs.get(job.id), states=states)
    [mention] = mentions_in(server.channel, thread_of(server))
    assert "Both are here." in text(mention)


async def test_a_mention_whose_words_are_blocked_comes_without_them_in_the_same_place(server, delivery):
    _, jobs = await several(server, prompts=[("A street in rain", "rain"), ("A street in snow", "snow")])
    await brought(server, delivery, jobs[0])
    thread = thread_of(server)
    job = await through(server, jobs[1], *MADE[:3])
    job = await server.backend.storage.transitions.end(
        job, State.FAILED, server.backend.clock.now_ms(), charged=0, failure=Failure.PROVIDER
    )
    server.env.inject_error("POST", f"/channels/{thread.id}/messages", status=400, code=200000, times=1)
    await server.backend.notifier.ended(job)
    [mention] = mentions_in(server.channel, thread)
    assert "1 of 2 clips is here; Clip 2 did not work and was not charged." in text(mention)
    assert mention.id in {each.id for each in thread.history()}


async def test_each_clip_comes_silently_with_its_name_and_one_line_mentions_the_member_when_all_have_ended(server, delivery):
    result, jobs = await several(server)
    for job in (jobs[2], jobs[0], jobs[3]):
        await brought(server, delivery, job)
        assert mentions_in(server.channel, thread_of(server)) == []
    card = text(result.response)
    assert "**In line · 3 of 4 are here**" in card
    assert "progress is in the thread" in card
    await fails(server, jobs[1])
    clips = clips_in(thread_of(server))
    assert sorted(text(each).split(" is ready")[0] for each in clips) == ["**Take 1**", "**Take 3**", "**Take 4**"]
    assert [each.flags.suppress_notifications for each in clips] == [True] * 3
    [mention] = mentions_in(server.channel, thread_of(server))
    said = "3 of 4 takes are here; Take 2 was refused and not charged."
    board = f"https://discord.com/channels/{server.guild.id}/{server.channel.id}/{result.response.id}"
    assert text(mention) == f"<@{server.alice.id}> {said} [See them together]({board})"
    assert not mention.flags.suppress_notifications
    # The progress message is gone.
    assert {each.id for each in thread_of(server).history() if each.components} == {*(each.id for each in clips), mention.id}


async def test_the_card_shows_posters_as_they_come_with_a_link_to_each_clip(server, delivery):
    result, jobs = await several(server, 3)
    _, second = await brought(server, delivery, jobs[1])
    assert [each.filename for each in result.response.attachments] == ["poster2.jpg"]
    _, first = await brought(server, delivery, jobs[0])
    assert sorted(each.filename for each in result.response.attachments) == ["poster1.jpg", "poster2.jpg"]
    [gallery] = [each for each in every(_components(result.response)) if each["type"] == 12]
    assert [each["description"] for each in gallery["items"]] == [
        "A frame of the finished clip: Take 1",
        "A frame of the finished clip: Take 2",
    ]
    card = text(result.response)
    assert f"**Take 1** · [Watch it]({first.url})" in card
    assert f"**Take 2** · [Watch it]({second.url})" in card
    await brought(server, delivery, jobs[2])
    card = text(result.response)
    assert card.startswith("**All 3 takes are here**\n")
    assert labels(result.response) == []


async def test_a_take_that_fails_is_refunded_alone_and_its_line_says_so(server):
    result, jobs = await several(server)
    await fails(server, jobs[0], Failure.PROVIDER)
    card = text(result.response)
    assert "**Take 1** · Did not work · not charged\n-# The video service could not make it." in card
    assert "4 takes · 210 credits" in card
    assert labels(result.response) == ["Try again: Take 1", "Cancel"]
    progress = text(thread_of(server).last_message)
    assert "**Take 1** · Did not work · not charged" in progress
    assert "**Take 2** · In line" in progress


async def test_two_clips_that_end_at_the_same_moment_are_both_on_the_card_and_mentioned_once(server, delivery):
    result, jobs = await several(server, 2)
    await asyncio.gather(*(brought(server, delivery, each) for each in jobs))
    assert text(result.response).count("[Watch it]") == 2
    assert len(mentions_in(server.channel, thread_of(server))) == 1
    assert len(clips_in(thread_of(server))) == 2


async def test_news_of_several_jobs_cost_one_edit_and_none_if_nothing_changed(server):
    _, jobs = await several(server)
    notifier, followed = server.backend.notifier, [Followed(each.id) for each in jobs]
    await server.env.advance_time(5)
    for job in jobs:
        await through(server, job, State.PREPARING)
    before = len(server.env.http_requests)
    for each in followed:
        await notifier._progress_updater.refresh(each)
    assert len(edits(server, before)) == 2
    await server.env.advance_time(5)
    before = len(server.env.http_requests)
    for each in followed:
        await notifier._progress_updater.refresh(each)
    # Their time goes on, which the progress message shows.
    assert len(edits(server, before)) <= 1


async def test_after_a_restart_a_board_whose_clips_all_wait_is_not_edited(server):
    result, jobs = await several(server, 3)
    before = text(result.response)
    await server.env.restart_bot(server.backend.client())
    await server.env.advance_time(20 * 60)
    since = len(server.env.http_requests)
    for each in jobs:
        await server.backend.notifier._progress_updater.refresh(Followed(each.id))
        await server.env.advance_time(5)
    assert [path for path in edits(server, since) if path.endswith(str(result.response.id))] == []
    assert text(result.response) == before


@pytest.mark.parametrize("ended", [1, 2])
async def test_a_restart_in_the_middle_makes_no_message_twice_and_the_board_catches_up(server, delivery, ended):
    result, jobs = await several(server, 2)
    backend = server.backend
    for each in jobs[:ended]:
        job = await through(server, each, *MADE)
        posted = await backend.notifier.deliver(job, delivery)
        await backend.storage.transitions.end(job, State.DONE, backend.clock.now_ms(), charged=job.cost, posted=posted)
    # The process was killed before a message showed that.
    await server.env.restart_bot(backend.client())
    await server.env.advance_time(400)
    await backend.storage.job_recovery.take_over(backend.clock.now_ms(), broke=True)
    for _ in range(2):
        behind = await backend.storage.posts.behind(backend.clock.now_ms())
        for job in behind:
            assert not await backend.notifier.ended(job)
            await backend.storage.posts.shown(job)
    assert behind == []
    assert text(result.response).count("[Watch it]") == ended
    assert len(mentions_in(server.channel, thread_of(server))) == (ended == 2)
    assert len(clips_in(thread_of(server))) == ended
    assert len(server.channel.threads) == 1


async def test_a_kill_around_the_mention_leaves_one(server, delivery):
    _, jobs = await several(server, 2)
    backend = server.backend
    for each in jobs:
        job, _ = await brought(server, delivery, each)
    # It was sent, and the process was killed before that was written.
    post = await backend.storage.posts.find(f"order:{job.order_id}", "mention")
    await backend.storage.posts.keep(type(post)(**{**as_dict(post), "message_id": None, "state": "begun"}))
    await server.env.restart_bot(backend.client())
    await server.env.advance_time(400)
    await backend.notifier.ended(job)
    assert len(mentions_in(server.channel, thread_of(server))) == 1


def as_dict(post):
    return {name: getattr(post, name) for name in type(post).__dataclass_fields__}


async def test_without_a_thread_the_card_shows_the_progress_and_the_clips_come_below_it(server, delivery):
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013, times=None)
    result, jobs = await several(server, 2)
    followed = Followed(jobs[0].id)
    await server.env.advance_time(61)
    await through(server, jobs[0], *MADE[:3])
    await server.backend.notifier._progress_updater.refresh(followed)
    card = text(result.response)
    assert "**Take 1** · Making it\n" in card
    assert "progress is in the thread" not in card
    for job in await server.backend.storage.jobs.of_order(jobs[0].order_id):
        states = MADE[3:] if job.state is State.GENERATING else MADE
        await brought(server, delivery, job, states=states)
    assert len(clips_in(server.channel)) == 2
    assert len(mentions_in(server.channel)) == 1
    assert text(result.response).startswith("**Both are here**")


async def test_a_private_orders_clips_come_by_direct_message_and_never_replace_its_card(server, delivery):
    result, jobs = await several(server, 2, private=True)
    assert "-# The clips come by direct message." in text(result.response)
    for job in jobs:
        await brought(server, delivery, job)
    direct = server.alice.user.dm_channel
    assert len(clips_in(direct)) == 2
    assert len(mentions_in(direct)) == 1
    assert text(result.response).startswith("**Both are here**")
    assert clips_in(server.channel) == []


async def test_a_private_order_of_a_member_who_takes_no_direct_messages_has_its_clips_wait_on_the_card(server, delivery):
    result, jobs = await several(server, 2, private=True)
    server.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    for each in jobs:
        job = await through(server, each, *MADE)
        with pytest.raises(NowhereToPost):
            await server.backend.notifier.deliver(job, delivery)
        unposted = await through(server, job, State.UNPOSTED, failure=Failure.UNDELIVERABLE, unposted_at_ms=1)
        await server.backend.notifier.unposted(unposted)
    card = text(result.response)
    assert card.count("Made, but not posted\n-# Your direct messages are closed to me.") == 2
    assert labels(result.response) == ["Post it here: Take 1", "Post it here: Take 2", "Cancel"]


async def test_in_direct_messages_everything_comes_there(server, delivery):
    await server.backend.notifier._messages.dm(server.alice.id)
    direct = server.alice.user.dm_channel
    result, jobs = await several(server, 2, who=server.alice.user)
    for job in jobs:
        await brought(server, delivery, job)
    assert len(clips_in(direct)) == 2
    assert [each.flags.suppress_notifications for each in clips_in(direct)] == [True] * 2
    assert len(mentions_in(direct)) == 1
    assert text(result.response).startswith("**Both are here**")


async def test_what_is_known_of_an_order_goes_with_the_last_of_its_clips_that_another_process_took(server):
    _, (one, two) = await several(server, 2)
    notifier = server.backend.notifier
    known = notifier._boards._boards
    for job in (one, two):
        notifier.follow(job.id)
    notifier.unfollow(one, lost=True)
    assert set(known) == {one.order_id}
    notifier.unfollow(two, lost=True)
    assert not known
