"""Delivery of clips, tested on the messages in Discord."""

import asyncio
import re
from contextlib import suppress

import discord
import pytest

from bot.domain.filename import clip_filename
from bot.domain.job import Failure, State
from bot.errors import DeliveryError, NowhereToPost, UploadTooLarge
from bot.presentation.delivery import clip_poster
from bot.presentation.delivery.progress_updater import Followed
from tests.fixtures.simcord_bot import _components, labels, text
from tests.fixtures.simcord_scenes import MADE, asked, clips_in, delivered, thread_of, through
from tests.posts import clip_forgotten
from tests.unit.presentation.views.discord_rules import every


async def delivered_again_by_another_process(server, job, delivery):
    """Delivers the clip again: the earlier process died after its post and before it stored where that is."""
    await server.env.restart_bot(server.backend.client())
    await clip_forgotten(server.backend.storage, job)
    [job] = await server.backend.storage.job_recovery.take_over(server.backend.clock.now_ms())
    return await server.backend.notifier.deliver(job, delivery)


# -- the finished message ----------------------------------------------------------------------------------------------


async def test_the_clip_is_posted_in_the_thread_with_its_one_mention(server, delivery):
    _, job, posted = await delivered(server, delivery)
    [clip] = clips_in(thread_of(server))
    assert clip.id == posted.message_id
    assert [each.id for each in clip.mentions] == [server.alice.id]
    assert f"<@{server.alice.id}> Your clip is ready." in text(clip)
    assert "Seed `4242`" in text(clip)
    assert labels(clip) == ["Again", "Remix", "1080P final", "More"]
    others = [each for each in (*server.channel.history(), *thread_of(server).history()) if each.id != clip.id]
    assert not any(each.mentions for each in others)
    assert posted.url == f"https://discord.com/channels/{server.guild.id}/{thread_of(server).id}/{clip.id}"
    assert job.state is State.DONE


async def test_a_1080p_clip_offers_no_better_final(server, delivery):
    await delivered(server, delivery, resolution="1080P")
    [clip] = clips_in(thread_of(server))
    assert labels(clip) == ["Again", "Remix", "More"]


async def test_the_card_shows_the_end_with_poster_and_link_and_the_thread_nothing_but_the_clip(server, delivery):
    result, _, posted = await delivered(server, delivery)
    assert text(result.response).startswith("**Done**")
    assert labels(result.response) == ["Watch the clip", "Again", "Remix"]
    assert [each.filename for each in result.response.attachments] == ["poster.jpg"]
    assert [each.id for each in thread_of(server).history() if each.components] == [posted.message_id]


@pytest.mark.parametrize("seconds", [1, 400])
async def test_a_restart_after_the_post_posts_nothing_twice(server, delivery, seconds):
    _, job = await asked(server)
    job = await through(server, job, *MADE)
    first = await server.backend.notifier.deliver(job, delivery)
    # The process died before anything was stored. SimCord has no nonces, so only a search can find the post.
    await server.env.advance_time(seconds)
    again = await delivered_again_by_another_process(server, job, delivery)
    assert again.message_id == first.message_id
    assert len(clips_in(thread_of(server))) == 1


async def test_a_lost_answer_makes_the_next_try_look_first(server, delivery, monkeypatch):
    _, job = await asked(server)
    job = await through(server, job, *MADE)
    send = discord.PartialMessageable.send

    async def answer_lost(self, *args, **kwargs):
        await send(self, *args, **kwargs)
        raise TimeoutError

    monkeypatch.setattr(discord.PartialMessageable, "send", answer_lost)
    with pytest.raises(DeliveryError):
        await server.backend.notifier.deliver(job, delivery)
    monkeypatch.setattr(discord.PartialMessageable, "send", send)
    await server.backend.notifier.deliver(job, delivery)
    assert len(clips_in(thread_of(server))) == 1


async def test_a_clip_that_was_posted_by_a_clock_behind_ours_is_found(server, delivery):
    _, job = await asked(server)
    job = await through(server, job, *MADE, generated_at_ms=server.backend.clock.now_ms() + 240_000)
    first = await server.backend.notifier.deliver(job, delivery)
    again = await delivered_again_by_another_process(server, job, delivery)
    assert again.message_id == first.message_id
    assert len(clips_in(thread_of(server))) == 1


