"""Whatever an older version stored is there after this one opened its database. The old tables say what is expected."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from bot.detail import detail_of
from bot.domain.clip import ClipRequest, Kind, Resolution
from bot.domain.job import Address, Job
from bot.domain.order import OrderKind, by_interaction, by_operator
from bot.domain.pause import Pause
from bot.domain.quota import Bounds, Span
from bot.errors import QuotaRefused
from bot.operator_answer import Ended, Said, Word
from bot.ports import OperatorAction
from bot.storage import copies, open_storage
from bot.storage.schema import shipped
from tests.factories import NO_BOUNDS, a_new_order, jobs_of
from tests.fixtures.old_databases import ALICE, DAY_MS, GUILD, KILLED_MS, MEMBERS, OTHER_GUILD, checked, dump

EVER = Span(0, 2**53)
SPANS = (EVER, *(Span(day, day + DAY_MS) for day in range(KILLED_MS - 41 * DAY_MS - DAY_MS // 2, KILLED_MS, DAY_MS)))
"""All time, and each day in which something was booked."""
IN_THE_REQUEST = {"kind", "resolution", "duration"}
BY_ITSELF = {"shown"}
NOTHING_ANSWERS = {"application_id": 0, "token": "", "token_expires_at_ms": 0, "upload_limit": 0}


async def test_a_copy_is_made_first_which_holds_all_that_the_old_version_stored(old):
    before = dump(old.path)
    for _ in range(2):
        async with open_storage(old.path):
            pass
    (copy,) = copies.copies_of(old.path)
    assert copy.schema == old.schema
    assert dump(copy.path) == before


async def test_the_new_file_is_whole_and_no_row_points_to_one_that_is_not_there(old):
    async with open_storage(old.path) as storage:
        assert await storage.schema_version() == len(shipped())
    assert checked(old.path, "integrity_check") == [("ok",)]
    assert checked(old.path, "foreign_key_check") == []


def found(job, column):
    """What the job has in place of the old column, as the old version stored it."""
    value = getattr(job if column in {field.name for field in fields(Job)} else job.address, column)
    return int(value) if isinstance(value, bool) else value


def stored(column, value):
    match column:
        case "request":
            return ClipRequest.model_validate_json(value)
        case "failure_detail":
            return None if value is None else detail_of(value)
    return value


def answerable(old, row):
    """Whether what answers the job's interaction may still be of use."""
    lives = row["token_expires_at_ms"] > old.number("SELECT MAX(updated_at_ms) FROM jobs")
    return row["token"] != "" and (lives or row["ended_at_ms"] is None)


async def test_every_job_is_there_with_every_fact_and_its_language(old, storage):
    names = {field.name for field in (*fields(Job), *fields(Address))}
    for stored_row in old.rows("SELECT * FROM jobs"):
        row = stored_row if answerable(old, stored_row) else {**stored_row, **NOTHING_ANSWERS}
        job = await storage.jobs.get(row["id"])
        assert set(row) - names == IN_THE_REQUEST | BY_ITSELF
        kept = {column: value for column, value in row.items() if column in names}
        if kept.get("way") is None:
            # Not every version stored by which way it sent a clip; where it went stands in its link.
            kept.pop("way", None)
        assert {column: found(job, column) for column in kept} == {column: stored(column, kept[column]) for column in kept}
        assert json.loads(job.request.model_dump_json()) == {"type": "clip", "version": 1, **json.loads(row["request"])}
        assert job.address.member_locale == row.get("member_locale", row["locale"])
    assert not storage.job_recovery.unreadable()


async def test_each_token_that_may_be_of_use_is_there_once_until_it_expires_and_no_other_is(old, storage):
    rows = old.rows("SELECT * FROM jobs WHERE token <> ''")
    times = {row["token"]: int(answerable(old, row)) for row in rows}
    assert set(times.values()) == {0, 1}
    lines = dump(old.path)
    assert {token: sum(f"'{token}'" in line for line in lines) for token in times} == times
    await storage.asked.prune(KILLED_MS + 15 * 60_000)
    assert not [line for line in dump(old.path) if "'token-of-" in line]


