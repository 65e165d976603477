"""Where progress is shown: in the thread as soon as there is one, on the card until then and where there is none."""

import asyncio
from types import SimpleNamespace

import pytest

from bot.domain.job import Way
from bot.errors import DeliveryError
from bot.pipeline.hitches import Hitches
from bot.presentation.delivery.progress_updater import Followed
from tests.fixtures.simcord_bot import labels, text
from tests.fixtures.simcord_scenes import MADE, asked, clips_in, placed, thread_of, through


async def test_a_thread_that_could_not_be_opened_for_now_is_opened_later(town):
    town.env.inject_error("POST", "/channels/*/messages/*/threads", status=429, times=1)
    result, job = await asked(town)
    assert (job.address.thread_id, job.address.in_place) == (None, False)
    job = await placed(town, job)
    assert job.address.thread_id == thread_of(town).id
    assert job.address.progress_id == thread_of(town).last_message.id
    assert "progress is in the thread" in text(result.response)


@pytest.mark.parametrize(("limited", "in_thread"), [(1, True), (9, False)])
async def test_a_clip_that_is_made_soon_after_has_its_thread_if_the_limit_is_over(town, delivery, limited, in_thread):
    town.env.inject_error("POST", "/channels/*/messages/*/threads", status=429, times=limited)
    _, job = await asked(town)
    posted = await town.house.notifier.deliver(await through(town, job, *MADE), delivery)
    assert [each.id for each in clips_in(thread_of(town) if in_thread else town.channel)] == [posted.message_id]


async def test_progress_shows_on_the_card_until_there_is_a_thread(town):
    town.env.inject_error("POST", "/channels/*/messages/*/threads", status=401, times=2)
    result, job = await asked(town)
    notifier = town.house.notifier
    followed = Followed(job.id)
    await notifier._follower.refresh(followed)
    assert "Cancel" in labels(result.response)
    assert "progress is in the thread" not in text(result.response)
    await town.env.advance_time(61)
    await notifier._follower.refresh(followed)
    job = await town.house.storage.jobs.get(job.id)
    assert job.address.progress_id == thread_of(town).last_message.id
    assert "Cancel" not in labels(result.response)
    assert "progress is in the thread" in text(result.response)


async def test_nobody_waits_for_a_thread_and_what_comes_late_shows_what_the_card_showed(town, monkeypatch):
    result = await town.alice.slash(town.channel, "video text", prompt="A red kite")
    notifier, come = town.house.notifier, asyncio.Event()
    before = len(town.env.http_requests)
    job = await notifier.announce(await town.house.latest())
    assert [each.method for each in town.env.http_requests[before:]] == ["PATCH"]
    opened = notifier._messages.open_thread

    async def limited(*args):
        await come.wait()
        return await opened(*args)

    monkeypatch.setattr(notifier._messages, "open_thread", limited)
    monkeypatch.setattr("bot.presentation.delivery.announcer._MOMENT_SECONDS", 0.01)
    followed = Followed(job.id)
    await notifier._follower.refresh(followed)
    assert "Cancel" in labels(result.response)
    come.set()
    job = await notifier._quiet(job)
    await notifier._follower.refresh(followed)
    assert job.address.progress_id == thread_of(town).last_message.id
    assert "Cancel" not in labels(result.response)
    assert "progress is in the thread" in text(result.response)


async def test_a_clip_that_is_made_while_its_thread_does_not_come_goes_to_the_channel(town, delivery, monkeypatch):
    async def never(*_):
        await asyncio.Event().wait()

    monkeypatch.setattr(town.house.notifier._messages, "open_thread", never)
    for name in ("_MOMENT_SECONDS", "_LAST_SECONDS"):
        monkeypatch.setattr(f"bot.presentation.delivery.announcer.{name}", 0.01)
    _, job = await asked(town)
    posted = await town.house.notifier.deliver(await through(town, job, *MADE), delivery)
    assert [each.id for each in clips_in(town.channel)] == [posted.message_id]


async def test_a_thread_whose_name_is_not_let_through_gets_another_one(town):
    town.env.inject_error("POST", "/channels/*/messages/*/threads", status=400, code=200001, times=1)
    await asked(town)
    assert thread_of(town).name == "A clip"


@pytest.mark.parametrize(("times", "reopened"), [(1, True), (9, False)])
async def test_a_thread_that_was_archived_under_way_is_opened_once_for_progress_and_then_the_card_shows_it(
    town, times, reopened
):
    result, job = await asked(town)
    job = await through(town, job, *MADE[:3])
    progress = f"/channels/{job.address.thread_id}/messages/{job.address.progress_id}"
    town.env.inject_error("PATCH", progress, status=400, code=50083, times=times)
    before = len(town.env.http_requests)
    followed = Followed(job.id)
    await town.house.notifier._follower.refresh(followed)
    asked_for = [each.path for each in town.env.http_requests[before:]]
    assert asked_for[:3] == [progress, f"/channels/{job.address.thread_id}", progress]
    assert ("**Making it**" in text(thread_of(town).last_message)) is reopened
    assert ("**Making it**\n" in text(result.response)) is not reopened
    assert "Cancel" in labels(thread_of(town).last_message if reopened else result.response)


async def test_a_progress_message_that_is_gone_leaves_the_progress_to_the_card(town):
    result, job = await asked(town)
    job = await through(town, job, *MADE[:3])
    path = f"/channels/{job.address.thread_id}/messages/*"
    town.env.inject_error("PATCH", path, status=404, code=10008, times=None)
    await town.house.notifier._follower.refresh(Followed(job.id))
    assert "**Making it**\n" in text(result.response)


