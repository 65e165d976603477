"""The button "Post it here" of a made clip that could not be posted, tested on the messages in Discord."""

import pytest

from bot.detail import said
from bot.domain.job import Failure, State
from bot.domain.quota import Policy
from bot.errors import NowhereToPost
from bot.presentation.delivery.progress_updater import Followed
from bot.presentation.views.buttons import job_button
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.layout import Page
from bot.services.find_jobs import ORDERS_SHOWN
from tests.factories import storage_error
from tests.fixtures.simcord_bot import labels, picture, shown, text
from tests.fixtures.simcord_scenes import MADE, asked, clips_in, ended, thread_of, through
from tests.posts import clip_forgotten


async def waiting(server, failure=Failure.UNDELIVERABLE, **options):
    """A job whose clip was made but could not be posted, and whose messages say so."""
    result, job = await asked(server, **options)
    now = server.backend.clock.now_ms()
    job = await through(server, job, *MADE, provider_reference=f"run-{job.id}")
    why = {"failure": failure, "failure_detail": said("closed"), "unposted_at_ms": now}
    job = await through(server, job, State.UNPOSTED, **why)
    await server.backend.notifier.unposted(job)
    return result, job


async def pressed(server, who=None, channel=None):
    """The owner lists their clips in a channel and presses the button there. Returns the press and the job after it."""
    listed = await (who or server.alice).slash(channel or server.channel, "jobs")
    press = await (who or server.alice).click(listed.response, label="Post it here")
    return press, await server.backend.storage.jobs.get(server.backend.engine.woken[-1])


async def posted(server, job, delivery):
    """Does what the pipeline does after a press: fetches and fits the clip again, posts and charges it."""
    job = await through(server, job, State.DELIVERING)
    found = await server.backend.notifier.deliver(job, delivery)
    job = await server.backend.storage.transitions.end(
        job, State.DONE, server.backend.clock.now_ms(), charged=job.cost, posted=found
    )
    await server.backend.notifier.ended(job)
    return job, found


async def test_card_thread_and_list_say_that_it_waits_and_give_no_link(server):
    result, _ = await waiting(server)
    listed = await server.alice.slash(server.channel, "jobs")
    for message in (result.response, thread_of(server).last_message, listed.response):
        assert "**Made, but not posted**" in text(message)
        assert "Press **Post it here** in `/jobs`" in text(message)
        assert "Post it here" in labels(message)
        assert "Fresh link" not in labels(message)


async def test_a_private_clip_with_direct_messages_closed_is_shown_and_charged_by_a_press(server, delivery):
    _, job = await asked(server, private=True)
    job = await through(server, job, *MADE, provider_reference="run-1")
    await server.env.advance_time(16 * 60)
    server.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    with pytest.raises(NowhereToPost):
        await server.backend.notifier.deliver(job, delivery)
    why = {"failure": Failure.UNDELIVERABLE, "unposted_at_ms": server.backend.clock.now_ms()}
    await server.backend.notifier.unposted(await through(server, job, State.UNPOSTED, **why))
    press, job = await pressed(server)
    assert press.ephemeral
    assert (job.state, job.address.private, job.address.in_place) == (State.FITTING, True, True)
    assert job.address.guild_id == server.guild.id
    job, found = await posted(server, job, delivery)
    assert found.message_id == press.response.id
    assert [each.filename for each in press.response.attachments] == [delivery.filename]
    assert job.charged == job.cost
    assert server.channel.history(viewer=server.bob) == []


async def test_a_public_clip_is_posted_for_all_to_see_where_its_owner_presses_in_that_server(server, delivery):
    card, before = await waiting(server)
    other = server.guild.create_text_channel("elsewhere")
    press, job = await pressed(server, channel=other)
    assert not press.ephemeral
    assert (job.address.channel_id, job.address.thread_id, job.address.private) == (other.id, None, False)
    assert job.address.token != before.address.token
    for message in (card.response, thread_of(server).history()[-1]):
        assert text(message) == f"**Posted elsewhere**\nIts owner has it posted in <#{other.id}>."
    _, found = await posted(server, job, delivery)
    assert [each.id for each in clips_in(other)] == [found.message_id]
    assert text(press.response).startswith("**Done**")
    assert clips_in(thread_of(server)) == []


async def test_its_new_card_shows_no_files_of_the_old_one(server):
    await waiting(server, command="video image", image=("cat.png", picture()))
    server.env.inject_error("GET", "/webhooks/**", status=404, code=10008, times=None)
    other = server.guild.create_text_channel("elsewhere")
    press, job = await pressed(server, channel=other)
    before = len(server.env.http_requests)
    await server.backend.notifier._progress_updater.refresh(Followed(job.id))
    edits = [each.json for each in server.env.http_requests[before:] if each.method == "PATCH"]
    assert [each["attachments"] for each in edits] == [[]]
    assert "**" in text(press.response)


