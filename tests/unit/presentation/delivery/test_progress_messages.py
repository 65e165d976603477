"""Where progress is shown: in the thread once there is one, else on the card."""

import asyncio
from types import SimpleNamespace

import pytest

from bot.domain.job import Way
from bot.errors import DeliveryError
from bot.pipeline.hitches import Hitches
from bot.presentation.delivery.progress_updater import Followed
from tests.fixtures.simcord_bot import labels, text
from tests.fixtures.simcord_scenes import MADE, asked, clips_in, placed, thread_of, through


async def test_a_thread_that_could_not_be_opened_for_now_is_opened_later(server):
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=429, times=1)
    result, job = await asked(server)
    assert (job.address.thread_id, job.address.in_place) == (None, False)
    job = await placed(server, job)
    assert job.address.thread_id == thread_of(server).id
    assert job.address.progress_id == thread_of(server).last_message.id
    assert "progress is in the thread" in text(result.response)


@pytest.mark.parametrize(("limited", "in_thread"), [(1, True), (9, False)])
async def test_a_clip_that_is_made_soon_after_has_its_thread_if_the_limit_is_over(server, delivery, limited, in_thread):
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=429, times=limited)
    _, job = await asked(server)
    posted = await server.backend.notifier.deliver(await through(server, job, *MADE), delivery)
    assert [each.id for each in clips_in(thread_of(server) if in_thread else server.channel)] == [posted.message_id]


async def test_progress_shows_on_the_card_until_there_is_a_thread(server):
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=401, times=2)
    result, job = await asked(server)
    notifier = server.backend.notifier
    followed = Followed(job.id)
    await notifier._progress_updater.refresh(followed)
    assert "Cancel" in labels(result.response)
    assert "progress is in the thread" not in text(result.response)
    await server.env.advance_time(61)
    await notifier._progress_updater.refresh(followed)
    job = await server.backend.storage.jobs.get(job.id)
    assert job.address.progress_id == thread_of(server).last_message.id
    assert "Cancel" not in labels(result.response)
    assert "progress is in the thread" in text(result.response)


async def test_nothing_waits_for_a_thread_and_a_late_one_shows_what_the_card_showed(server, monkeypatch):
    result = await server.alice.slash(server.channel, "video text", prompt="A red kite")
    notifier, come = server.backend.notifier, asyncio.Event()
    before = len(server.env.http_requests)
    job = await notifier.announce(await server.backend.latest())
    assert [each.method for each in server.env.http_requests[before:]] == ["PATCH"]
    opened = notifier._threads.open

    async def limited(*args):
        await come.wait()
        return await opened(*args)

    monkeypatch.setattr(notifier._threads, "open", limited)
    monkeypatch.setattr("bot.presentation.delivery.announcer._MOMENT_SECONDS", 0.01)
    followed = Followed(job.id)
    await notifier._progress_updater.refresh(followed)
    assert "Cancel" in labels(result.response)
    come.set()
    job = await notifier._quiet(job)
    await notifier._progress_updater.refresh(followed)
    assert job.address.progress_id == thread_of(server).last_message.id
    assert "Cancel" not in labels(result.response)
    assert "progress is in the thread" in text(result.response)


async def test_a_clip_that_is_made_while_its_thread_does_not_come_goes_to_the_channel(server, delivery, monkeypatch):
    async def never(*_):
        await asyncio.Event().wait()

    monkeypatch.setattr(server.backend.notifier._threads, "open", never)
    for name in ("_MOMENT_SECONDS", "_LAST_SECONDS"):
        monkeypatch.setattr(f"bot.presentation.delivery.announcer.{name}", 0.01)
    _, job = await asked(server)
    posted = await server.backend.notifier.deliver(await through(server, job, *MADE), delivery)
    assert [each.id for each in clips_in(server.channel)] == [posted.message_id]


async def test_a_thread_whose_name_is_not_let_through_gets_another_one(server):
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=400, code=200001, times=1)
    await asked(server)
    assert thread_of(server).name == "A clip"


@pytest.mark.parametrize(("times", "reopened"), [(1, True), (9, False)])
async def test_a_thread_that_was_archived_under_way_is_opened_once_for_progress_and_then_the_card_shows_it(
    server, times, reopened
):
    result, job = await asked(server)
    job = await through(server, job, *MADE[:3])
    progress = f"/channels/{job.address.thread_id}/messages/{job.address.progress_id}"
    server.env.inject_error("PATCH", progress, status=400, code=50083, times=times)
    before = len(server.env.http_requests)
    followed = Followed(job.id)
    await server.backend.notifier._progress_updater.refresh(followed)
    asked_for = [each.path for each in server.env.http_requests[before:]]
    assert asked_for[:3] == [progress, f"/channels/{job.address.thread_id}", progress]
    assert ("**Making it**" in text(thread_of(server).last_message)) is reopened
    assert ("**Making it**\n" in text(result.response)) is not reopened
    assert "Cancel" in labels(thread_of(server).last_message if reopened else result.response)


async def test_a_progress_message_that_is_gone_leaves_the_progress_to_the_card(server):
    result, job = await asked(server)
    job = await through(server, job, *MADE[:3])
    path = f"/channels/{job.address.thread_id}/messages/*"
    server.env.inject_error("PATCH", path, status=404, code=10008, times=None)
    await server.backend.notifier._progress_updater.refresh(Followed(job.id))
    assert "**Making it**\n" in text(result.response)