async def test_a_clip_behind_hundreds_of_others_messages_is_found(server, delivery):
    _, job = await asked(server)
    job = await through(server, job, *MADE)
    for number in range(310):
        await server.bob.send(thread_of(server), f"talk {number}")
    first = await server.backend.notifier.deliver(job, delivery)
    again = await delivered_again_by_another_process(server, job, delivery)
    assert again.message_id == first.message_id
    assert len(clips_in(thread_of(server))) == 1


async def test_an_upload_that_hangs_may_pass_and_makes_the_next_try_look_first(server, delivery, monkeypatch):
    _, job = await asked(server)
    job = await through(server, job, *MADE)
    send = discord.PartialMessageable.send

    async def answer_never_comes(self, *args, **kwargs):
        await send(self, *args, **kwargs)
        await asyncio.Event().wait()

    monkeypatch.setattr(discord.PartialMessageable, "send", answer_never_comes)
    monkeypatch.setattr(clip_poster, "_UPLOAD_SECONDS", 0.5)
    with pytest.raises(DeliveryError):
        await server.backend.notifier.deliver(job, delivery)
    monkeypatch.undo()
    await server.backend.notifier.deliver(job, delivery)
    assert len(clips_in(thread_of(server))) == 1


async def test_a_deleted_thread_sends_the_clip_to_the_channel(server, delivery):
    _, job = await asked(server)
    job = await through(server, job, *MADE)
    await server.backend.now.get_partial_messageable(job.address.thread_id)._state.http.delete_channel(job.address.thread_id)
    posted = await server.backend.notifier.deliver(job, delivery)
    assert posted.channel_id == server.channel.id
    assert len(clips_in(server.channel)) == 1


async def test_the_thread_of_a_clip_that_went_to_the_channel_links_to_it_and_does_not_say_that_it_is_below(server, delivery):
    _, job = await asked(server)
    job = await through(server, job, *MADE)
    server.env.inject_error("POST", f"/channels/{job.address.thread_id}/messages", status=403, code=50013, times=None)
    posted = await server.backend.notifier.deliver(job, delivery)
    job = await server.backend.storage.transitions.end(
        job, State.DONE, server.backend.clock.now_ms(), charged=job.cost, posted=posted
    )
    await server.backend.notifier.ended(job)
    assert posted.channel_id == server.channel.id
    progress = thread_of(server).last_message
    assert text(progress) == f"**Done** · [Watch the clip]({posted.url})"
    assert labels(progress) == []


async def test_a_channel_closed_to_us_gets_the_clip_on_the_card(server, delivery):
    result, job = await asked(server)
    job = await through(server, job, *MADE)
    server.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=None)
    posted = await server.backend.notifier.deliver(job, delivery)
    assert posted.message_id == result.response.id
    assert [each.filename for each in result.response.attachments] == [delivery.filename]


async def test_with_every_place_closed_it_says_so(server, delivery):
    _, job = await asked(server)
    job = await through(server, job, *MADE)
    await server.env.advance_time(16 * 60)
    server.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=None)
    server.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    with pytest.raises(NowhereToPost):
        await server.backend.notifier.deliver(job, delivery)


@pytest.mark.parametrize(("status", "error"), [(413, UploadTooLarge), (500, DeliveryError), (503, DeliveryError)])
async def test_discords_refusals_are_told_apart(server, delivery, status, error):
    _, job = await asked(server)
    job = await through(server, job, *MADE)
    server.env.inject_error("POST", "/channels/*/messages", status=status, times=None)
    with pytest.raises(error):
        await server.backend.notifier.deliver(job, delivery)


async def test_a_private_clip_replaces_the_private_card_without_a_mention(server, delivery):
    result, job, posted = await delivered(server, delivery, private=True)
    assert posted.message_id == result.response.id
    assert posted.url == ""
    assert "Your clip is ready." in text(result.response)
    assert "<@" not in text(result.response)
    assert job.address.card_id == posted.message_id
    assert server.channel.history(viewer=server.bob) == []


async def test_a_private_clip_that_comes_after_the_token_goes_by_direct_message(server, delivery):
    _, job = await asked(server, private=True)
    await server.env.advance_time(16 * 60)
    job = await through(server, job, *MADE)
    posted = await server.backend.notifier.deliver(job, delivery)
    assert len(clips_in(server.alice.user.dm_channel)) == 1
    assert posted.url.startswith("https://discord.com/channels/@me/")
    assert server.channel.history(viewer=server.bob) == []


async def test_after_the_token_the_public_card_is_edited_by_the_bots_own_route(server, delivery):
    result, job = await asked(server)
    await server.env.advance_time(16 * 60)
    job = await through(server, job, *MADE)
    job = await server.backend.storage.transitions.end(
        job, State.FAILED, server.backend.clock.now_ms(), charged=0, failure=Failure.TIMEOUT
    )
    await server.backend.notifier.ended(job)
    assert "**Took too long**" in text(result.response)