async def test_nothing_that_was_asked_before_is_begun_again(old, storage):
    assert await storage.asked.left() == []
    for row in old.rows("SELECT * FROM jobs"):
        job = await storage.jobs.get(row["id"])
        assert job.address.asked_id == (row["id"] if row["token"] else None)
        assert job.address.by_operator is (row["token"] == "")


async def test_sentences_of_the_first_version_are_read_as_they_stand(old, storage):
    for row in old.rows("SELECT id, failure_detail FROM jobs WHERE failure_detail NOT LIKE '{%'"):
        assert str((await storage.jobs.get(row["id"])).failure_detail) == row["failure_detail"]


@pytest.mark.parametrize("broke", [False, True])
async def test_every_unfinished_job_is_taken_over_and_every_end_that_was_not_shown_is_known(old, storage, broke):
    fences = {row["id"]: row["fence"] for row in old.rows("SELECT id, fence FROM jobs WHERE ended_at_ms IS NULL")}
    taken = await storage.job_recovery.take_over(KILLED_MS, broke=broke)
    assert {job.id: job.fence for job in taken} == {job_id: fence + 1 for job_id, fence in fences.items()}
    unshown = [row["id"] for row in old.rows("SELECT id FROM jobs WHERE ended_at_ms IS NOT NULL AND shown = 0")]
    assert sorted(job.id for job in await storage.posts.behind(KILLED_MS)) == sorted(unshown)
    assert not storage.job_recovery.unreadable()


async def test_members_find_their_jobs_in_the_same_order(old, storage):
    running = """SELECT id FROM jobs WHERE member_id = ? AND ended_at_ms IS NULL AND state <> 'unposted'
        ORDER BY created_at_ms DESC, id DESC"""
    ended = "SELECT id FROM jobs WHERE member_id = ? AND ended_at_ms IS NOT NULL ORDER BY ended_at_ms DESC, id DESC"
    for member_id in MEMBERS:
        listed = [job for job in await jobs_of(storage, member_id) if job.state != "unposted"]
        assert [job.id for job in listed if not job.ended] == [row["id"] for row in old.rows(running, member_id)]
        assert [job.id for job in listed if job.ended] == [row["id"] for row in old.rows(ended, member_id)]


# -- money -----------------------------------------------------------------------------------------------------------------

COUNTED = "SELECT COALESCE(SUM(credits), 0) FROM ledger WHERE counts_at_ms >= ? AND counts_at_ms < ? AND "


async def test_every_members_credits_are_the_same_in_every_window(old, storage):
    for span in SPANS:
        for member_id in MEMBERS:
            at = (span.start_ms, span.end_ms, member_id)
            assert await storage.ledger.booked(member_id, span) == old.number(f"{COUNTED} member_id = ?", *at)
            granted = old.number(f"{COUNTED} member_id = ? AND entry = 'grant'", *at)
            assert await storage.ledger.granted(member_id, span) == granted
    assert await storage.ledger.booked(ALICE, EVER) != 0


@pytest.mark.parametrize("guild_id", [GUILD, OTHER_GUILD])
async def test_every_servers_credits_are_the_same_in_every_window(old, storage, guild_id):
    """No method of the store returns what a server has spent, so the test asks for a booking with a cap of 0 credits.

    The refusal says how many credits are left: 0 minus those that the server has spent.
    """
    for span in SPANS:
        with pytest.raises(QuotaRefused) as refused:
            await storage.bookings.check_bounds(1, guild_id, "scenario", (10_000,), Bounds(span, None, 0, None, None))
        (crossed,) = refused.value.crossed
        at = (span.start_ms, span.end_ms, guild_id)
        assert crossed.left == old.number(f"{COUNTED} guild_id = ? AND entry <> 'grant'", *at)


