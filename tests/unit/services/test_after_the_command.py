"""Cancel, repeat, list and quota: who may, what it costs, and what a second press does."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.clip import Kind
from bot.domain.job import Failure, State
from bot.errors import Gone, NotYours, ProviderUnavailable, StorageError
from bot.ports import ClipLink
from bot.services.cancel_job import Outcome
from tests.factories import a_new_job, a_reference, a_request, an_address, bounds


async def job_at(desk, state, number=1, **changes):
    job = await desk.storage.jobs.create(a_new_job(number, **{"provider": "scenario", **changes}), bounds())
    made = (State.FETCHING, State.FITTING, State.DELIVERING, State.UNPOSTED)
    for step in (State.PREPARING, State.SUBMITTING, State.GENERATING, *made):
        if job.state is state:
            break
        extra = {"provider_reference": "run-1"} if step is State.GENERATING else {}
        job = await desk.storage.jobs.advance(job, step, 2, **extra)
    return job


@pytest.mark.parametrize("state", [State.QUEUED, State.PREPARING])
async def test_a_cancel_before_the_submit_is_immediate_and_free(desk, state):
    job = await job_at(desk, state)
    outcome, ended = await desk.cancel.cancel(job.id, job.member_id, moderator=False)
    assert (outcome, ended.state, ended.charged) == (Outcome.FREED, State.CANCELLED, 0)
    assert desk.engine.woken == [job.id]
    assert sum(entry.credits for entry in await desk.storage.ledger.entries(job.member_id, 9)) == 0


async def test_a_job_that_was_cancelled_though_the_database_said_otherwise_is_woken(desk):
    job = await job_at(desk, State.QUEUED)

    class AnswerLost:
        get = desk.storage.jobs.get

        async def end(self, job, state, at_ms, **given):
            await desk.storage.jobs.end(job, state, at_ms, **given)
            raise StorageError("disk I/O error")

    with pytest.raises(StorageError):
        await replace(desk.cancel, jobs=AnswerLost()).cancel(job.id, job.member_id, moderator=False)
    assert desk.engine.woken == [job.id]


@pytest.mark.parametrize("state", [State.SUBMITTING, State.GENERATING, State.FETCHING])
async def test_a_cancel_after_the_submit_tells_that_it_is_paid_for(desk, state):
    job = await job_at(desk, state)
    outcome, same = await desk.cancel.cancel(job.id, job.member_id, moderator=False)
    assert (outcome, same.state, same.discard) == (Outcome.COMMITTED, state, False)


@pytest.mark.parametrize("state", [State.FETCHING, State.FITTING, State.UNPOSTED])
async def test_a_made_clip_that_waits_is_looked_at_as_soon_as_it_is_thrown_away(desk, state):
    job = await job_at(desk, state)
    await desk.cancel.discard(job.id, job.member_id, moderator=False, wanted=False)
    assert desk.engine.woken == [job.id]


async def test_an_accepted_cancel_proves_nothing_but_marks_the_clip_as_unwanted(desk):
    job = await job_at(desk, State.GENERATING)
    desk.provider.accepts_cancel = True
    outcome, marked = await desk.cancel.cancel(job.id, job.member_id, moderator=False)
    assert (outcome, marked.state, marked.discard) == (Outcome.ASKED, State.GENERATING, True)


async def test_a_clip_whose_end_was_seen_while_the_provider_was_asked_to_stop_it_is_told_as_over(desk, monkeypatch):
    job = await job_at(desk, State.GENERATING)

    async def meanwhile(reference):
        await desk.storage.jobs.end(job, State.CANCELLED, desk.clock.now_ms(), charged=0)
        return True

    monkeypatch.setattr(desk.provider, "cancel", meanwhile)
    outcome, ended = await desk.cancel.cancel(job.id, job.member_id, moderator=False)
    assert (outcome, ended.state) == (Outcome.ENDED, State.CANCELLED)


async def test_a_provider_in_trouble_cannot_make_a_cancel_fail(desk, monkeypatch):
    job = await job_at(desk, State.GENERATING)

    async def unreachable(reference):
        raise ProviderUnavailable("down")

    monkeypatch.setattr(desk.provider, "cancel", unreachable)
    outcome, _ = await desk.cancel.cancel(job.id, job.member_id, moderator=False)
    assert outcome is Outcome.COMMITTED


async def test_keep_or_discard_is_the_owners_choice_until_the_clip_is_there(desk):
    job = await job_at(desk, State.GENERATING)
    assert (await desk.cancel.discard(job.id, job.member_id, moderator=False, wanted=False)).discard
    assert not (await desk.cancel.discard(job.id, job.member_id, moderator=False, wanted=True)).discard


async def test_a_clip_that_went_back_into_line_while_it_was_thrown_away_is_looked_at_at_once(desk, monkeypatch):
    job = await job_at(desk, State.SUBMITTING)
    await desk.storage.jobs.advance(job, State.QUEUED, desk.clock.now_ms())

    async def as_it_was(job_id):
        return job

    monkeypatch.setattr(desk.cancel.jobs, "get", as_it_was)
    desk.engine.woken.clear()
    assert (await desk.cancel.discard(job.id, job.member_id, moderator=False, wanted=False)).discard
    assert desk.engine.woken == [job.id]


async def test_someone_elses_job_is_not_theirs_to_cancel_but_a_moderators(desk):
    job = await job_at(desk, State.QUEUED)
    with pytest.raises(NotYours) as caught:
        await desk.cancel.cancel(job.id, 999, moderator=False)
    assert caught.value.owner_id == job.member_id
    outcome, _ = await desk.cancel.cancel(job.id, 999, moderator=True)
    assert outcome is Outcome.FREED


async def test_a_second_cancel_says_that_it_is_over(desk):
    job = await job_at(desk, State.QUEUED)
    await desk.cancel.cancel(job.id, job.member_id, moderator=False)
    outcome, _ = await desk.cancel.cancel(job.id, job.member_id, moderator=False)
    assert outcome is Outcome.ENDED


async def test_a_job_that_is_not_here_is_gone(desk):
    with pytest.raises(Gone):
        await desk.cancel.cancel(404, 7, moderator=False)


async def test_again_takes_everything_but_the_seed_and_final_everything_but_the_resolution(desk):
    request = a_request(Kind.CHARACTERS, prompt="character1 nods", resolution="720P", duration=7, references=(a_reference(),))
    await job_at(desk, State.QUEUED, request=request)
    who = {"member_id": 8, "role_ids": frozenset()}
    again = await desk.repeat.again(1, id=50, **who)
    final = await desk.repeat.final(1, id=51, **who)
    same = await desk.repeat.same(1, id=52, **who)
    assert (again.seed, again.resolution, again.kept, again.duration) == (None, "720P", request.references, 7)
    assert (final.seed, final.resolution, final.prompt) == (42, "1080P", "character1 nods")
    assert (same.seed, same.resolution) == (42, "720P")
    assert {each.parent_id for each in (again, final, same)} == {1}
    assert again.member_id == 8
    assert [each.once for each in (again, final, same)] == [False, True, True]


async def test_a_final_pressed_at_the_same_moment_by_one_member_is_booked_once(desk):
    await job_at(desk, State.QUEUED, request=a_request(resolution="720P", duration=3))
    asks = [await desk.repeat.final(1, id=number, member_id=7, role_ids=frozenset()) for number in (50, 51)]
    assert [await desk.repeat.twin(ask) for ask in asks] == [None, None]
    first, second = await asyncio.gather(*(desk.request.place(ask, an_address()) for ask in asks), return_exceptions=True)
    assert (first.id, second.job_id) == (50, 50)
    assert (await desk.repeat.twin(asks[1])).id == 50


def test_pressing_twice_does_it_once_and_pressing_later_again(desk):
    assert desk.repeat.first_press(7, 1, "again", 100) is None
    assert desk.repeat.first_press(7, 1, "again", 101) == 100
    assert desk.repeat.first_press(8, 1, "again", 102) is None
    assert desk.repeat.first_press(7, 1, "remix", 103) is None
    desk.clock.now += 15_001
    assert desk.repeat.first_press(7, 1, "again", 104) is None


def test_a_press_that_came_to_nothing_does_not_count(desk):
    desk.repeat.first_press(7, 1, "again", 100)
    desk.repeat.release_press(7, 1, "again")
    assert desk.repeat.first_press(7, 1, "again", 101) is None


async def test_a_draft_comes_back_to_its_own_member_only(desk):
    await desk.storage.drafts.save(9, 7, {"kind": "text", "prompt": "a kite"}, desk.clock.now)
    assert (await desk.repeat.draft(9, 7)).prompt == "a kite"
    with pytest.raises(Gone):
        await desk.repeat.draft(9, 8)


async def test_the_list_shows_unfinished_jobs_first_with_their_progress(desk):
    first = await job_at(desk, State.QUEUED, 1)
    await desk.cancel.cancel(first.id, first.member_id, moderator=False)
    await job_at(desk, State.GENERATING, 2)
    listed = await desk.list.of_member(first.member_id)
    assert [(each.job.id, each.progress is not None) for each in listed] == [(2, True), (1, False)]


async def test_a_fresh_link_comes_from_the_provider_and_trouble_there_is_no_link(desk, monkeypatch):
    job = await job_at(desk, State.DELIVERING)
    await desk.storage.jobs.end(job, State.DONE, 2, charged=job.cost)
    assert await desk.list.link(job.id) == ClipLink("https://example.test/clip.mp4", None)

    async def unreachable(reference):
        raise ProviderUnavailable("down")

    monkeypatch.setattr(desk.provider, "link", unreachable)
    assert await desk.list.link(job.id) is None


async def test_quota_tells_what_is_left_in_credits_clips_and_entries(desk):
    await desk.storage.ledger.grant(7, None, 50, desk.clock.now, "for the showcase")
    quota = await desk.quota.of_member(7, ())
    assert (quota.standing.left, quota.standing.whole, quota.clips_left) == (250, 250, 2)
    assert [entry.note for entry in quota.entries] == ["for the showcase"]


@pytest.mark.parametrize("state", [State.GENERATING, State.FETCHING, State.DELIVERING, State.UNPOSTED])
async def test_what_was_not_posted_has_no_link_under_way_or_ended(desk, state):
    job = await job_at(desk, state)
    assert await desk.list.link(job.id) is None
    await desk.storage.jobs.end(job, State.FAILED, 2, charged=0, failure=Failure.UNDELIVERABLE)
    assert await desk.list.link(job.id) is None


async def test_a_clip_that_waits_for_a_place_is_thrown_away_at_once(desk):
    job = await job_at(desk, State.UNPOSTED)
    outcome, same = await desk.cancel.cancel(job.id, job.member_id, moderator=False)
    assert (outcome, same.state, desk.engine.woken) == (Outcome.COMMITTED, State.UNPOSTED, [])
    await desk.cancel.discard(job.id, job.member_id, moderator=False, wanted=False)
    assert desk.engine.woken == [job.id]
