"""What every store promises the operator: requests get one answer, and broken rows can be shown and ended unread."""

from __future__ import annotations

import pytest

from bot.detail import Detail, DetailCode, said
from bot.domain.job import Failure, State
from bot.domain.pause import Pause
from bot.errors import Paused
from bot.operator_answer import AnotherTry, Bound, NothingLeft, Report, ReportCode, Said, Stored, Word
from bot.ports import Entry, OperatorAction, OperatorAnswer
from tests.factories import NOW_MS, TODAY, a_new_order, an_address, an_unasked_address, book


async def test_a_request_stays_open_until_it_is_answered_and_keeps_its_first_answer(opened):
    async with opened() as storage:
        first = await storage.requests.add(OperatorAction.RETRY, 5, sure=True, new_job_id=77, at_ms=NOW_MS)
        second = await storage.requests.add(OperatorAction.END, 6, sure=False, new_job_id=78, at_ms=NOW_MS)
        assert await storage.requests.answer_of(first) is None
    async with opened() as storage:
        found = await storage.requests.unanswered()
        assert [(each.id, each.action, each.job_id, each.sure, each.new_job_id, each.at_ms) for each in found] == [
            (first, OperatorAction.RETRY, 5, True, 77, NOW_MS),
            (second, OperatorAction.END, 6, False, 78, NOW_MS),
        ]
        report = Report(ReportCode.STATUS, "scenario", reference="run-5", phase="failed", detail=said("no"), billed=False)
        bound = Bound("allowance", 90, 20, 900)
        answer = OperatorAnswer(done=True, remarks=(AnotherTry("5", 7, 90, report), NothingLeft(7, (bound,))))
        await storage.requests.answer(first, answer, NOW_MS)
        await storage.requests.answer(first, OperatorAnswer(done=False, remarks=(Said(Word.TOO_OLD),)), NOW_MS)
        assert await storage.requests.answer_of(first) == answer
        assert [each.id for each in await storage.requests.unanswered()] == [second]


@pytest.mark.parametrize(
    "text",
    [
        "Job 5 has ended; its 30 credits are back with member 7.",
        '{"is": "Ended"}',
        '[{"is": "Hologram", "job": "5"}]',
        '[{"is": "Ended", "job": "5"}]',
        '["Ended"]',
        "5",
        "[" * 100_000,
        '[{"is":"AnotherTry","job":"5","member_id":7,"cost":3,"report":{"code":"status","detail":{"code":"broke"}}}]',
    ],
    ids=lambda text: text[:20],
)
async def test_an_answer_of_another_version_is_read_as_the_text_that_it_is(storage, text):
    request = await storage.requests.add(OperatorAction.END, 5, sure=True, new_job_id=77, at_ms=NOW_MS)
    old = "UPDATE operator_requests SET answered_at_ms = 1, done = 1, answer = :text"
    await storage.database.write(lambda transaction: transaction.run(old, {"text": text}))
    assert await storage.requests.answer_of(request) == OperatorAnswer(done=True, remarks=(Stored(text),))


async def test_a_job_that_waits_alone_can_be_resumed_and_an_ended_one_can_not(storage):
    job = await book(storage, a_new_order(1))
    job = await storage.transitions.advance(job, State.PREPARING, NOW_MS)
    job = await storage.transitions.advance(
        job, State.QUEUED, NOW_MS + 1, not_before_ms=NOW_MS + 9_000, troubled_since_ms=NOW_MS
    )

    resumed = await storage.job_recovery.resume(1)

    assert resumed.troubled_since_ms is None
    assert (resumed.not_before_ms, resumed.starts, resumed.state, resumed.fence) == (None, 0, State.QUEUED, job.fence)
    # A resume leaves this time as it is: once it is old, a process that is about to post a clip first looks whether another one
    # has taken the job over.
    assert resumed.updated_at_ms == NOW_MS + 1
    await storage.transitions.end(resumed, State.CANCELLED, NOW_MS, charged=0)
    assert await storage.job_recovery.resume(1) is None
    assert await storage.job_recovery.resume(404) is None


async def test_a_row_is_told_as_it_stands_without_its_token(storage):
    await book(storage, a_new_order(1))
    columns = await storage.jobs.columns(1)
    assert (columns["id"], columns["state"], columns["provider"]) == (1, "queued", "preview")
    assert "token" not in columns
    assert "interaction-token" not in str(columns)
    assert await storage.jobs.columns(2) is None


async def test_a_row_is_ended_without_being_read_and_its_reserve_released_once(storage):
    await book(storage, a_new_order(1))
    assert [await storage.job_recovery.end_unreadable(1, NOW_MS) for _ in range(2)] == [True, False]
    job = await storage.jobs.get(1)
    assert (job.state, job.failure, job.charged) == (State.FAILED, Failure.STOPPED, 0)
    assert job.failure_detail == Detail(DetailCode.ENDED_UNREAD)
    assert [(each.entry, each.credits) for each in await storage.ledger.of_job(1)] == [
        (Entry.RESERVE, -30),
        (Entry.RELEASE, 30),
    ]
    assert await storage.ledger.booked(7, TODAY) == 0
    assert await storage.posts.behind(NOW_MS) == []
    assert await storage.ledger.of_job(2) == []


@pytest.mark.parametrize("place", [None, 20])
async def test_during_a_pause_only_the_operators_retries_are_booked(opened, place):
    theirs = a_new_order(1, address=an_address(guild_id=20))
    async with opened() as shell, opened() as bot:
        await shell.pauses.change(place, Pause(NOW_MS + 1, "New prices"), NOW_MS)
        with pytest.raises(Paused) as refused:
            await book(bot, theirs)
        assert (refused.value.until_ms, refused.value.why, refused.value.here) == (NOW_MS + 1, "New prices", place is not None)
        assert await bot.ledger.entries(theirs.member_id, 9) == []
        again = a_new_order(2, address=an_unasked_address(guild_id=20))
        assert await book(bot, again) is not None
        assert await book(bot, a_new_order(3, created_at_ms=NOW_MS + 1)) is not None
        await shell.pauses.change(place, Pause(None, ""), NOW_MS)
        assert await book(bot, a_new_order(3)) is None, "a redelivered interaction finds its job"