async def test_past_the_token_the_card_follows_by_the_bots_own_route(town):
    result, job = await asked(town)
    await town.env.advance_time(16 * 60)
    await through(town, job, *MADE[:3])
    await town.house.notifier._follower.refresh(Followed(job.id))
    assert "**Making it**" in text(thread_of(town).last_message)
    assert text(result.response).startswith("**Making it**")


async def test_after_a_restart_a_long_line_spends_no_edits_on_cards_that_are_right(town):
    _, job = await asked(town)
    await town.env.advance_time(16 * 60)
    await town.env.restart_bot(town.house.client())
    before = len(town.env.http_requests)
    await town.house.notifier._follower.refresh(Followed(job.id))
    assert [each.path for each in town.env.http_requests[before:] if each.method == "PATCH"] == [
        f"/channels/{job.address.thread_id}/messages/{job.address.progress_id}"
    ]


@pytest.mark.parametrize("announced", [True, False])
async def test_a_job_that_still_waits_at_the_first_look_has_its_card_edited_only_if_that_failed_before(town, announced):
    if not announced:
        town.env.inject_error("PATCH", "/webhooks/**", status=401, times=1)
    result, job = await asked(town)
    before = len(town.env.http_requests)
    await town.house.notifier._follower.refresh(Followed(job.id))
    edits = [each.path for each in town.env.http_requests[before:] if each.method == "PATCH"]
    assert f"/channels/{job.address.thread_id}/messages/{job.address.progress_id}" in edits
    assert (len(edits) == 1) is announced
    assert text(result.response).startswith("**In line** · progress is in the thread")


async def test_a_card_that_is_gone_does_not_stop_the_thread_from_being_followed(town):
    result, job = await asked(town)
    await town.env.advance_time(16 * 60)
    job = await through(town, job, *MADE[:3])
    town.env.inject_error("PATCH", f"/channels/{town.channel.id}/messages/*", status=404, code=10008, times=None)
    followed = Followed(job.id)
    await town.house.notifier._follower.refresh(followed)
    await through(town, job, *MADE[3:])
    await town.house.notifier._follower.refresh(followed)
    assert "**Posting it**" in text(thread_of(town).last_message)
    assert text(result.response).startswith("**In line**")


async def refused(town, job, delivery, times=1):
    """Discord takes the clip in none of so many tries, twenty minutes apart, as the road would note them."""
    hitches = town.house.lanes.setdefault("scenario", SimpleNamespace(hitches=Hitches())).hitches
    for _ in range(times):
        with pytest.raises(DeliveryError) as caught:
            await town.house.notifier.deliver(await town.house.storage.jobs.get(job.id), delivery)
        hitches.note(job.id, caught.value)
        await town.env.advance_time(1200)
    return await town.house.storage.jobs.get(job.id)


@pytest.mark.parametrize("in_thread", [True, False])
async def test_while_discord_takes_no_clip_for_hours_the_place_of_the_progress_says_so(town, delivery, in_thread):
    if not in_thread:
        town.env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013, times=1)
    result, job = await asked(town)
    job = await through(town, job, *MADE, generated_at_ms=town.house.clock.now_ms())
    town.env.inject_error("POST", f"/channels/{job.address.posts_to}/messages", status=500, times=9)
    job = await refused(town, job, delivery, 9)
    notifier = town.house.notifier
    await notifier._follower.refresh(Followed(job.id))
    progress = thread_of(town).last_message if in_thread else result.response
    assert "The clip is made, but Discord does\nnot take it. It is tried again.\n-# Made <t:" in text(progress)
    assert ("progress is in the thread" in text(result.response)) is in_thread
    posted = await notifier.deliver(job, delivery)
    assert [each.id for each in clips_in(thread_of(town) if in_thread else town.channel)] == [posted.message_id]


async def test_once_the_card_may_be_the_clip_nothing_of_the_progress_is_written_over_it(town, delivery, monkeypatch):
    town.env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013, times=1)
    result, job = await asked(town)
    job = await through(town, job, *MADE)
    town.env.inject_error("POST", f"/channels/{town.channel.id}/messages", status=403, code=50013, times=1)
    messages = town.house.notifier._messages
    edit = messages.edit_answer

    async def answer_lost(*args):
        await edit(*args)
        raise DeliveryError("no answer")

    monkeypatch.setattr(messages, "edit_answer", answer_lost)
    job = await refused(town, job, delivery)
    monkeypatch.undo()
    assert job.address.way is Way.ANSWER
    for followed in (Followed(job.id), Followed(job.id, thread_closed=True)):
        await town.house.notifier._follower.refresh(followed)
    assert [each.id for each in clips_in(town.channel)] == [result.response.id]
    assert (await town.house.notifier.deliver(job, delivery)).message_id == result.response.id


async def test_a_clip_that_was_sent_to_the_channel_gets_no_thread_before_it_is_known_to_be_there(town, delivery):
    town.env.inject_error("POST", "/channels/*/messages/*/threads", status=429, times=3)
    result, job = await asked(town)
    job = await through(town, job, *MADE)
    town.env.inject_error("POST", f"/channels/{town.channel.id}/messages", status=500, times=1)
    job = await refused(town, job, delivery)
    await town.house.notifier._follower.refresh(Followed(job.id))
    assert "but Discord does\nnot take it." in text(result.response)
    assert (await town.house.storage.jobs.get(job.id)).address.thread_id is None
    assert town.channel.threads == []