async def test_a_second_ending_keeps_the_poster(server, delivery):
    result, job, _ = await delivered(server, delivery)
    await server.env.restart_bot(server.backend.client())
    for _ in range(2):
        await server.backend.notifier.ended(job)
        assert [each.filename for each in result.response.attachments] == ["poster.jpg"]
        assert 12 in [each["type"] for each in every(_components(result.response))]


async def test_a_first_delivery_asks_discord_for_nothing_but_the_post(server, delivery):
    _, job = await asked(server)
    job = await through(server, job, *MADE, tries=1)
    before = len(server.env.http_requests)
    await server.backend.notifier.deliver(job, delivery)
    assert [each.method for each in server.env.http_requests[before:]] == ["POST"]


async def test_content_that_was_sent_last_is_not_sent_again(server, delivery):
    _, job = await asked(server)
    job = await through(server, job, *MADE[:3])
    notifier = server.backend.notifier
    await notifier._progress_updater.refresh(Followed(job.id))
    card = f"/messages/{job.address.card_id}"
    before = len(server.env.http_requests)
    # A process that does not remember what it showed.
    await notifier._progress_updater.refresh(Followed(job.id))
    assert [each.path for each in server.env.http_requests[before:] if each.path.endswith(card)] == []
    server.env.inject_error("PATCH", "/webhooks/**", status=401, times=1)
    job = await through(server, job, *MADE[3:])
    for _ in range(2):
        # The edit that is refused fails.
        with suppress(DeliveryError):
            await notifier._progress_updater.refresh(Followed(job.id))
    assert len([each for each in server.env.http_requests[before:] if each.path.endswith(card)]) == 2


# -- AutoMod -----------------------------------------------------------------------------------------------------------


async def test_words_that_are_blocked_are_left_out_of_the_clip_and_of_all_that_follows(server, delivery):
    result, job = await asked(server)
    job = await through(server, job, *MADE)
    server.env.inject_error("POST", f"/channels/{job.address.thread_id}/messages", status=400, code=200000, times=1)
    posted = await server.backend.notifier.deliver(job, delivery)
    [clip] = clips_in(thread_of(server))
    job = await server.backend.storage.transitions.end(
        job, State.DONE, server.backend.clock.now_ms(), charged=job.cost, posted=posted
    )
    await server.backend.notifier.ended(job)
    assert [file.filename for file in clip.attachments] == [clip_filename(job, quoted=False)]
    for message in (clip, result.response):
        assert not re.search("red.kite", str(_components(message)))
        assert "Seed `4242`" in text(message)
    assert "Show prompt" in labels(result.response)


async def test_words_that_are_blocked_on_the_card_do_not_name_the_thread(server):
    server.env.inject_error("PATCH", "/webhooks/**", status=400, code=200000, times=1)
    result, _ = await asked(server)
    assert "A red kite" not in text(result.response)
    assert thread_of(server).name == "A clip"


async def test_words_that_are_blocked_are_left_out_once_and_then_the_next_place_is_tried(server, delivery):
    _, job = await asked(server)
    job = await through(server, job, *MADE)
    thread = f"/channels/{job.address.thread_id}/messages"
    server.env.inject_error("POST", thread, status=400, code=200000, times=None)
    before = len(server.env.http_requests)
    posted = await server.backend.notifier.deliver(job, delivery)
    assert posted.channel_id == server.channel.id
    assert [each.path for each in server.env.http_requests[before:] if each.method == "POST"].count(thread) == 2


# -- trouble at Discord ------------------------------------------------------------------------------------------------


async def test_an_end_that_discord_does_not_take_for_now_is_shown_by_the_next_try_with_its_poster(server, delivery):
    result, job = await asked(server)
    job = await through(server, job, *MADE)
    posted = await server.backend.notifier.deliver(job, delivery)
    now = server.backend.clock.now_ms()
    job = await server.backend.storage.transitions.end(job, State.DONE, now, charged=job.cost, posted=posted)
    server.env.inject_error("PATCH", "/webhooks/**", status=403, times=1)
    with pytest.raises(DeliveryError):
        await server.backend.notifier.ended(job)
    await server.backend.notifier.ended(job)
    assert text(result.response).startswith("**Done**")
    assert [each.filename for each in result.response.attachments] == ["poster.jpg"]
