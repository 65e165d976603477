"""The buttons Cancel, Throw it away and Let it finish, for a waiting, a running and an ended job."""

from bot.domain.job import Failure, State
from bot.presentation.views.buttons import job_button
from bot.presentation.views.custom_ids import Action
from bot.presentation.views.layout import Page
from tests.fixtures.simcord_bot import labels, text
from tests.fixtures.simcord_scenes import MADE, asked, ended, thread_of, through


async def test_before_the_submit_a_cancel_is_immediate_and_free(server):
    _, job = await asked(server)
    result = await server.alice.click(thread_of(server).last_message, label="Cancel")
    assert "Nothing was charged" in text(result.response)
    job = await server.backend.storage.jobs.get(job.id)
    assert (job.state, job.charged) == (State.CANCELLED, 0)
    assert server.backend.engine.woken[-1] == job.id


async def test_someone_elses_cancel_says_why_to_them_alone(server):
    _, job = await asked(server)
    result = await server.bob.click(thread_of(server).last_message, label="Cancel")
    assert result.ephemeral
    assert "Only they, and those who moderate here" in text(result.response)
    assert (await server.backend.storage.jobs.get(job.id)).state is State.QUEUED


async def test_a_moderator_may_cancel(server):
    _, job = await asked(server)
    await server.mod.click(thread_of(server).last_message, label="Cancel")
    assert (await server.backend.storage.jobs.get(job.id)).state is State.CANCELLED


async def test_after_the_submit_the_truth_is_told_and_the_choice_is_the_owners(server):
    _, job = await asked(server)
    await through(server, job, *MADE[:3], provider_reference="run-1")
    told = await server.alice.click(thread_of(server).last_message, label="Cancel")
    assert "it is paid for" in text(told.response)
    assert labels(told.response) == ["Let it finish", "Throw it away"]
    await server.alice.click(told.response, label="Throw it away")
    assert (await server.backend.storage.jobs.get(job.id)).discard
    assert labels(told.response) == ["Let it finish"]
    await server.alice.click(told.response, label="Let it finish")
    assert not (await server.backend.storage.jobs.get(job.id)).discard
    assert labels(told.response) == []


async def test_a_choice_in_the_list_leaves_the_list_where_it_is(server):
    _, job = await asked(server)
    await through(server, job, *MADE[:3], provider_reference="run-1")
    told = await server.alice.click(thread_of(server).last_message, label="Cancel")
    await server.alice.click(told.response, label="Throw it away")
    listed = await server.alice.slash(server.channel, "jobs")
    kept = await server.alice.click(listed.response, label="Let it finish")
    assert "The clip will be posted" in text(kept.response)
    assert "**Your clips**" in text(listed.response)


async def test_a_moderator_throws_a_clip_away_at_no_cost_and_its_owner_does_not_bring_it_back(server):
    _, job = await asked(server)
    await through(server, job, *MADE[:3], provider_reference="run-1")
    progress = thread_of(server).last_message
    told = await server.mod.click(progress, label="Cancel")
    assert "Thrown away by a moderator, it is not charged." in text(told.response)
    await server.mod.click(told.response, label="Throw it away")
    assert "It is not charged." in text(told.response)
    job = await server.backend.storage.jobs.get(job.id)
    assert (job.discard, job.discarded_by) == (True, server.mod.id)
    listed = await server.alice.slash(server.channel, "jobs")
    assert "A moderator has it thrown away when it comes; it is not charged." in text(listed.response)
    assert labels(listed.response) == []
    await server.backend.notifier._messages.send(server.channel.id, Page().buttons(job_button(Action.KEEP, job.id)), nonce="1")
    refused = await server.alice.click(server.channel.last_message, label="Let it finish")
    assert "only those who moderate can let it finish" in text(refused.response)
    assert (await server.backend.storage.jobs.get(job.id)).discard
    await server.mod.click(told.response, label="Let it finish")
    assert "The clip will be posted" in text(told.response)
    assert labels(told.response) == []
    assert not (await server.backend.storage.jobs.get(job.id)).discard


async def test_what_its_owner_threw_away_no_moderator_brings_back(server):
    _, job = await asked(server)
    await through(server, job, *MADE[:3], provider_reference="run-1")
    told = await server.alice.click(thread_of(server).last_message, label="Cancel")
    thrown = await server.alice.click(told.response, label="Throw it away")
    assert "It is charged all the same." in text(thrown.response)
    for_mod = await server.mod.click(thread_of(server).last_message, label="Cancel")
    refused = await server.mod.click(for_mod.response, label="Let it finish")
    assert "only they can let it finish" in text(refused.response)
    assert (await server.backend.storage.jobs.get(job.id)).discard


async def test_a_clip_that_was_asked_to_stop_is_posted_only_if_it_comes_after_all(server):
    _, job = await asked(server)
    await through(server, job, *MADE[:3], provider_reference="run-1")
    server.backend.provider.accepts_cancel = True
    told = await server.alice.click(thread_of(server).last_message, label="Cancel")
    assert "Stopping it" in text(told.response)
    kept = await server.alice.click(told.response, label="Let it finish")
    assert "The clip will be posted if it comes after all." in text(kept.response)


async def test_throwing_away_what_went_back_into_line_is_told_as_a_free_cancel(server):
    _, job = await asked(server)
    job = await through(server, job, *MADE[:2])
    told = await server.alice.click(thread_of(server).last_message, label="Cancel")
    assert "If it takes it, it is paid for" in text(told.response)
    await through(server, job, State.QUEUED)
    thrown = await server.alice.click(told.response, label="Throw it away")
    assert text(thrown.response) == "**Cancelled**\nNothing was charged."


async def test_what_is_thrown_away_while_it_is_handed_over_is_charged_only_if_it_is_taken(server):
    _, job = await asked(server)
    await through(server, job, *MADE[:2])
    told = await server.alice.click(thread_of(server).last_message, label="Cancel")
    await server.alice.click(told.response, label="Throw it away")
    assert "It is charged only if the video service takes it." in text(told.response)
    assert (await server.backend.storage.jobs.get(job.id)).discard


async def test_a_cancel_that_comes_too_late_changes_nothing(server):
    _, job = await ended(server, failure=Failure.PROVIDER)
    listed = await server.alice.slash(server.channel, "jobs")
    assert "Try again" in labels(listed.response)
    outcome, same = await server.backend.now.use_cases.cancel.cancel(job.id, server.alice.id, moderator=False)
    assert (outcome.value, same.state) == ("ended", State.FAILED)
