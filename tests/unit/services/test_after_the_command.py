"""Cancel, repeat, list and quota: who may use them, what they cost, and what a second press does."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.clip import Kind
from bot.domain.job import Failure, State
from bot.errors import Gone, NotYours, ProviderUnavailable, StorageError
from bot.ports import ClipLink
from bot.services.cancel_job import Outcome
from tests.factories import a_new_order, a_reference_image, a_request, an_address, book, bounds, storage_error


async def job_at(use_cases, state, number=1, **changes):
    job = await book(use_cases.storage, a_new_order(number, **{"provider": "scenario", **changes}), bounds())
    made = (State.FETCHING, State.FITTING, State.DELIVERING, State.UNPOSTED)
    for step in (State.PREPARING, State.SUBMITTING, State.GENERATING, *made):
        if job.state is state:
            break
        extra = {"provider_reference": "run-1"} if step is State.GENERATING else {}
        job = await use_cases.storage.transitions.advance(job, step, 2, **extra)
    return job


@pytest.mark.parametrize("state", [State.QUEUED, State.PREPARING])
async def test_a_cancel_before_the_submit_is_immediate_and_free(use_cases, state):
    job = await job_at(use_cases, state)
    outcome, ended = await use_cases.cancel.cancel(job.id, job.member_id, moderator=False)
    assert (outcome, ended.state, ended.charged) == (Outcome.FREED, State.CANCELLED, 0)
    assert use_cases.engine.woken == [job.id]
    assert sum(entry.credits for entry in await use_cases.storage.ledger.entries(job.member_id, 9)) == 0


async def test_a_job_that_was_cancelled_though_the_database_said_otherwise_is_woken(use_cases):
    job = await job_at(use_cases, State.QUEUED)

    class AnswerLost:
        async def end(self, job, state, at_ms, **given):
            await use_cases.storage.transitions.end(job, state, at_ms, **given)
            raise storage_error("disk I/O error")

    with pytest.raises(StorageError):
        await replace(use_cases.cancel, transitions=AnswerLost()).cancel(job.id, job.member_id, moderator=False)
    assert use_cases.engine.woken == [job.id]


@pytest.mark.parametrize("state", [State.SUBMITTING, State.GENERATING, State.FETCHING])
async def test_a_cancel_after_the_submit_tells_that_it_is_paid_for(use_cases, state):
    job = await job_at(use_cases, state)
    outcome, same = await use_cases.cancel.cancel(job.id, job.member_id, moderator=False)
    assert (outcome, same.state, same.discard) == (Outcome.COMMITTED, state, False)


@pytest.mark.parametrize("state", [State.FETCHING, State.FITTING, State.UNPOSTED])
async def test_a_made_clip_that_waits_is_looked_at_as_soon_as_it_is_thrown_away(use_cases, state):
    job = await job_at(use_cases, state)
    await use_cases.cancel.discard(job.id, job.member_id, moderator=False, wanted=False)
    assert use_cases.engine.woken == [job.id]


async def test_an_accepted_cancel_proves_nothing_but_marks_the_clip_as_unwanted(use_cases):
    job = await job_at(use_cases, State.GENERATING)
    use_cases.provider.accepts_cancel = True
    outcome, marked = await use_cases.cancel.cancel(job.id, job.member_id, moderator=False)
    assert (outcome, marked.state, marked.discard) == (Outcome.REQUESTED, State.GENERATING, True)


async def test_a_clip_whose_end_was_seen_while_the_provider_was_asked_to_stop_it_is_told_as_over(use_cases, monkeypatch):
    job = await job_at(use_cases, State.GENERATING)

    async def meanwhile(reference):
        await use_cases.storage.transitions.end(job, State.CANCELLED, use_cases.clock.now_ms(), charged=0)
        return True

    monkeypatch.setattr(use_cases.provider, "cancel", meanwhile)
    outcome, ended = await use_cases.cancel.cancel(job.id, job.member_id, moderator=False)
    assert (outcome, ended.state) == (Outcome.ENDED, State.CANCELLED)


async def test_a_provider_in_trouble_cannot_make_a_cancel_fail(use_cases, monkeypatch):
    job = await job_at(use_cases, State.GENERATING)

    async def unreachable(reference):
        raise ProviderUnavailable("down")

    monkeypatch.setattr(use_cases.provider, "cancel", unreachable)
    outcome, _ = await use_cases.cancel.cancel(job.id, job.member_id, moderator=False)
    assert outcome is Outcome.COMMITTED


async def test_keep_or_discard_is_the_owners_choice_until_the_clip_is_there(use_cases):
    job = await job_at(use_cases, State.GENERATING)
    assert (await use_cases.cancel.discard(job.id, job.member_id, moderator=False, wanted=False)).discard
    assert not (await use_cases.cancel.discard(job.id, job.member_id, moderator=False, wanted=True)).discard


async def test_a_clip_that_went_back_into_line_while_it_was_thrown_away_is_looked_at_at_once(use_cases, monkeypatch):
    job = await job_at(use_cases, State.SUBMITTING)
    await use_cases.storage.transitions.advance(job, State.QUEUED, use_cases.clock.now_ms())

    async def as_it_was(job_id):
        return job

    monkeypatch.setattr(use_cases.cancel.jobs, "get", as_it_was)
    use_cases.engine.woken.clear()
    assert (await use_cases.cancel.discard(job.id, job.member_id, moderator=False, wanted=False)).discard
    assert use_cases.engine.woken == [job.id]


async def test_only_the_owner_or_a_moderator_may_cancel_a_job(use_cases):
    job = await job_at(use_cases, State.QUEUED)
    with pytest.raises(NotYours) as caught:
        await use_cases.cancel.cancel(job.id, 999, moderator=False)
    assert caught.value.owner_id == job.member_id
    outcome, _ = await use_cases.cancel.cancel(job.id, 999, moderator=True)
    assert outcome is Outcome.FREED


async def test_a_second_cancel_says_that_it_is_over(use_cases):
    job = await job_at(use_cases, State.QUEUED)
    await use_cases.cancel.cancel(job.id, job.member_id, moderator=False)
    outcome, _ = await use_cases.cancel.cancel(job.id, job.member_id, moderator=False)
    assert outcome is Outcome.ENDED


async def test_a_job_that_is_not_here_is_gone(use_cases):
    with pytest.raises(Gone):
        await use_cases.cancel.cancel(404, 7, moderator=False)


async def test_again_takes_everything_but_the_seed_and_final_everything_but_the_resolution(use_cases):
    request = a_request(
        Kind.CHARACTERS, prompt="character1 nods", resolution="720P", duration=7, references=(a_reference_image(),)
    )
    await job_at(use_cases, State.QUEUED, request=request)
    who = {"member_id": 8, "role_ids": frozenset()}
    again = await use_cases.repeat.again(1, id=50, **who)
    final = await use_cases.repeat.final(1, id=51, **who)
    same = await use_cases.repeat.same(1, id=52, **who)
    assert (again.raw.seed, again.raw.resolution, again.kept, again.raw.duration) == (None, "720P", request.references, 7)
    assert (final.raw.seed, final.raw.resolution, final.raw.prompt) == (42, "1080P", "character1 nods")
    assert (same.raw.seed, same.raw.resolution) == (42, "720P")
    assert {each.parent_id for each in (again, final, same)} == {1}
    assert again.member_id == 8
    assert [each.once for each in (again, final, same)] == [False, True, True]


async def test_a_final_pressed_at_the_same_moment_by_one_member_is_booked_once(use_cases):
    await job_at(use_cases, State.QUEUED, request=a_request(resolution="720P", duration=3))
    clip_inputs = [await use_cases.repeat.final(1, id=number, member_id=7, role_ids=frozenset()) for number in (50, 51)]
    assert [await use_cases.repeat.twin(clip_input) for clip_input in clip_inputs] == [None, None]
    first, second = await asyncio.gather(
        *(use_cases.request.book(clip_input, an_address()) for clip_input in clip_inputs), return_exceptions=True
    )
    assert second.job_id == first.id
    assert (await use_cases.repeat.twin(clip_inputs[1])).id == first.id


async def test_a_draft_comes_back_to_its_own_member_only(use_cases):
    await use_cases.storage.drafts.save(9, 7, {"kind": "text", "prompt": "a kite"}, use_cases.clock.now)
    assert (await use_cases.repeat.draft(9, 7)).raw.prompt == "a kite"
    with pytest.raises(Gone):
        await use_cases.repeat.draft(9, 8)


@pytest.mark.parametrize("tag", [{"type": "portraits"}, {"type": "clip", "version": 2}, {"type": 7}])
async def test_a_draft_of_another_version_is_gone(use_cases, tag):
    await use_cases.storage.drafts.save(9, 7, {"kind": "text", "prompt": "a kite", **tag}, use_cases.clock.now)
    with pytest.raises(Gone):
        await use_cases.repeat.draft(9, 7)


async def test_the_list_shows_unfinished_jobs_first_with_their_progress(use_cases):
    first = await job_at(use_cases, State.QUEUED, 1)
    await use_cases.cancel.cancel(first.id, first.member_id, moderator=False)
    await job_at(use_cases, State.GENERATING, 2)
    listed = await use_cases.find.of_member(first.member_id)
    assert [(each.jobs[0].id, 2 in each.progress) for each in listed] == [(2, True), (1, False)]


async def test_a_fresh_link_comes_from_the_provider_and_trouble_there_is_no_link(use_cases, monkeypatch):
    job = await job_at(use_cases, State.DELIVERING)
    await use_cases.storage.transitions.end(job, State.DONE, 2, charged=job.cost)
    assert await use_cases.find.link(job.id) == ClipLink("https://example.test/clip.mp4", None)

    async def unreachable(reference, position):
        raise ProviderUnavailable("down")

    monkeypatch.setattr(use_cases.provider, "link", unreachable)
    assert await use_cases.find.link(job.id) is None


async def test_quota_tells_what_is_left_in_credits_clips_and_entries(use_cases):
    await use_cases.storage.ledger.grant(7, None, 50, use_cases.clock.now, "for the showcase")
    quota = await use_cases.quota.of_member(7, ())
    assert (quota.standing.left, quota.standing.whole, quota.clips_left) == (250, 250, 2)
    assert [entry.note for entry in quota.entries] == ["for the showcase"]


@pytest.mark.parametrize("state", [State.GENERATING, State.FETCHING, State.DELIVERING, State.UNPOSTED])
async def test_what_was_not_posted_has_no_link_under_way_or_ended(use_cases, state):
    job = await job_at(use_cases, state)
    assert await use_cases.find.link(job.id) is None
    await use_cases.storage.transitions.end(job, State.FAILED, 2, charged=0, failure=Failure.UNDELIVERABLE)
    assert await use_cases.find.link(job.id) is None


async def test_a_clip_that_waits_for_a_place_is_thrown_away_at_once(use_cases):
    job = await job_at(use_cases, State.UNPOSTED)
    outcome, same = await use_cases.cancel.cancel(job.id, job.member_id, moderator=False)
    assert (outcome, same.state, use_cases.engine.woken) == (Outcome.COMMITTED, State.UNPOSTED, [])
    await use_cases.cancel.discard(job.id, job.member_id, moderator=False, wanted=False)
    assert use_cases.engine.woken == [job.id]
