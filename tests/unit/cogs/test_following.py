"""Where progress is shown: in the thread as soon as there is one, on the card until then and where there is none."""

import asyncio

import pytest

from bot.presentation.follower import Followed
from tests.unit.cogs.conftest import labels, text
from tests.unit.cogs.scenes import MADE, asked, clips_in, placed, thread_of, through


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
    monkeypatch.setattr("bot.presentation.announcing._MOMENT_SECONDS", 0.01)
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
        monkeypatch.setattr(f"bot.presentation.announcing.{name}", 0.01)
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