async def test_past_the_token_the_card_follows_by_the_bots_own_route(server):
    result, job = await asked(server)
    await server.env.advance_time(16 * 60)
    await through(server, job, *MADE[:3])
    await server.backend.notifier._progress_updater.refresh(Followed(job.id))
    assert "**Making it**" in text(thread_of(server).last_message)
    assert text(result.response).startswith("**Making it**")


async def test_after_a_restart_a_long_line_spends_no_edits_on_cards_that_are_right(server):
    _, job = await asked(server)
    await server.env.advance_time(16 * 60)
    await server.env.restart_bot(server.backend.client())
    before = len(server.env.http_requests)
    await server.backend.notifier._progress_updater.refresh(Followed(job.id))
    assert [each.path for each in server.env.http_requests[before:] if each.method == "PATCH"] == [
        f"/channels/{job.address.thread_id}/messages/{job.address.progress_id}"
    ]


@pytest.mark.parametrize("announced", [True, False])
async def test_a_job_that_still_waits_at_the_first_look_has_its_card_edited_only_if_that_failed_before(server, announced):
    if not announced:
        server.env.inject_error("PATCH", "/webhooks/**", status=401, times=1)
    result, job = await asked(server)
    before = len(server.env.http_requests)
    await server.backend.notifier._progress_updater.refresh(Followed(job.id))
    edits = [each.path for each in server.env.http_requests[before:] if each.method == "PATCH"]
    assert f"/channels/{job.address.thread_id}/messages/{job.address.progress_id}" in edits
    assert (len(edits) == 1) is announced
    assert text(result.response).startswith("**In line** · progress is in the thread")


async def test_a_card_that_is_gone_does_not_stop_the_thread_from_being_followed(server):
    result, job = await asked(server)
    await server.env.advance_time(16 * 60)
    job = await through(server, job, *MADE[:3])
    server.env.inject_error("PATCH", f"/channels/{server.channel.id}/messages/*", status=404, code=10008, times=None)
    followed = Followed(job.id)
    await server.backend.notifier._progress_updater.refresh(followed)
    await through(server, job, *MADE[3:])
    await server.backend.notifier._progress_updater.refresh(followed)
    assert "**Posting it**" in text(thread_of(server).last_message)
    assert text(result.response).startswith("**In line**")


async def refused(server, job, delivery, times=1):
    """Discord refuses the clip this many times, twenty minutes apart, as the job runner would record it."""
    hitches = server.backend.provider_stages.setdefault("scenario", SimpleNamespace(hitches=Hitches())).hitches
    for _ in range(times):
        with pytest.raises(DeliveryError) as caught:
            await server.backend.notifier.deliver(await server.backend.storage.jobs.get(job.id), delivery)
        hitches.note(job.id, caught.value)
        await server.env.advance_time(1200)
    return await server.backend.storage.jobs.get(job.id)


@pytest.mark.parametrize("in_thread", [True, False])
async def test_while_discord_takes_no_clip_for_hours_the_place_of_the_progress_says_so(server, delivery, in_thread):
    if not in_thread:
        server.env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013, times=1)
    result, job = await asked(server)
    job = await through(server, job, *MADE, generated_at_ms=server.backend.clock.now_ms())
    server.env.inject_error("POST", f"/channels/{job.address.posts_to}/messages", status=500, times=9)
    job = await refused(server, job, delivery, 9)
    notifier = server.backend.notifier
    await notifier._progress_updater.refresh(Followed(job.id))
    progress = thread_of(server).last_message if in_thread else result.response
    assert "The clip is made, but Discord does\nnot take it. It is tried again.\n-# Made <t:" in text(progress)
    assert ("progress is in the thread" in text(result.response)) is in_thread
    posted = await notifier.deliver(job, delivery)
    assert [each.id for each in clips_in(thread_of(server) if in_thread else server.channel)] == [posted.message_id]


async def test_progress_is_never_written_over_a_card_that_may_show_the_clip(server, delivery, monkeypatch):
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013, times=1)
    result, job = await asked(server)
    job = await through(server, job, *MADE)
    server.env.inject_error("POST", f"/channels/{server.channel.id}/messages", status=403, code=50013, times=1)
    answers = server.backend.notifier._answers
    edit = answers.edit

    async def answer_lost(*args):
        await edit(*args)
        raise DeliveryError("no answer")

    monkeypatch.setattr(answers, "edit", answer_lost)
    job = await refused(server, job, delivery)
    monkeypatch.undo()
    assert job.address.way is Way.ANSWER
    for followed in (Followed(job.id), Followed(job.id, thread_closed=True)):
        await server.backend.notifier._progress_updater.refresh(followed)
    assert [each.id for each in clips_in(server.channel)] == [result.response.id]
    assert (await server.backend.notifier.deliver(job, delivery)).message_id == result.response.id


async def test_a_clip_that_was_sent_to_the_channel_gets_no_thread_before_it_is_known_to_be_there(server, delivery):
    server.env.inject_error("POST", "/channels/*/messages/*/threads", status=429, times=3)
    result, job = await asked(server)
    job = await through(server, job, *MADE)
    server.env.inject_error("POST", f"/channels/{server.channel.id}/messages", status=500, times=1)
    job = await refused(server, job, delivery)
    await server.backend.notifier._progress_updater.refresh(Followed(job.id))
    assert "but Discord does\nnot take it." in text(result.response)
    assert (await server.backend.storage.jobs.get(job.id)).address.thread_id is None
    assert server.channel.threads == []