async def test_every_row_of_the_ledger_is_there_unchanged_and_in_order(old, storage):
    for member_id in MEMBERS:
        rows = old.rows("SELECT * FROM ledger WHERE member_id = ? AND credits <> 0 ORDER BY id DESC", member_id)
        entries = await storage.ledger.entries(member_id, 1000)
        assert [{name: getattr(entry, name) for name in row} for entry, row in zip(entries, rows, strict=True)] == rows
    for job_id in old.jobs.values():
        rows = old.rows("SELECT entry, credits FROM ledger WHERE job_id = ? ORDER BY id", job_id)
        assert [{"entry": each.entry, "credits": each.credits} for each in await storage.ledger.of_job(job_id)] == rows


@pytest.mark.parametrize("provider", ["scenario", "preview"])
async def test_running_jobs_count_towards_the_caps_as_before(old, storage, provider):
    sql = "SELECT COUNT(*) FROM jobs WHERE {} = ? AND provider = ? AND ended_at_ms IS NULL AND state <> 'unposted'"
    owners = [("member_id", member, None) for member in MEMBERS]
    for column, member_id, guild_id in (*owners, ("guild_id", 1, GUILD), ("guild_id", 1, OTHER_GUILD)):
        running = old.number(sql.format(column), guild_id or member_id, provider)
        caps = (None, running) if guild_id else (running, None)
        with pytest.raises(QuotaRefused) as refused:
            await storage.bookings.check_bounds(member_id, guild_id, provider, (0,), Bounds(EVER, None, None, *caps))
        assert [each.limit for each in refused.value.crossed] == [running]
        room = tuple(None if cap is None else cap + 1 for cap in caps)
        await storage.bookings.check_bounds(member_id, guild_id, provider, (0,), Bounds(EVER, None, None, *room))


# -- what a booking or a lost submit looks up ------------------------------------------------------------------------------


async def test_a_final_that_was_made_is_still_found_as_the_twin_of_another(old, storage):
    final = await storage.jobs.get(old.id("done as final"))
    twin = await storage.bookings.twin(old.id("done"), ALICE, "scenario", final.request, final.seed)
    assert twin is not None
    assert twin.id == final.id


async def test_every_job_is_an_order_of_its_own_and_what_asked_for_it_books_nothing_again(old, storage):
    retried = {row["new_job_id"] for row in old.rows("SELECT new_job_id FROM operator_requests")} if old.schema > 1 else set()
    for row in old.rows("SELECT * FROM jobs"):
        job_id = row["id"]
        source = by_operator(job_id) if job_id in retried else by_interaction(job_id)
        booking = await storage.bookings.create(a_new_order(9, source=source), NO_BOUNDS)
        order = booking.order
        assert (booking.new, [job.id for job in booking.jobs], order.kind) == (False, [job_id], OrderKind.CLIP)
        kept = (order.member_id, order.guild_id, order.parent_job_id, order.private, order.created_at_ms, order.ended_at_ms)
        names = ("member_id", "guild_id", "parent_id", "private", "created_at_ms", "ended_at_ms")
        assert kept == tuple(row[name] for name in names)


async def test_every_clip_at_the_provider_is_still_its_jobs(old, storage):
    rows = old.rows("SELECT id, provider, provider_reference AS at, ended_at_ms FROM jobs WHERE provider_reference IS NOT NULL")
    for row in rows:
        assert await storage.provider_references.holder(row["provider"], row["at"]) == row["id"]
    held = await storage.provider_references.held("scenario")
    assert held >= {row["at"] for row in rows if row["provider"] == "scenario" and row["ended_at_ms"] is None}
    seeds = [row["seed"] for row in old.rows("SELECT seed FROM jobs WHERE state = 'submitting'")]
    submitting = await storage.provider_references.submitting("scenario", seeds)
    assert {job.id for job in submitting} == {old.id("submitting"), old.id("submitting and accepted")}


