"""Delivery, on messages as they stand in Discord."""

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
from tests.unit.presentation.views.discord_rules import every


async def delivered_again_by_another_process(town, job, delivery):
    """The one before died after its post and before it could write where."""
    await town.env.restart_bot(town.house.client())
    await town.house.storage.jobs.readdress(job.id, result_id=None, result_url=None)
    [job] = await town.house.storage.jobs.take_over(town.house.clock.now_ms())
    return await town.house.notifier.deliver(job, delivery)


# -- the finished message ----------------------------------------------------------------------------------------------


async def test_the_clip_is_posted_in_the_thread_with_its_one_mention(town, delivery):
    _, job, posted = await delivered(town, delivery)
    [clip] = clips_in(thread_of(town))
    assert clip.id == posted.message_id
    assert [each.id for each in clip.mentions] == [town.alice.id]
    assert f"<@{town.alice.id}> Your clip is ready." in text(clip)
    assert "Seed `4242`" in text(clip)
    assert labels(clip) == ["Again", "Remix", "1080P final", "More"]
    others = [each for each in (*town.channel.history(), *thread_of(town).history()) if each.id != clip.id]
    assert not any(each.mentions for each in others)
    assert posted.url == f"https://discord.com/channels/{town.guild.id}/{thread_of(town).id}/{clip.id}"
    assert job.state is State.DONE


async def test_a_1080p_clip_offers_no_better_final(town, delivery):
    await delivered(town, delivery, resolution="1080P")
    [clip] = clips_in(thread_of(town))
    assert labels(clip) == ["Again", "Remix", "More"]


async def test_the_card_shows_the_end_with_poster_and_link_and_the_thread_nothing_but_the_clip(town, delivery):
    result, _, posted = await delivered(town, delivery)
    assert text(result.response).startswith("**Done**")
    assert labels(result.response) == ["Watch the clip", "Again", "Remix"]
    assert [each.filename for each in result.response.attachments] == ["poster.jpg"]
    assert [each.id for each in thread_of(town).history() if each.components] == [posted.message_id]


@pytest.mark.parametrize("seconds", [1, 400])
async def test_a_restart_after_the_post_posts_nothing_twice(town, delivery, seconds):
    _, job = await asked(town)
    job = await through(town, job, *MADE)
    first = await town.house.notifier.deliver(job, delivery)
    # The process died before anything was written. SimCord knows no nonce, so only looking first can help.
    await town.env.advance_time(seconds)
    again = await delivered_again_by_another_process(town, job, delivery)
    assert again.message_id == first.message_id
    assert len(clips_in(thread_of(town))) == 1


async def test_a_lost_answer_makes_the_next_try_look_first(town, delivery, monkeypatch):
    _, job = await asked(town)
    job = await through(town, job, *MADE)
    send = discord.PartialMessageable.send

    async def answer_lost(self, *args, **kwargs):
        await send(self, *args, **kwargs)
        raise TimeoutError

    monkeypatch.setattr(discord.PartialMessageable, "send", answer_lost)
    with pytest.raises(DeliveryError):
        await town.house.notifier.deliver(job, delivery)
    monkeypatch.setattr(discord.PartialMessageable, "send", send)
    await town.house.notifier.deliver(job, delivery)
    assert len(clips_in(thread_of(town))) == 1


async def test_a_clip_that_was_posted_by_a_clock_behind_ours_is_found(town, delivery):
    _, job = await asked(town)
    job = await through(town, job, *MADE, generated_at_ms=town.house.clock.now_ms() + 240_000)
    first = await town.house.notifier.deliver(job, delivery)
    again = await delivered_again_by_another_process(town, job, delivery)
    assert again.message_id == first.message_id
    assert len(clips_in(thread_of(town))) == 1


async def test_a_clip_behind_hundreds_of_others_messages_is_found(town, delivery):
    _, job = await asked(town)
    job = await through(town, job, *MADE)
    for number in range(310):
        await town.bob.send(thread_of(town), f"talk {number}")
    first = await town.house.notifier.deliver(job, delivery)
    again = await delivered_again_by_another_process(town, job, delivery)
    assert again.message_id == first.message_id
    assert len(clips_in(thread_of(town))) == 1


