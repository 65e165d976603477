"""Rows that this version can't read: no other row is affected, and nothing of them is lost."""

from __future__ import annotations

import logging

import pytest

from bot.domain.job import State
from bot.errors import StorageError, UnreadableJob
from bot.storage import open_storage
from tests.books import every_entry
from tests.factories import NOW_MS, TODAY, a_new_order, a_request, book, jobs_of

DAMAGES = {
    "a kind of another version": """request = '{"kind": "hologram", "prompt": "A secret kite"}'""",
    "a type of another version": "request = json_set(request, '$.type', 'portraits')",
    "a later version of a clip": "request = json_set(request, '$.version', 2)",
    "a field of another version": "request = json_set(request, '$.loudness', 3)",
    "a torn request": "request = substr(request, 1, 20)",
    "an unknown state": "state = 'dreaming'",
    "half a letter": "locale = CAST(x'64c3' AS TEXT)",
    "half a letter in the request": "request = CAST(x'7bc3' AS TEXT)",
}
ENDED_DAMAGES = {**DAMAGES, "an unknown failure": "failure = 'tired'"}
del ENDED_DAMAGES["an unknown state"]  # the table does not allow it for an ended job


@pytest.fixture
async def storage(tmp_path):
    async with open_storage(tmp_path / "books.db") as storage:
        yield storage


async def do(storage, *statements):
    for sql in statements:
        await storage.database.write(lambda transaction, sql=sql: transaction.run(sql, {}))


async def damage(storage, job_id, change):
    await do(storage, f"UPDATE jobs SET {change} WHERE id = {job_id}")  # noqa: S608  written above


async def made(storage, job_id, **changes):
    return await book(storage, a_new_order(job_id, **changes))


@pytest.mark.parametrize("change", DAMAGES.values(), ids=DAMAGES.keys())
async def test_an_unfinished_one_is_left_out_everywhere_and_keeps_its_credits(storage, change, caplog):
    for number in (1, 2, 3):
        await made(storage, number, parent_job_id=9)
    await damage(storage, 2, change)

    assert [job.id for job in await storage.job_recovery.take_over(NOW_MS)] == [1, 3]
    assert [job.id for job in await jobs_of(storage)] == [3, 1]
    assert (await storage.bookings.twin(9, 7, "preview", a_request(), 42)).id == 1
    for asked in (storage.jobs.get(2), storage.transitions.want_discard(2, True, NOW_MS, by=7)):
        with pytest.raises(UnreadableJob) as refused:
            await asked
        assert isinstance(refused.value, StorageError)
        assert refused.value.job_id == 2
    assert list(storage.job_recovery.unreadable()) == [2]
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 1
    assert "job 2 (2) is left alone" in caplog.text
    assert "kite" not in caplog.text + str(refused.value)
    # Its credits are still reserved, and it was not ended.
    assert await storage.ledger.booked(7, TODAY) == -90
    rows = await storage.database.read(lambda transaction: transaction.rows("SELECT * FROM jobs WHERE id = 2", {}))
    assert rows[0]["ended_at_ms"] is None


async def test_one_that_was_submitted_hides_no_other_from_the_search_for_lost_submits(storage):
    for number in (1, 2):
        job = await storage.transitions.advance(await made(storage, number), State.PREPARING, NOW_MS)
        await storage.transitions.advance(job, State.SUBMITTING, NOW_MS, submitted_at_ms=NOW_MS)
    await damage(storage, 1, DAMAGES["a torn request"])
    assert [job.id for job in await storage.provider_references.submitting("preview", ())] == [2]


@pytest.mark.parametrize("change", ENDED_DAMAGES.values(), ids=ENDED_DAMAGES.keys())
async def test_an_ended_one_hides_no_other_end(storage, change):
    for number in (1, 2, 3):
        await storage.transitions.end(await made(storage, number), State.FAILED, NOW_MS, charged=0)
    await damage(storage, 2, change)

    assert [job.id for job in await storage.posts.behind(NOW_MS)] == [1, 3]
    assert [job.id for job in await jobs_of(storage)] == [3, 1]
    assert list(storage.job_recovery.unreadable()) == [2]


async def test_a_second_try_is_booked_beside_a_twin_that_can_not_be_read(storage):
    await made(storage, 1, parent_job_id=9)
    await damage(storage, 1, DAMAGES["a torn request"])
    assert await made(storage, 2, parent_job_id=9, once=True) is not None


@pytest.mark.parametrize("charged", [0, 12, 30])
async def test_a_job_whose_reserve_is_missing_ends_uncharged_instead_of_never(storage, charged, caplog):
    job = await made(storage, 1)
    await do(storage, "DROP TRIGGER ledger_is_never_shortened", "DELETE FROM ledger")

    ended = await storage.transitions.end(job, State.FAILED, NOW_MS, charged=charged)
    assert (ended.state, ended.charged) == (State.FAILED, 0)
    assert await storage.jobs.get(1) == ended
    assert await every_entry(storage, 7) == []
    assert "its reserve is missing" in caplog.text


@pytest.mark.parametrize("content", ["'{\"prom'", "'[1]'", "CAST(x'7bc3' AS TEXT)"])
async def test_a_damaged_draft_counts_as_missing(storage, content):
    await storage.drafts.save(1, 7, {"prompt": "A kite"}, NOW_MS)
    await storage.drafts.save(2, 7, {"prompt": "A boat"}, NOW_MS)
    await do(storage, f"UPDATE drafts SET content = {content} WHERE id = 1")  # noqa: S608  written above
    assert await storage.drafts.load(1, 7) is None
    assert await storage.drafts.load(2, 7) == {"prompt": "A boat"}
    assert await storage.drafts.bytes_kept(7) == 0


async def test_an_entry_of_the_ledger_that_can_not_be_read_hides_no_other(storage):
    for note in ("one", "two"):
        await storage.ledger.grant(7, None, 5, NOW_MS, note)
    await do(storage, "DROP TRIGGER ledger_is_never_changed", "UPDATE ledger SET note = CAST(x'c3' AS TEXT) WHERE note = 'one'")
    assert [entry.note for entry in await storage.ledger.entries(7, 9)] == ["two"]


async def test_a_list_that_is_asked_for_in_pages_goes_on_behind_those_that_can_not_be_read(storage):
    for number in range(1, 9):
        job = await made(storage, number, created_at_ms=NOW_MS + number)
        if number < 6:
            await storage.transitions.end(job, State.CANCELLED, NOW_MS + number, charged=0)
    for number in (8, 5, 4):
        await damage(storage, number, DAMAGES["a torn request"])
    pages = [await storage.jobs.of_member(7, 3, skip) for skip in (0, 2, 4, 6, 8)]
    assert [[job.id for [job] in page] for page in pages] == [[7, 6, 3], [6, 3, 2], [3, 2, 1], [2, 1], []]
