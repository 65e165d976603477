"""A job that the operator booked has no interaction, so the bot posts all its messages itself."""

from dataclasses import replace

from bot.domain.job import Failure, State
from bot.domain.post import PostState, Purpose, of_order
from bot.domain.quota import Policy, bounds_for
from tests.factories import a_new_order, an_unasked_address, book
from tests.fixtures.simcord_bot import labels, text
from tests.fixtures.simcord_scenes import MADE, clips_in, ended, thread_of, through


async def again(server, old, number=5):
    """Books a job as the operator's retry does."""
    there = {"guild_id": old.address.guild_id, "channel_id": old.address.posts_to, "private": old.address.private}
    address = an_unasked_address(**there, in_place=True)
    now = server.backend.clock.now_ms()
    same = {"request": old.request, "seed": old.seed, "provider": old.provider, "cost": old.cost}
    owner = {"member_id": old.member_id, "address": address, "created_at_ms": now, "parent_job_id": old.id}
    new = a_new_order(number, **same, **owner)
    return await book(server.backend.storage, new, bounds_for(Policy(allowance=10_000), old.member_id, 1.0, now))


async def finished(server, job, delivery):
    job = await through(server, job, *MADE)
    posted = await server.backend.notifier.deliver(job, delivery)
    now = server.backend.clock.now_ms()
    job = await server.backend.storage.transitions.end(job, State.DONE, now, charged=job.cost, posted=posted)
    await server.backend.notifier.ended(job)
    return job


async def test_it_has_a_card_of_its_own_in_the_old_thread_and_leaves_the_old_card_as_it_is(server, delivery):
    result, old = await ended(server, failure=Failure.PROVIDER)
    before = text(result.response)
    thread = thread_of(server)
    there = {each.id for each in thread.history()}

    job = await server.backend.notifier.announce(await again(server, old))

    [card] = [each for each in thread.history() if each.id not in there]
    assert (job.address.card_id, job.address.progress_id) == (card.id, card.id)
    assert "The people who run the bot are having this clip made again for you." in text(card)
    assert "Cancel" in labels(card)
    # Posted again after a kill, it is the same message.
    post = await server.backend.storage.posts.find(of_order(job.order_id), Purpose.CARD)
    await server.backend.storage.posts.keep(replace(post, message_id=None, state=PostState.BEGUN))
    await server.env.advance_time(600)
    await server.backend.notifier.announce(replace(job, address=replace(job.address, card_id=None, progress_id=None)))
    assert len([each for each in thread.history() if each.id not in there]) == 1

    job = await finished(server, job, delivery)
    [clip] = clips_in(thread)
    assert clip.id == job.address.result_id
    assert [each.id for each in clip.mentions] == [server.alice.id]
    [card] = [each for each in thread.history() if each.id == card.id]
    assert text(card).startswith("**Done**")
    assert "Watch the clip" in labels(card)
    assert text(result.response) == before


async def test_an_end_stands_on_its_own_card(server):
    _, old = await ended(server, failure=Failure.PROVIDER)
    job = await server.backend.notifier.announce(await again(server, old))
    now = server.backend.clock.now_ms()
    job = await server.backend.storage.transitions.end(job, State.FAILED, now, charged=0, failure=Failure.STOPPED)
    await server.backend.notifier.ended(job)
    [card] = [each for each in thread_of(server).history() if each.id == job.address.card_id]
    assert text(card).startswith("**Stopped**\nThe people who run the bot stopped this clip before it was done.")
    assert "You were not charged." in text(card)
    assert "Try again" in labels(card)


async def test_a_private_one_shows_nothing_in_the_channel_and_comes_by_direct_message(server, delivery):
    _, old = await ended(server, failure=Failure.PROVIDER, private=True)
    before = [each.id for each in server.channel.history()]
    job = await server.backend.notifier.announce(await again(server, old))
    job = await finished(server, job, delivery)
    assert [each.id for each in server.channel.history()] == before
    assert "/@me/" in job.address.result_url


async def test_an_end_by_the_operator_is_told_as_such_on_the_members_card(server):
    result, _ = await ended(server, failure=Failure.STOPPED)
    assert text(result.response).startswith("**Stopped**")
    assert "You were not charged." in text(result.response)