async def test_an_upload_that_hangs_may_pass_and_makes_the_next_try_look_first(town, delivery, monkeypatch):
    _, job = await asked(town)
    job = await through(town, job, *MADE)
    send = discord.PartialMessageable.send

    async def answer_never_comes(self, *args, **kwargs):
        await send(self, *args, **kwargs)
        await asyncio.Event().wait()

    monkeypatch.setattr(discord.PartialMessageable, "send", answer_never_comes)
    monkeypatch.setattr(clip_poster, "_UPLOAD_SECONDS", 0.5)
    with pytest.raises(DeliveryError):
        await town.house.notifier.deliver(job, delivery)
    monkeypatch.undo()
    await town.house.notifier.deliver(job, delivery)
    assert len(clips_in(thread_of(town))) == 1


async def test_a_deleted_thread_sends_the_clip_to_the_channel(town, delivery):
    _, job = await asked(town)
    job = await through(town, job, *MADE)
    await town.house.now.get_partial_messageable(job.address.thread_id)._state.http.delete_channel(job.address.thread_id)
    posted = await town.house.notifier.deliver(job, delivery)
    assert posted.channel_id == town.channel.id
    assert len(clips_in(town.channel)) == 1


async def test_a_clip_that_went_to_the_channel_is_not_told_to_be_below(town, delivery):
    _, job = await asked(town)
    job = await through(town, job, *MADE)
    town.env.inject_error("POST", f"/channels/{job.address.thread_id}/messages", status=403, code=50013, times=None)
    posted = await town.house.notifier.deliver(job, delivery)
    where = {"result_id": posted.message_id, "result_url": posted.url}
    job = await town.house.storage.jobs.end(job, State.DONE, town.house.clock.now_ms(), charged=job.cost, **where)
    await town.house.notifier.ended(job)
    assert posted.channel_id == town.channel.id
    progress = thread_of(town).last_message
    assert text(progress) == f"**Done** · [Watch the clip]({posted.url})"
    assert labels(progress) == []


async def test_a_channel_closed_to_us_gets_the_clip_on_the_card(town, delivery):
    result, job = await asked(town)
    job = await through(town, job, *MADE)
    town.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=None)
    posted = await town.house.notifier.deliver(job, delivery)
    assert posted.message_id == result.response.id
    assert [each.filename for each in result.response.attachments] == [delivery.filename]


async def test_with_every_place_closed_it_says_so(town, delivery):
    _, job = await asked(town)
    job = await through(town, job, *MADE)
    await town.env.advance_time(16 * 60)
    town.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=None)
    town.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    with pytest.raises(NowhereToPost):
        await town.house.notifier.deliver(job, delivery)


@pytest.mark.parametrize(("status", "error"), [(413, UploadTooLarge), (500, DeliveryError), (503, DeliveryError)])
async def test_what_discord_refuses_is_told_apart(town, delivery, status, error):
    _, job = await asked(town)
    job = await through(town, job, *MADE)
    town.env.inject_error("POST", "/channels/*/messages", status=status, times=None)
    with pytest.raises(error):
        await town.house.notifier.deliver(job, delivery)


async def test_a_private_clip_replaces_the_private_card_without_a_mention(town, delivery):
    result, job, posted = await delivered(town, delivery, private=True)
    assert posted.message_id == result.response.id
    assert posted.url == ""
    assert "Your clip is ready." in text(result.response)
    assert "<@" not in text(result.response)
    assert job.address.card_id == posted.message_id
    assert town.channel.history(viewer=town.bob) == []


async def test_a_private_clip_that_comes_after_the_token_goes_by_direct_message(town, delivery):
    _, job = await asked(town, private=True)
    await town.env.advance_time(16 * 60)
    job = await through(town, job, *MADE)
    posted = await town.house.notifier.deliver(job, delivery)
    assert len(clips_in(town.alice.user.dm_channel)) == 1
    assert posted.url.startswith("https://discord.com/channels/@me/")
    assert town.channel.history(viewer=town.bob) == []


async def test_after_the_token_the_public_card_is_edited_by_the_bots_own_route(town, delivery):
    result, job = await asked(town)
    await town.env.advance_time(16 * 60)
    job = await through(town, job, *MADE)
    job = await town.house.storage.jobs.end(job, State.FAILED, town.house.clock.now_ms(), charged=0, failure=Failure.TIMEOUT)
    await town.house.notifier.ended(job)
    assert "**Took too long**" in text(result.response)


