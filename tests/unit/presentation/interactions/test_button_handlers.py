"""Buttons of finished and failed clips. Those of running jobs are in `test_cancel`; some have a file of their own beside it."""

import pytest

from bot.domain.job import Failure, State
from bot.presentation.views.buttons import job_button
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.layout import Page
from tests.fixtures.simcord_bot import labels, shown, text
from tests.fixtures.simcord_scenes import MADE, brought, clips_in, delivered, ended, thread_of, through


async def test_again_makes_the_same_with_a_new_seed_for_whoever_presses(server, delivery):
    await delivered(server, delivery, seed=77)
    result = await server.bob.click(clips_in(thread_of(server))[0], label="Again")
    assert result.deferred
    job = await server.backend.latest()
    assert (job.member_id, job.seed, job.request.prompt) == (server.bob.id, 4242, "A red kite")
    assert job.address.in_place


@pytest.mark.parametrize("between", ["nothing", "restart"])
async def test_pressing_twice_does_it_once(server, delivery, between):
    await delivered(server, delivery)
    clip = clips_in(thread_of(server))[0]
    woken = len(server.backend.engine.woken)
    await server.alice.click(clip, label="Again")
    if between == "restart":
        await server.env.restart_bot(server.backend.client())
    second = await server.alice.click(clip, label="Again")
    assert second.ephemeral
    assert "Already on its way" in text(second.response)
    assert len(server.backend.engine.woken) == woken + 1
    await server.env.advance_time(16)
    await server.alice.click(clip, label="Again")
    assert len(server.backend.engine.woken) == woken + 2


async def test_a_press_that_was_refused_may_be_pressed_again(server, delivery):
    await delivered(server, delivery, duration=15)
    clip = clips_in(thread_of(server))[0]
    refused = await server.alice.click(clip, label="1080P final")
    assert "Not enough credits" in text(shown(refused))
    again = await server.alice.click(clip, label="1080P final")
    assert "Not enough credits" in text(shown(again))


async def test_the_final_keeps_seed_and_settings(server, delivery):
    await delivered(server, delivery, seed=77, duration=3)
    await server.alice.click(clips_in(thread_of(server))[0], label="1080P final")
    job = await server.backend.latest()
    assert (job.request.resolution, job.seed, job.request.duration) == ("1080P", 77, 3)


@pytest.mark.parametrize("between", ["restart", "time"])
async def test_the_same_final_is_never_made_twice(server, delivery, between):
    await delivered(server, delivery, seed=77, duration=3)
    clip = clips_in(thread_of(server))[0]

    async def press():
        if between == "restart":
            await server.env.restart_bot(server.backend.client())
        await server.env.advance_time(16)
        woken = len(server.backend.engine.woken)
        pressed = await server.alice.click(clip, label="1080P final")
        return pressed, len(server.backend.engine.woken) - woken

    _, made = await press()
    assert made == 1
    job = await server.backend.notifier.announce(await server.backend.latest())
    again, made = await press()
    assert (again.ephemeral, made) == (True, 0)
    assert "**Already on its way**" in text(again.response)
    job = await through(server, job, *MADE)
    posted = await server.backend.notifier.deliver(job, delivery)
    done = {"charged": job.cost, "posted": posted}
    job = await server.backend.storage.transitions.end(job, State.DONE, server.backend.clock.now_ms(), **done)
    again, made = await press()
    assert (again.ephemeral, made) == (True, 0)
    assert "**Already made**" in text(again.response)
    assert labels(again.response) == ["Watch the clip"]
    await server.backend.notifier.posted_clips.delete(job)
    assert (await press())[1] == 1


async def test_try_again_makes_one_clip_however_often_it_is_pressed(server):
    await ended(server, failure=Failure.PROVIDER)
    listed = await server.alice.slash(server.channel, "jobs")
    await server.alice.click(listed.response, label="Try again")
    first = await server.backend.latest()
    await server.env.advance_time(16)
    again = await server.alice.click(listed.response, label="Try again")
    assert "**Already on its way**" in text(shown(again))
    assert (await server.backend.latest()).id == first.id
    job = await through(server, first, *MADE[:3])
    await server.backend.storage.transitions.end(
        job, State.FAILED, server.backend.clock.now_ms(), charged=0, failure=Failure.PROVIDER
    )
    await server.alice.click(listed.response, label="Try again")
    assert (await server.backend.latest()).id != first.id


async def test_another_member_may_have_the_same_final_for_credits_of_their_own(server, delivery):
    await delivered(server, delivery, duration=3)
    clip = clips_in(thread_of(server))[0]
    await server.alice.click(clip, label="1080P final")
    await server.bob.click(clip, label="1080P final")
    assert (await server.backend.latest()).member_id == server.bob.id


