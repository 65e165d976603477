"""Every button of a clip. Those of a job under way are in `test_cancel`."""

import pytest

from bot.domain.job import Failure, State
from bot.presentation.views.buttons import Action, job_button
from bot.presentation.views.layout import Page
from tests.fixtures.simcord_bot import labels, shown, text
from tests.fixtures.simcord_scenes import MADE, brought, clips_in, delivered, ended, thread_of, through


async def test_again_makes_the_same_with_a_new_seed_for_whoever_presses(town, delivery):
    await delivered(town, delivery, seed=77)
    result = await town.bob.click(clips_in(thread_of(town))[0], label="Again")
    assert result.deferred
    job = await town.house.latest()
    assert (job.member_id, job.seed, job.request.prompt) == (town.bob.id, 4242, "A red kite")
    assert job.address.in_place


async def test_pressing_twice_does_it_once(town, delivery):
    await delivered(town, delivery)
    clip = clips_in(thread_of(town))[0]
    woken = len(town.house.engine.woken)
    await town.alice.click(clip, label="Again")
    second = await town.alice.click(clip, label="Again")
    assert second.ephemeral
    assert "Already on its way" in text(second.response)
    assert len(town.house.engine.woken) == woken + 1


async def test_a_press_that_was_refused_may_be_pressed_again(town, delivery):
    await delivered(town, delivery, duration=15)
    clip = clips_in(thread_of(town))[0]
    refused = await town.alice.click(clip, label="1080P final")
    assert "Not enough credits" in text(shown(refused))
    again = await town.alice.click(clip, label="1080P final")
    assert "Not enough credits" in text(shown(again))


async def test_the_final_keeps_seed_and_settings(town, delivery):
    await delivered(town, delivery, seed=77, duration=3)
    await town.alice.click(clips_in(thread_of(town))[0], label="1080P final")
    job = await town.house.latest()
    assert (job.request.resolution, job.seed, job.request.duration) == ("1080P", 77, 3)


@pytest.mark.parametrize("between", ["restart", "time"])
async def test_the_same_final_is_never_made_twice(town, delivery, between):
    await delivered(town, delivery, seed=77, duration=3)
    clip = clips_in(thread_of(town))[0]

    async def press():
        if between == "restart":
            await town.env.restart_bot(town.house.client())
        else:
            await town.env.advance_time(16)
        woken = len(town.house.engine.woken)
        pressed = await town.alice.click(clip, label="1080P final")
        return pressed, len(town.house.engine.woken) - woken

    _, made = await press()
    assert made == 1
    job = await town.house.notifier.announce(await town.house.latest())
    again, made = await press()
    assert (again.ephemeral, made) == (True, 0)
    assert "**Already on its way**" in text(again.response)
    job = await through(town, job, *MADE)
    posted = await town.house.notifier.deliver(job, delivery)
    done = {"charged": job.cost, "result_id": posted.message_id, "result_url": posted.url}
    job = await town.house.storage.jobs.end(job, State.DONE, town.house.clock.now_ms(), **done)
    again, made = await press()
    assert (again.ephemeral, made) == (True, 0)
    assert "**Already made**" in text(again.response)
    assert labels(again.response) == ["Watch the clip"]
    await town.house.notifier.delete_clip(job)
    assert (await press())[1] == 1


async def test_try_again_makes_one_clip_however_often_it_is_pressed(town):
    await ended(town, failure=Failure.PROVIDER)
    listed = await town.alice.slash(town.channel, "jobs")
    await town.alice.click(listed.response, label="Try again")
    first = await town.house.latest()
    await town.env.advance_time(16)
    again = await town.alice.click(listed.response, label="Try again")
    assert "**Already on its way**" in text(shown(again))
    assert (await town.house.latest()).id == first.id
    job = await through(town, first, *MADE[:3])
    await town.house.storage.jobs.end(job, State.FAILED, town.house.clock.now_ms(), charged=0, failure=Failure.PROVIDER)
    await town.alice.click(listed.response, label="Try again")
    assert (await town.house.latest()).id != first.id


async def test_another_member_may_have_the_same_final_for_credits_of_their_own(town, delivery):
    await delivered(town, delivery, duration=3)
    clip = clips_in(thread_of(town))[0]
    await town.alice.click(clip, label="1080P final")
    await town.bob.click(clip, label="1080P final")
    assert (await town.house.latest()).member_id == town.bob.id