async def test_a_second_ending_keeps_the_poster(town, delivery):
    result, job, _ = await delivered(town, delivery)
    await town.env.restart_bot(town.house.client())
    for _ in range(2):
        await town.house.notifier.ended(job)
        assert [each.filename for each in result.response.attachments] == ["poster.jpg"]
        assert 12 in [each["type"] for each in every(_components(result.response))]


async def test_a_first_delivery_asks_discord_for_nothing_but_the_post(town, delivery):
    _, job = await asked(town)
    job = await through(town, job, *MADE, tries=1)
    before = len(town.env.http_requests)
    await town.house.notifier.deliver(job, delivery)
    assert [each.method for each in town.env.http_requests[before:]] == ["POST"]


async def test_what_was_sent_last_is_not_sent_again(town, delivery):
    _, job = await asked(town)
    job = await through(town, job, *MADE[:3])
    notifier = town.house.notifier
    await notifier._follower.refresh(Followed(job.id))
    card = f"/messages/{job.address.card_id}"
    before = len(town.env.http_requests)
    # One that has forgotten what it showed.
    await notifier._follower.refresh(Followed(job.id))
    assert [each.path for each in town.env.http_requests[before:] if each.path.endswith(card)] == []
    town.env.inject_error("PATCH", "/webhooks/**", status=401, times=1)
    job = await through(town, job, *MADE[3:])
    for _ in range(2):
        # What was refused is.
        with suppress(DeliveryError):
            await notifier._follower.refresh(Followed(job.id))
    assert len([each for each in town.env.http_requests[before:] if each.path.endswith(card)]) == 2


# -- AutoMod -----------------------------------------------------------------------------------------------------------


async def test_words_that_are_blocked_are_left_out_of_the_clip_and_of_all_that_follows(town, delivery):
    result, job = await asked(town)
    job = await through(town, job, *MADE)
    town.env.inject_error("POST", f"/channels/{job.address.thread_id}/messages", status=400, code=200000, times=1)
    posted = await town.house.notifier.deliver(job, delivery)
    [clip] = clips_in(thread_of(town))
    where = {"result_id": posted.message_id, "result_url": posted.url}
    job = await town.house.storage.jobs.end(job, State.DONE, town.house.clock.now_ms(), charged=job.cost, **where)
    await town.house.notifier.ended(job)
    assert [file.filename for file in clip.attachments] == [clip_filename(job, quoted=False)]
    for message in (clip, result.response):
        assert not re.search("red.kite", str(_components(message)))
        assert "Seed `4242`" in text(message)
    assert "Show prompt" in labels(result.response)


async def test_words_that_are_blocked_on_the_card_do_not_name_the_thread(town):
    town.env.inject_error("PATCH", "/webhooks/**", status=400, code=200000, times=1)
    result, _ = await asked(town)
    assert "A red kite" not in text(result.response)
    assert thread_of(town).name == "A clip"


async def test_words_that_are_blocked_are_left_out_once_and_then_the_next_place_is_tried(town, delivery):
    _, job = await asked(town)
    job = await through(town, job, *MADE)
    thread = f"/channels/{job.address.thread_id}/messages"
    town.env.inject_error("POST", thread, status=400, code=200000, times=None)
    before = len(town.env.http_requests)
    posted = await town.house.notifier.deliver(job, delivery)
    assert posted.channel_id == town.channel.id
    assert [each.path for each in town.env.http_requests[before:] if each.method == "POST"].count(thread) == 2


# -- trouble at Discord ------------------------------------------------------------------------------------------------


async def test_an_end_that_discord_does_not_take_for_now_is_shown_by_the_next_try_with_its_poster(town, delivery):
    result, job = await asked(town)
    job = await through(town, job, *MADE)
    posted = await town.house.notifier.deliver(job, delivery)
    now = town.house.clock.now_ms()
    where = {"result_id": posted.message_id, "result_url": posted.url}
    job = await town.house.storage.jobs.end(job, State.DONE, now, charged=job.cost, **where)
    town.env.inject_error("PATCH", "/webhooks/**", status=403, times=1)
    with pytest.raises(DeliveryError):
        await town.house.notifier.ended(job)
    await town.house.notifier.ended(job)
    assert text(result.response).startswith("**Done**")
    assert [each.filename for each in result.response.attachments] == ["poster.jpg"]