async def test_remix_is_prefilled_and_changes_what_it_says(server, delivery):
    await delivered(server, delivery, seed=77)
    form = await server.alice.click(clips_in(thread_of(server))[0], label="Remix")
    assert form.modal["components"][0]["component"]["value"] == "A red kite"
    await server.alice.submit_modal(
        form, {"prompt": "A blue kite", "duration": ["3"], "frame": ["720P 1:1"], "switches": ["seed"]}
    )
    job = await server.backend.latest()
    assert (job.request.prompt, job.request.aspect, job.seed) == ("A blue kite", "1:1", 77)
    assert not job.address.private


async def test_a_remix_may_be_private_and_take_a_new_seed(server, delivery):
    await delivered(server, delivery, seed=77)
    form = await server.alice.click(clips_in(thread_of(server))[0], label="Remix")
    values = {"prompt": "A blue kite", "duration": ["3"], "frame": ["720P 1:1"], "switches": ["private"]}
    result = await server.alice.submit_modal(form, values)
    job = await server.backend.latest()
    assert (job.seed, job.address.private, result.ephemeral) == (4242, True, True)


async def test_more_tells_about_the_clip_and_shows_the_whole_prompt(server, delivery):
    prompt = "A very long kite. " * 100
    result, job, _ = await delivered(server, delivery, prompt=prompt)
    more = await server.bob.click(clips_in(thread_of(server))[0], label="More")
    assert more.ephemeral
    assert job.job_code in text(more.response)
    assert "left" not in text(more.response)
    own = await server.alice.click(clips_in(thread_of(server))[0], label="More")
    assert "You have 230 of 300 credits left today, resets <t:" in text(own.response)
    whole = await server.alice.click(result.response, label="Show prompt")
    assert whole.ephemeral
    assert "".join(text(whole.response).split("```")[1]).strip() == prompt.strip()


async def test_the_owner_deletes_the_clip_and_the_card_says_so(server, delivery):
    result, _, _ = await delivered(server, delivery)
    more = await server.alice.click(clips_in(thread_of(server))[0], label="More")
    await server.alice.click(more.response, label="Delete")
    assert "**Delete this clip?**" in text(more.response)
    assert len(clips_in(thread_of(server))) == 1
    await server.alice.click(more.response, label="Delete it")
    assert clips_in(thread_of(server)) == []
    assert "**Deleted**" in text(result.response)
    assert (text(more.response).splitlines()[0], labels(more.response)) == ("**Deleted**", [])
    assert "What it cost stays as it is." in text(more.response)
    assert await server.backend.storage.posts.behind(server.backend.clock.now_ms()) == []


async def test_a_card_that_may_not_say_that_its_clip_is_deleted_is_tried_again_later(server, delivery):
    _, job, _ = await delivered(server, delivery)
    more = await server.alice.click(clips_in(thread_of(server))[0], label="More")
    await server.alice.click(more.response, label="Delete")
    server.env.inject_error("PATCH", "/channels/*/messages/*", status=403, code=50001)
    server.env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=403, code=50001)
    await server.alice.click(more.response, label="Delete it")
    assert clips_in(thread_of(server)) == []
    now_ms = server.backend.clock.now_ms()
    posts = server.backend.storage.posts
    assert (await posts.behind(now_ms), [each.id for each in await posts.refused(now_ms + 3_601_000, 9)]) == ([], [job.id])


async def test_a_member_who_does_not_delete_after_all_is_back_at_more(server, delivery):
    await delivered(server, delivery)
    more = await server.alice.click(clips_in(thread_of(server))[0], label="More")
    before = text(more.response)
    await server.alice.click(more.response, label="Delete")
    await server.alice.click(more.response, label="Keep it")
    assert (text(more.response), len(clips_in(thread_of(server)))) == (before, 1)


async def test_delete_in_an_old_public_message_asks_in_private(server, delivery):
    _, job, _ = await delivered(server, delivery)
    await server.backend.notifier._messages.send(
        server.channel.id, Page().buttons(job_button(Action.DELETE, job.id)), nonce="1"
    )
    old = server.channel.last_message
    asked_for = await server.alice.click(old, label="Delete")
    assert asked_for.ephemeral
    assert labels(asked_for.response) == ["Delete it", "Keep it"]
    assert labels(old) == ["Delete"]
    assert len(clips_in(thread_of(server))) == 1


async def test_only_who_may_delete_is_shown_the_button_and_nobody_else_can_press_it(server, delivery):
    _, job, _ = await delivered(server, delivery)
    clip = clips_in(thread_of(server))[0]
    more = await server.bob.click(clip, label="More")
    assert labels(more.response) == ["Show prompt", "3 more takes"]
    await server.backend.notifier._messages.send(server.channel.id, Page().buttons(job_button(Action.ERASE, job.id)), nonce="1")
    refused = await server.bob.click(server.channel.last_message, label="Delete it")
    assert refused.ephemeral
    assert f"<@{server.alice.id}>" in text(shown(refused))
    assert clips_in(thread_of(server)) != []
    more = await server.mod.click(clip, label="More")
    await server.mod.click(more.response, label="Delete")
    assert f"It is <@{server.alice.id}>'s clip." in text(more.response)
    await server.mod.click(more.response, label="Delete it")
    assert clips_in(thread_of(server)) == []