async def test_remix_is_prefilled_and_changes_what_it_says(town, delivery):
    await delivered(town, delivery, seed=77)
    form = await town.alice.click(clips_in(thread_of(town))[0], label="Remix")
    assert form.modal["components"][0]["component"]["value"] == "A red kite"
    await town.alice.submit_modal(
        form, {"prompt": "A blue kite", "duration": ["3"], "frame": ["720P 1:1"], "switches": ["seed"]}
    )
    job = await town.house.latest()
    assert (job.request.prompt, job.request.aspect, job.seed) == ("A blue kite", "1:1", 77)
    assert not job.address.private


async def test_a_remix_may_be_private_and_take_a_new_seed(town, delivery):
    await delivered(town, delivery, seed=77)
    form = await town.alice.click(clips_in(thread_of(town))[0], label="Remix")
    values = {"prompt": "A blue kite", "duration": ["3"], "frame": ["720P 1:1"], "switches": ["private"]}
    result = await town.alice.submit_modal(form, values)
    job = await town.house.latest()
    assert (job.seed, job.address.private, result.ephemeral) == (4242, True, True)


async def test_more_tells_about_the_clip_and_shows_the_whole_prompt(town, delivery):
    prompt = "A very long kite. " * 100
    result, job, _ = await delivered(town, delivery, prompt=prompt)
    more = await town.bob.click(clips_in(thread_of(town))[0], label="More")
    assert more.ephemeral
    assert job.reference_code in text(more.response)
    assert "left" not in text(more.response)
    own = await town.alice.click(clips_in(thread_of(town))[0], label="More")
    assert "You have 230 of 300 credits left today, resets <t:" in text(own.response)
    whole = await town.alice.click(result.response, label="Show prompt")
    assert whole.ephemeral
    assert "".join(text(whole.response).split("```")[1]).strip() == prompt.strip()


async def test_the_owner_deletes_the_clip_and_the_card_says_so(town, delivery):
    result, _, _ = await delivered(town, delivery)
    more = await town.alice.click(clips_in(thread_of(town))[0], label="More")
    await town.alice.click(more.response, label="Delete")
    assert "**Delete this clip?**" in text(more.response)
    assert len(clips_in(thread_of(town))) == 1
    await town.alice.click(more.response, label="Delete it")
    assert clips_in(thread_of(town)) == []
    assert "**Deleted**" in text(result.response)
    assert (text(more.response).splitlines()[0], labels(more.response)) == ("**Deleted**", [])
    assert "What it cost stays as it is." in text(more.response)


async def test_who_changes_their_mind_about_deleting_is_back_at_more(town, delivery):
    await delivered(town, delivery)
    more = await town.alice.click(clips_in(thread_of(town))[0], label="More")
    before = text(more.response)
    await town.alice.click(more.response, label="Delete")
    await town.alice.click(more.response, label="Keep it")
    assert (text(more.response), len(clips_in(thread_of(town)))) == (before, 1)


async def test_delete_in_an_old_public_message_asks_in_private(town, delivery):
    _, job, _ = await delivered(town, delivery)
    await town.house.notifier._messages.send(town.channel.id, Page().buttons(job_button(Action.DELETE, job.id)), nonce="1")
    old = town.channel.last_message
    asked_for = await town.alice.click(old, label="Delete")
    assert asked_for.ephemeral
    assert labels(asked_for.response) == ["Delete it", "Keep it"]
    assert labels(old) == ["Delete"]
    assert len(clips_in(thread_of(town))) == 1


async def test_only_who_may_delete_is_shown_the_button_and_nobody_else_can_press_it(town, delivery):
    _, job, _ = await delivered(town, delivery)
    clip = clips_in(thread_of(town))[0]
    more = await town.bob.click(clip, label="More")
    assert labels(more.response) == ["Show prompt"]
    await town.house.notifier._messages.send(town.channel.id, Page().buttons(job_button(Action.ERASE, job.id)), nonce="1")
    refused = await town.bob.click(town.channel.last_message, label="Delete it")
    assert refused.ephemeral
    assert f"<@{town.alice.id}>" in text(shown(refused))
    assert clips_in(thread_of(town)) != []
    more = await town.mod.click(clip, label="More")
    await town.mod.click(more.response, label="Delete")
    assert f"It is <@{town.alice.id}>'s clip." in text(more.response)
    await town.mod.click(more.response, label="Delete it")
    assert clips_in(thread_of(town)) == []


