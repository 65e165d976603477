"""What the stores promise about jobs, over every database."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from bot.detail import Detail, DetailCode, said
from bot.domain.clip import Kind, Resolution
from bot.domain.job import ENDED, TRANSITIONS, Address, Failure, State
from bot.domain.order import OrderKind
from bot.ports import Posted
from tests.contract.store.state_paths import finish, make, walk
from tests.factories import NO_BOUNDS, NOW_MS, a_new_job, a_new_order, a_request, an_address, book, jobs_of, what_was_asked
from tests.posts import placed


@pytest.mark.parametrize("kind", Kind)
async def test_a_created_job_reads_back_as_it_was_given(storage, kind):
    full = an_address(
        guild_id=None,
        locale="de",
        member_locale="fr",
        private=True,
        in_place=True,
        card_id=4,
        asked_id=2**61,
    )
    defaults = Address(1, 1)
    learned = ("thread_id", "progress_id", "result_id", "result_url", "way", "clip_channel_id")
    given = [field.name for field in fields(Address) if field.name not in learned]
    assert all(getattr(full, name) != getattr(defaults, name) for name in given)
    new = a_new_order(2**62, request=a_request(kind, duration=9, seed=3), address=full, parent_job_id=11)

    job = await book(storage, new)

    assert job == await storage.jobs.get(2**62)
    (given,) = new.jobs
    names = ("id", "request", "seed", "provider", "cost")
    assert {name: getattr(job, name) for name in names} == {name: getattr(given, name) for name in names}
    assert (job.order_id, job.position, job.parent_id) == (2**62, 0, 11)
    assert (job.member_id, job.address, job.created_at_ms) == (new.member_id, new.address, new.created_at_ms)
    assert (job.state, job.fence, job.updated_at_ms, job.charged) == (State.QUEUED, 0, NOW_MS, None)


async def test_a_job_that_is_not_there_is_none(storage):
    assert await storage.jobs.get(1) is None


async def test_a_redelivered_interaction_makes_no_second_job_and_reserves_nothing(storage):
    job = await make(storage, cost=30)

    assert await book(storage, a_new_order(1, cost=30)) is None
    assert await storage.jobs.get(1) == job
    assert [entry.credits for entry in await storage.ledger.entries(7, 9)] == [-30]


async def test_a_redelivered_interaction_is_recognised_when_its_own_reserve_used_the_quota_up(storage):
    tight = replace(NO_BOUNDS, member_credits=30, member_running=1)
    assert await book(storage, a_new_order(1, cost=30), tight) is not None

    assert await book(storage, a_new_order(1, cost=30), tight) is None


async def test_a_transition_sets_state_time_and_changes(storage):
    job = await walk(storage, await make(storage), State.PREPARING)

    moved = await storage.transitions.advance(job, State.SUBMITTING, NOW_MS + 5, tries=2, submitted_at_ms=NOW_MS + 4)

    assert moved == replace(job, state=State.SUBMITTING, updated_at_ms=NOW_MS + 5, tries=2, submitted_at_ms=NOW_MS + 4)
    assert await storage.jobs.get(1) == moved


async def test_a_transition_can_take_a_value_back(storage):
    job = await walk(storage, await make(storage), State.PREPARING)
    job = await storage.transitions.advance(job, State.SUBMITTING, NOW_MS, submitted_at_ms=NOW_MS, provider_reference="clip-1")

    job = await storage.transitions.advance(job, State.QUEUED, NOW_MS, submitted_at_ms=None, provider_reference=None)

    assert (job.submitted_at_ms, job.provider_reference) == (None, None)


@pytest.mark.parametrize("before", [state for state in State if state not in ENDED])
async def test_every_transition_of_the_table_is_possible_and_no_other(storage, before):
    for number, after in enumerate(State, start=1):
        job = await walk(storage, await make(storage, number), before)
        if after in TRANSITIONS[before] and after in ENDED:
            moved = await storage.transitions.end(job, after, NOW_MS, charged=0)
        elif after in TRANSITIONS[before]:
            moved = await storage.transitions.advance(job, after, NOW_MS)
        else:
            with pytest.raises(ValueError, match="follow"):
                await (
                    storage.transitions.end(job, after, NOW_MS, charged=0)
                    if after in ENDED
                    else storage.transitions.advance(job, after, NOW_MS)
                )
            moved = job
        assert moved == await storage.jobs.get(number)


async def test_a_transition_never_ends_a_job_and_an_end_always_does(storage):
    job = await make(storage)

    with pytest.raises(ValueError, match="ends a job"):
        await storage.transitions.advance(job, State.FAILED, NOW_MS)
    with pytest.raises(ValueError, match="does not end"):
        await storage.transitions.end(job, State.PREPARING, NOW_MS, charged=0)


async def test_a_change_of_any_other_column_is_refused(storage):
    job = await make(storage)

    with pytest.raises(ValueError, match="cost"):
        await storage.transitions.advance(job, State.PREPARING, NOW_MS, cost=0)


async def test_a_transition_from_an_older_state_or_fence_changes_nothing(storage):
    old = await make(storage)
    newer = await storage.transitions.advance(old, State.PREPARING, NOW_MS)
    (owned,) = await storage.job_recovery.take_over(NOW_MS + 1)

    assert await storage.transitions.advance(old, State.PREPARING, NOW_MS + 2) is None
    assert await storage.transitions.advance(newer, State.SUBMITTING, NOW_MS + 2, tries=9) is None
    assert await storage.transitions.end(newer, State.FAILED, NOW_MS + 2, charged=0) is None
    assert await storage.jobs.get(1) == owned


async def test_an_end_keeps_why_where_and_when(storage):
    job = await walk(storage, await make(storage), State.DELIVERING)

    ended = await storage.transitions.end(job, State.DONE, NOW_MS + 9, charged=30, posted=Posted(30, 77, "u"))
    why = Detail(DetailCode.PROCESS_DIED, (6, "fitting"))
    failed = await storage.transitions.end(
        await make(storage, 2), State.FAILED, NOW_MS, charged=0, failure=Failure.MODERATION, detail=why
    )

    address = replace(job.address, result_id=77, result_url="https://discord.com/channels/20/30/77")
    assert ended == replace(
        job, state=State.DONE, updated_at_ms=NOW_MS + 9, ended_at_ms=NOW_MS + 9, charged=30, address=address, card_rev=1
    )
    assert (failed.failure, failed.failure_detail, failed.charged) == (Failure.MODERATION, why, 0)
    assert [await storage.jobs.get(1), await storage.jobs.get(2)] == [ended, failed]


@pytest.mark.parametrize(
    "text",
    [
        "no end seen in 60 minutes",
        '{"code": "abducted", "figures": []}',
        '{"code": "no_end", "figures": []}',
        '{"code": "no_end", "figures": [[60]]}',
        '{"code": "no_end"}',
        '{"code": "refused_for_a_day", "figures": [], "causes": [{"code": "no_end", "figures": []}]}',
        '["no_end"]',
        "413",
        "",
    ],
)
async def test_a_detail_of_another_version_is_read_as_the_text_that_it_is(storage, text):
    await storage.transitions.end(await make(storage), State.FAILED, NOW_MS, charged=0, failure=Failure.OURS)
    old = "UPDATE jobs SET failure_detail = :text"
    await storage.database.write(lambda transaction: transaction.run(old, {"text": text}))
    assert (await storage.jobs.get(1)).failure_detail == said(text)


async def test_messages_are_remembered_in_any_state(storage):
    job = await make(storage)
    await placed(storage, job, card=5, thread=6)
    await storage.transitions.end(job, State.CANCELLED, NOW_MS, charged=0)
    await placed(storage, job, progress=8)

    address = (await storage.jobs.get(1)).address
    assert address == replace(job.address, card_id=5, thread_id=6, progress_id=8)


async def test_the_fullest_bar_that_was_shown_is_remembered(storage):
    job = await make(storage)
    for percent in (5, 60, 55):
        await storage.job_messages.show_bar(1, percent)
    assert await storage.jobs.get(1) == replace(job, bar_percent=60)


async def test_a_wish_to_discard_can_be_taken_back_until_the_job_ends(storage):
    job = await make(storage)

    assert (await storage.transitions.want_discard(1, True, NOW_MS, by=7)).discard
    assert not (await storage.transitions.want_discard(1, False, NOW_MS, by=7)).discard
    await storage.transitions.end(job, State.CANCELLED, NOW_MS, charged=0)
    assert await storage.transitions.want_discard(1, True, NOW_MS, by=7) is None
    assert await storage.transitions.want_discard(2, True, NOW_MS, by=7) is None


@pytest.mark.parametrize(("first", "second"), [(7, 50), (50, 7), (50, 51)])
async def test_the_first_member_who_threw_a_clip_away_stays_recorded(storage, first, second):
    job = await make(storage)
    assert job.member_id == 7

    await storage.transitions.want_discard(1, True, NOW_MS, by=first)
    again = await storage.transitions.want_discard(1, True, NOW_MS, by=second)

    assert (again.discard, again.discarded_by, again.moderated_away) == (True, first, first != 7)


@pytest.mark.parametrize(("threw_away", "keeps", "allowed"), [(7, 7, True), (50, 51, True), (7, 50, False), (50, 7, False)])
async def test_only_the_side_that_threw_a_clip_away_takes_it_back(storage, threw_away, keeps, allowed):
    await make(storage)
    await storage.transitions.want_discard(1, True, NOW_MS, by=threw_away)

    kept = await storage.transitions.want_discard(1, False, NOW_MS, by=keeps)

    assert (kept is not None) is allowed
    job = await storage.jobs.get(1)
    assert (job.discard, job.discarded_by) == ((False, None) if allowed else (True, threw_away))


async def test_a_member_sees_unfinished_jobs_first_and_then_the_latest_ended(storage):
    for number in range(1, 7):
        job = await make(storage, number, created_at_ms=NOW_MS + number)
        if number in {1, 3, 5}:
            await storage.transitions.end(job, State.FAILED, NOW_MS + 10 - number, charged=0)
    await make(storage, 8, member_id=8)

    assert [job.id for job in await jobs_of(storage)] == [6, 4, 2, 1, 3, 5]
    assert [job.id for [job] in await storage.jobs.of_member(7, 4)] == [6, 4, 2, 1]
    assert [job.id for [job] in await storage.jobs.of_member(7, 2)] == [6, 4]
    for size in (1, 2, 3, 4):
        pages = [await storage.jobs.of_member(7, size, skip) for skip in range(0, 8, size)]
        assert [job.id for page in pages for [job] in page] == [6, 4, 2, 1, 3, 5]


async def test_a_member_pages_through_orders_each_with_all_its_jobs_in_their_order(storage):
    for number in (10, 20, 30):
        jobs = tuple(a_new_job(number + place) for place in (1, 2, 3))
        new = replace(a_new_order(number), kind=OrderKind.TAKES, jobs=jobs, created_at_ms=NOW_MS + number)
        for job in (await storage.bookings.create(new, NO_BOUNDS)).jobs[: 3 if number == 10 else 2]:
            await storage.transitions.end(job, State.CANCELLED, NOW_MS + number, charged=0)
    await make(storage, 5, created_at_ms=NOW_MS + 25)
    whole = [[31, 32, 33], [5], [21, 22, 23], [11, 12, 13]]

    assert [[job.id for job in jobs] for jobs in await storage.jobs.of_member(7, 9)] == whole
    for size in (1, 2, 3):
        pages = [await storage.jobs.of_member(7, size, skip) for skip in range(0, 4, size)]
        assert [[job.id for job in jobs] for page in pages for jobs in page] == whole


async def test_an_order_in_which_a_clip_runs_comes_before_one_whose_clips_only_wait_for_a_place(storage):
    for number in (10, 20, 30):
        jobs = (a_new_job(number + 1), a_new_job(number + 2))
        new = replace(a_new_order(number), kind=OrderKind.TAKES, jobs=jobs, created_at_ms=NOW_MS + number)
        first, second = (await storage.bookings.create(new, NO_BOUNDS)).jobs
        waits = await walk(storage, first, State.DELIVERING)
        await storage.transitions.advance(waits, State.UNPOSTED, NOW_MS, unposted_at_ms=NOW_MS + 100 - number)
        if number != 10:
            await storage.transitions.end(second, State.CANCELLED, NOW_MS, charged=0)

    assert [[job.id for job in jobs] for jobs in await storage.jobs.of_member(7, 9)] == [[11, 12], [31, 32], [21, 22]]


async def test_clips_that_wait_for_a_place_are_listed_after_running_ones_and_the_first_to_end_before_the_others(storage):
    for number, waits_since in ((1, None), (2, 30), (3, 10), (4, 20), (5, None)):
        job = await walk(storage, await make(storage, number, created_at_ms=NOW_MS + number), State.DELIVERING)
        if waits_since is not None:
            await storage.transitions.advance(job, State.UNPOSTED, NOW_MS, unposted_at_ms=NOW_MS + waits_since)
        elif number == 1:
            await storage.transitions.end(job, State.FAILED, NOW_MS, charged=0)

    assert [job.id for job in await jobs_of(storage)] == [5, 3, 4, 2, 1]


async def test_experience_comes_from_similar_done_clips_of_the_nearest_length_then_the_latest(storage):
    clips = (
        (Kind.TEXT, Resolution.P720, 5, 50),
        (Kind.TEXT, Resolution.P720, 5, 51),
        (Kind.TEXT, Resolution.P720, 8, 80),
        (Kind.TEXT, Resolution.P720, 15, 150),
        (Kind.TEXT, Resolution.P1080, 5, 99),
        (Kind.IMAGE, Resolution.P720, 5, 98),
    )
    for number, (kind, resolution, duration, took) in enumerate(clips, start=1):
        request = a_request(kind, duration=duration, resolution=resolution)
        await finish(storage, await make(storage, number, request=request), NOW_MS + number, took)
    failed = await walk(storage, await make(storage, 20, request=a_request(resolution=Resolution.P720)), State.SUBMITTING)
    failed = await storage.transitions.advance(failed, State.GENERATING, NOW_MS, submitted_at_ms=1, generated_at_ms=2)
    await storage.transitions.end(failed, State.FAILED, NOW_MS, charged=0)

    assert await storage.jobs.took_ms("preview", Kind.TEXT, Resolution.P720, 6, 3) == [51, 50, 80]
    assert await storage.jobs.took_ms("preview", Kind.TEXT, Resolution.P720, 12, 9) == [150, 80, 51, 50]
    assert await storage.jobs.took_ms("scenario", Kind.TEXT, Resolution.P720, 5, 9) == []


async def test_the_fence_under_which_posting_began_stays_recorded(storage):
    job = await walk(storage, await make(storage), State.FITTING)
    assert job.posting_fence is None
    job = await storage.transitions.advance(job, State.DELIVERING, NOW_MS)
    assert job.posting_fence == 0
    [job] = await storage.job_recovery.take_over(NOW_MS)
    for state in (State.FITTING, State.DELIVERING):
        job = await storage.transitions.advance(job, state, NOW_MS)
    assert (job.fence, job.posting_fence) == (1, 0)


async def test_posting_elsewhere_takes_over_everything_of_that_place_and_changes_no_money(storage):
    job = await walk(storage, await make(storage), State.DELIVERING)
    why = {"failure": Failure.TOO_LARGE, "failure_detail": said("413"), "unposted_at_ms": NOW_MS, "upload_limit_tried": 9}
    job = await storage.transitions.advance(job, State.UNPOSTED, NOW_MS, **why)
    answers = {"asked_id": 94, "token": "t2", "token_expires_at_ms": 97, "upload_limit": 96}
    there = an_address(guild_id=99, channel_id=98, locale="de", card_id=95, member_locale="fr", **answers)
    await storage.asked.add(what_was_asked(there))

    posting = await storage.transitions.post_here(job, there, NOW_MS + 5)

    assert posting == await storage.jobs.get(job.id)
    assert posting.address == replace(there, guild_id=job.address.guild_id, in_place=True)
    assert (posting.state, posting.failure, posting.failure_detail) == (State.FITTING, None, None)
    assert (posting.upload_limit_tried, posting.unposted_at_ms, posting.updated_at_ms) == (None, NOW_MS, NOW_MS + 5)
    assert await storage.transitions.post_here(job, there, NOW_MS) is None


async def test_a_clip_that_waits_for_a_place_does_not_count_as_running(storage):
    await walk(storage, await make(storage), State.UNPOSTED)
    one = replace(NO_BOUNDS, member_running=1, guild_running=1)
    assert await book(storage, a_new_order(2), one) is not None