async def test_in_another_server_or_a_direct_message_it_is_shown_to_its_owner_alone(server, delivery):
    await waiting(server)
    listed = await server.alice.user.slash("jobs")
    press = await server.alice.user.click(listed.response, label="Post it here")
    assert press.ephemeral
    job = await server.backend.storage.jobs.get(server.backend.engine.woken[-1])
    assert (job.address.private, job.address.guild_id) == (True, server.guild.id)
    await posted(server, job, delivery)
    assert [each.filename for each in press.response.attachments] == [delivery.filename]


async def test_a_clip_from_a_channel_for_adults_is_shown_to_all_only_in_another_one(server):
    adults = [server.guild.create_text_channel(name) for name in ("adults", "more-adults")]
    await server.env.advance_time(1)
    for channel in adults:
        # SimCord's channels can't be age-restricted; the gateway would have set this.
        server.backend.now.get_channel(channel.id).nsfw = True
    for number, (channel, alone) in enumerate(((server.channel, True), (adults[1], False))):
        await waiting(server, channel=adults[0], prompt=f"A kite {number}")
        press, job = await pressed(server, channel=channel)
        assert (press.ephemeral, job.address.private) == (alone, alone)
        await server.backend.storage.transitions.end(job, State.FAILED, server.backend.clock.now_ms(), charged=0)


async def test_a_clip_from_a_channel_that_is_gone_is_shown_to_its_owner_alone(server):
    gone = server.guild.create_text_channel("gone")
    await server.env.advance_time(1)
    await waiting(server, channel=gone)
    # As the gateway does when somebody deletes the channel.
    guild = server.backend.now.get_guild(server.guild.id)
    guild._remove_channel(guild.get_channel(gone.id))
    press, job = await pressed(server)
    assert press.ephemeral
    assert job.address.private


async def test_a_long_list_shows_what_ends_first_and_has_the_rest_on_its_next_page(server):
    server.backend.policy = Policy(allowance=10_000, running_per_member=3)
    await server.env.restart_bot(server.backend.client())
    made = []
    for number in range(ORDERS_SHOWN + 1):
        made.append((await waiting(server, prompt=f"A kite {number}"))[1])
        await server.env.advance_time(60)
    listed = await server.alice.slash(server.channel, "jobs")
    assert "A kite 0" in text(listed.response)
    assert f"A kite {ORDERS_SHOWN}" not in text(listed.response)
    await server.alice.click(listed.response, label="Older")
    assert f"A kite {ORDERS_SHOWN}" in text(listed.response)
    await server.backend.storage.transitions.end(made[0], State.FAILED, server.backend.clock.now_ms(), charged=0)
    listed = await server.alice.slash(server.channel, "jobs")
    assert f"A kite {ORDERS_SHOWN}" in text(listed.response)
    assert "Older" in labels(listed.response)


async def test_a_press_whose_write_took_effect_though_its_answer_was_lost_sets_the_job_going(server, monkeypatch):
    _, job = await waiting(server)
    hurried = server.backend.now.use_cases.post.transitions
    post_here = hurried.post_here

    async def lost(*args):
        await post_here(*args)
        raise storage_error("the answer was lost")

    monkeypatch.setattr(hurried, "post_here", lost)
    listed = await server.alice.slash(server.channel, "jobs")
    press = await server.alice.click(listed.response, label="Post it here")
    assert "**The bot's storage is in trouble**" in text(shown(press))
    assert (await server.backend.storage.jobs.get(job.id)).state is State.FITTING
    assert server.backend.engine.woken[-1] == job.id


async def test_only_its_owner_may_have_it_posted(server):
    await waiting(server)
    for stranger in (server.bob, server.mod):
        refused = await stranger.click(thread_of(server).last_message, label="Post it here")
        assert refused.ephemeral
        assert "Only they can do that." in text(refused.response)


async def test_a_second_press_says_that_it_is_on_its_way_and_changes_nothing(server):
    await waiting(server)
    listed = await server.alice.slash(server.channel, "jobs")
    await server.alice.click(listed.response, label="Post it here")
    woken = len(server.backend.engine.woken)
    first = await server.backend.storage.jobs.get(server.backend.engine.woken[-1])
    second = await server.alice.click(listed.response, label="Post it here")
    assert "**Already on its way**" in text(shown(second))
    assert await server.backend.storage.jobs.get(first.id) == first
    assert len(server.backend.engine.woken) == woken