async def test_a_private_clip_that_the_client_forgot_is_one_press_away_in_the_list(town, delivery):
    await delivered(town, delivery, private=True, provider_reference="run-1")
    listed = await town.alice.slash(town.channel, "jobs")
    assert labels(listed.response) == ["Fresh link"]
    link = await town.alice.click(listed.response, label="Fresh link")
    assert link.ephemeral
    assert "https://example.test/clip.mp4" in text(link.response)


async def test_a_private_clip_that_is_kept_by_discord_is_its_members_to_dismiss(town, delivery):
    result, _, _ = await delivered(town, delivery, private=True)
    more = await town.alice.click(result.response, label="More")
    await town.env.advance_time(16 * 60)
    await town.alice.click(more.response, label="Delete")
    told = await town.alice.click(more.response, label="Delete it")
    assert "Only you see that message. Dismiss it" in text(told.response)
    assert "moderator" not in text(told.response)


@pytest.mark.parametrize("label", ["Again", "Remix", "1080P final", "More"])
async def test_buttons_work_after_a_restart(town, delivery, label):
    await delivered(town, delivery)
    await town.env.restart_bot(town.house.client())
    result = await town.alice.click(clips_in(thread_of(town))[0], label=label)
    assert result.acknowledged


@pytest.mark.parametrize("action", [Action.EDIT, Action.REMIX, Action.PROMPT, Action.AGAIN, Action.RETRY, Action.FINAL])
async def test_what_the_safety_check_refused_is_its_owners_to_read_and_repeat(town, action):
    _, job = await ended(town, failure=Failure.MODERATION)
    woken = len(town.house.engine.woken)
    await town.house.notifier._messages.send(town.channel.id, Page().buttons(job_button(action, job.id)), nonce="1")
    for stranger in (town.bob, town.mod):
        refused = await stranger.click(town.channel.last_message, custom_id=f"hh:{action}:{job.id}")
        assert refused.ephemeral
        assert refused.modal is None
        assert "Only they can do that." in text(refused.response)
    assert len(town.house.engine.woken) == woken


async def test_a_clip_that_discord_keeps_is_not_told_to_be_gone(town, delivery):
    _, job, _ = await delivered(town, delivery)
    more = await town.alice.click(clips_in(thread_of(town))[0], label="More")
    town.env.inject_error("DELETE", "/channels/*/messages/*", status=403, code=50013)
    await town.alice.click(more.response, label="Delete")
    told = await town.alice.click(more.response, label="Delete it")
    assert "Not deleted" in text(told.response)
    assert (await town.house.storage.jobs.get(job.id)).address.result_id is not None


async def private_card(town, delivery, way):
    """The answer that shows a private clip which began with a button or a form."""
    first, _, _ = await delivered(town, delivery, private=True)
    pressed = await town.alice.click(first.response, label=way)
    if way == "Remix":
        values = {"prompt": "A blue kite", "duration": ["3"], "frame": ["720P 1:1"], "switches": ["private"]}
        pressed = await town.alice.submit_modal(pressed, values)
    return pressed.response, await town.house.notifier.announce(await town.house.latest())


@pytest.mark.parametrize("way", ["Again", "Remix"])
async def test_a_private_clip_of_a_button_or_form_is_not_lost_to_a_press_in_it(town, delivery, way):
    card, job = await private_card(town, delivery, way)
    await brought(town, delivery, job)
    before = text(card)
    more = await town.alice.click(card, label="More")
    assert (text(card), "**About this clip**" in text(more.response)) == (before, True)
    asked_for = await town.alice.click(more.response, label="Delete")
    await town.alice.click(asked_for.response or more.response, label="Keep it")
    assert text(card) == before


async def test_a_choice_in_a_private_card_leaves_the_card_where_it_is(town, delivery):
    card, job = await private_card(town, delivery, "Again")
    await town.house.storage.jobs.want_discard(job.id, True, 1, by=town.alice.id)
    await town.house.notifier._cards.draw(job, {}, progress="**Making it**")
    job = await through(town, job, *MADE[:3])
    await town.house.notifier._cards.draw(job, {}, progress="**Making it**")
    kept = await town.alice.click(card, label="Let it finish")
    assert "The clip will be posted" in text(kept.response)
    assert "**Making it**" in text(card)