async def test_a_private_clip_that_the_client_forgot_is_one_press_away_in_the_list(server, delivery):
    await delivered(server, delivery, private=True, provider_reference="run-1")
    listed = await server.alice.slash(server.channel, "jobs")
    assert labels(listed.response) == ["Fresh link"]
    link = await server.alice.click(listed.response, label="Fresh link")
    assert link.ephemeral
    assert "https://example.test/clip.mp4" in text(link.response)


async def test_a_private_clip_that_can_no_longer_be_deleted_is_for_its_member_to_dismiss(server, delivery):
    result, _, _ = await delivered(server, delivery, private=True)
    more = await server.alice.click(result.response, label="More")
    await server.env.advance_time(16 * 60)
    await server.alice.click(more.response, label="Delete")
    told = await server.alice.click(more.response, label="Delete it")
    assert "Only you see that message. Dismiss it" in text(told.response)
    assert "moderator" not in text(told.response)


@pytest.mark.parametrize("label", ["Again", "Remix", "1080P final", "More"])
async def test_buttons_work_after_a_restart(server, delivery, label):
    await delivered(server, delivery)
    await server.env.restart_bot(server.backend.client())
    result = await server.alice.click(clips_in(thread_of(server))[0], label=label)
    assert result.acknowledged


@pytest.mark.parametrize("action", [Action.EDIT, Action.REMIX, Action.PROMPT, Action.AGAIN, Action.RETRY, Action.FINAL])
async def test_what_the_safety_check_refused_is_its_owners_to_read_and_repeat(server, action):
    _, job = await ended(server, failure=Failure.MODERATION)
    woken = len(server.backend.engine.woken)
    await server.backend.notifier._messages.send(server.channel.id, Page().buttons(job_button(action, job.id)), nonce="1")
    for stranger in (server.bob, server.mod):
        refused = await stranger.click(server.channel.last_message, custom_id=f"hh:{action}:{job.id}")
        assert refused.ephemeral
        assert refused.modal is None
        assert "Only they can do that." in text(refused.response)
    assert len(server.backend.engine.woken) == woken


async def test_a_clip_that_discord_does_not_delete_is_not_called_deleted(server, delivery):
    _, job, _ = await delivered(server, delivery)
    more = await server.alice.click(clips_in(thread_of(server))[0], label="More")
    server.env.inject_error("DELETE", "/channels/*/messages/*", status=403, code=50013)
    await server.alice.click(more.response, label="Delete")
    told = await server.alice.click(more.response, label="Delete it")
    assert "Not deleted" in text(told.response)
    assert (await server.backend.storage.jobs.get(job.id)).address.result_id is not None


async def private_card(server, delivery, way):
    """The answer that shows a private clip requested by a button or a form."""
    first, _, _ = await delivered(server, delivery, private=True)
    pressed = await server.alice.click(first.response, label=way)
    if way == "Remix":
        values = {"prompt": "A blue kite", "duration": ["3"], "frame": ["720P 1:1"], "switches": ["private"]}
        pressed = await server.alice.submit_modal(pressed, values)
    return pressed.response, await server.backend.notifier.announce(await server.backend.latest())


@pytest.mark.parametrize("way", ["Again", "Remix"])
async def test_a_private_clip_of_a_button_or_form_is_not_lost_to_a_press_in_it(server, delivery, way):
    card, job = await private_card(server, delivery, way)
    await brought(server, delivery, job)
    before = text(card)
    more = await server.alice.click(card, label="More")
    assert (text(card), "**About this clip**" in text(more.response)) == (before, True)
    asked_for = await server.alice.click(more.response, label="Delete")
    await server.alice.click(asked_for.response or more.response, label="Keep it")
    assert text(card) == before


async def test_a_choice_in_a_private_card_leaves_the_card_where_it_is(server, delivery):
    card, job = await private_card(server, delivery, "Again")
    await server.backend.storage.transitions.want_discard(job.id, True, 1, by=server.alice.id)
    await server.backend.notifier._cards.draw(job, {}, progress="**Making it**")
    job = await through(server, job, *MADE[:3])
    await server.backend.notifier._cards.draw(job, {}, progress="**Making it**")
    kept = await server.alice.click(card, label="Let it finish")
    assert "The clip will be posted" in text(kept.response)
    assert "**Making it**" in text(card)