async def test_how_long_clips_took_is_still_known(old, storage):
    took = "SELECT generated_at_ms - submitted_at_ms AS took FROM jobs WHERE state = 'done' AND provider = 'scenario'"
    rows = old.rows(f"{took} AND kind = 'text' AND resolution = '720P'")
    known = await storage.jobs.took_ms("scenario", Kind.TEXT, Resolution.P720, 5, 100)
    assert sorted(known) == sorted(row["took"] for row in rows)


# -- pictures, drafts, settings --------------------------------------------------------------------------------------------


async def test_every_draft_loads_for_its_member_alone(old, storage):
    rows = old.rows("SELECT * FROM drafts")
    assert len(rows) == 5
    for row in rows:
        assert await storage.drafts.load(row["id"], row["member_id"]) == json.loads(row["content"])
        assert await storage.drafts.load(row["id"], 1) is None


async def test_every_picture_is_there_and_none_that_a_job_or_a_draft_needs_is_ever_pruned(old, storage):
    for _ in range(2):
        for row in old.rows("SELECT * FROM blobs"):
            assert await storage.kept_pictures.get(row["sha256"]) == (row["content"], row["media_type"])
        await storage.kept_pictures.prune(KILLED_MS + 100 * DAY_MS)
    for row in old.rows("SELECT * FROM uploads"):
        assert await storage.kept_pictures.uploaded(row["provider"], row["sha256"]) == row["reference"]


async def test_settings_pauses_and_multipliers_are_there(old, storage):
    for row in old.rows("SELECT key, value FROM settings WHERE key <> 'clock.scenario' AND key NOT LIKE 'hold.%'"):
        assert await storage.key_values.read(row["key"]) == row["value"]
    pauses = {
        OTHER_GUILD: Pause(None, "until the contest is over"),
        None: Pause(KILLED_MS - 2 * DAY_MS, "the first maintenance"),
    }
    assert dict(await storage.pauses.all()) == (pauses if old.schema > 1 else {})
    assert await storage.multipliers.last(ALICE) == (1.5 if old.schema > 1 else None)


async def test_what_was_known_of_the_provider_is_known(old, storage):
    kept = {row["key"]: row["value"] for row in old.rows("SELECT key, value FROM settings")}
    assert await storage.provider_states.clock_skew_ms("scenario") == int(kept.get("clock.scenario", 0))
    for provider in ("scenario", "preview"):
        gates = (await storage.provider_states.read(provider)).gates
        told = [
            {"why": why, "since_ms": since_ms, "kinds": None if kinds is None else sorted(kinds), "told": gate.told}
            for gate in gates
            for why, since_ms, kinds in [(gate.standstill.why, gate.standstill.since_ms, gate.standstill.kinds)]
        ]
        assert told == json.loads(kept.get(f"hold.{provider}", "[]"))


async def test_what_the_operator_asked_for_stands_with_its_answers(old, storage):
    if old.schema == 1:
        assert await storage.requests.unanswered() == []
        return
    half, end, retry = await storage.requests.unanswered()
    assert (half.job_id, half.new_job_id) == (old.id("failed as ours"), old.id("retried by the operator"))
    assert (retry.action, retry.job_id, retry.sure) == (OperatorAction.RETRY, old.id("failed by timeout"), True)
    assert (end.action, end.job_id, end.sure) == (OperatorAction.END, old.id("queued"), False)
    answered = [row["id"] for row in old.rows("SELECT id FROM operator_requests WHERE answered_at_ms IS NOT NULL ORDER BY id")]
    ended, refused = [await storage.requests.answer_of(request_id) for request_id in answered]
    assert (ended.done, ended.remarks) == (True, (Ended("abc", 30, ALICE),))
    assert (refused.done, refused.remarks) == (False, (Said(Word.TOO_OLD),))