async def test_a_press_that_comes_after_the_end_says_so(server):
    _, job = await waiting(server)
    listed = await server.alice.slash(server.channel, "jobs")
    await server.backend.storage.transitions.end(
        job, State.FAILED, server.backend.clock.now_ms(), charged=0, failure=Failure.UNDELIVERABLE
    )
    late = await server.alice.click(listed.response, label="Post it here")
    assert "**Too late**" in text(shown(late))


@pytest.mark.parametrize("failure", [Failure.DISCORD, Failure.UNDELIVERABLE])
async def test_a_post_that_worked_though_it_seemed_to_fail_is_shown_and_not_repeated(server, delivery, failure):
    _, job = await asked(server)
    job = await through(server, job, *MADE, provider_reference="run-1")
    there = await server.backend.notifier.deliver(job, delivery)
    await clip_forgotten(server.backend.storage, job)
    await through(server, job, State.UNPOSTED, failure=failure, unposted_at_ms=server.backend.clock.now_ms())
    listed = await server.alice.slash(server.channel, "jobs")
    press = await server.alice.click(listed.response, label="Post it here")
    assert there.url in text(shown(press))
    assert server.backend.engine.woken[-1] == job.id
    job = await server.backend.storage.jobs.get(job.id)
    assert (job.state, job.charged, job.address.result_id) == (State.DONE, job.cost, there.message_id)


async def test_while_discord_can_not_say_what_it_took_nothing_is_posted(server):
    _, job = await waiting(server, failure=Failure.DISCORD)
    server.env.inject_error("GET", "/channels/*/messages", status=503, times=None)
    listed = await server.alice.slash(server.channel, "jobs")
    press = await server.alice.click(listed.response, label="Post it here")
    assert "**Not now**" in text(shown(press))
    assert (await server.backend.storage.jobs.get(job.id)).state is State.UNPOSTED


@pytest.mark.parametrize("stands", [State.UNPOSTED, State.FAILED])
async def test_an_old_link_button_gives_no_link_to_what_was_not_posted(server, stands):
    _, job = await waiting(server)
    if stands is State.FAILED:
        now = server.backend.clock.now_ms()
        await server.backend.storage.transitions.end(job, State.FAILED, now, charged=0, failure=Failure.UNDELIVERABLE)
    await server.backend.notifier._messages.send(server.channel.id, Page().buttons(job_button(Action.LINK, job.id)), nonce="1")
    told = await server.alice.click(server.channel.last_message, label="Fresh link")
    assert "https://" not in text(told.response)
    assert ("Post it here" in text(told.response)) == (stands is State.UNPOSTED)
    assert ("was not charged" in text(told.response)) == (stands is State.FAILED)


async def test_throwing_it_away_says_what_that_costs(server):
    _, job = await waiting(server, resolution="1080P")
    for who, words in (
        (server.alice, "Thrown away now, it is charged all the same (90 credits)."),
        (server.mod, "not charged"),
    ):
        await server.backend.notifier._messages.send(
            server.channel.id, Page().buttons(job_button(Action.CANCEL, job.id)), nonce=str(who.id)
        )
        told = await who.click(server.channel.last_message, label="Cancel")
        assert words in text(told.response)
        assert "Throw it away" in labels(told.response)


async def test_a_second_try_of_a_clip_that_waits_offers_that_one(server):
    await ended(server, failure=Failure.PROVIDER)
    failed = thread_of(server).last_message
    await server.alice.click(failed, label="Try again")
    job = await through(server, await server.backend.latest(), *MADE, provider_reference="run-1")
    await through(server, job, State.UNPOSTED, failure=Failure.TOO_LARGE, unposted_at_ms=server.backend.clock.now_ms())
    await server.env.advance_time(16)
    again = await server.alice.click(failed, label="Try again")
    assert "**Made, but not posted**" in text(shown(again))
    assert "Post it here" in labels(shown(again))


async def test_its_place_is_told_by_direct_message_once_where_a_private_card_can_not_say_it(server):
    _, job = await asked(server, private=True)
    await server.env.advance_time(16 * 60)
    job = await through(server, job, *MADE)
    job = await through(server, job, State.UNPOSTED, failure=Failure.DISCORD, unposted_at_ms=server.backend.clock.now_ms())
    await server.backend.notifier.unposted(job)
    await server.env.advance_time(600)
    await server.env.restart_bot(server.backend.client())
    await server.backend.notifier.unposted(job)
    [told] = server.alice.user.dm_channel.history()
    assert "Post it here" in labels(told)
