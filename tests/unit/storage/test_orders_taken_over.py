"""A file from before orders and accounts: each job becomes an order of one job, and nobody's credits change."""

from __future__ import annotations

import itertools
import random
import sqlite3
from contextlib import closing

import pytest

from bot.domain.job import ENDED, Address, State
from bot.domain.order import Order, OrderKind
from bot.domain.quota import Span
from bot.ports import Entry
from bot.storage import open_storage
from bot.storage.schema import migrate, shipped
from tests.books import every_entry
from tests.factories import DAY_MS, NOW_MS, a_request

BEFORE_ORDERS = 5
MEMBERS, GUILDS = range(700, 706), (None, 20, 21)
SPANS = [Span(NOW_MS + DAY_MS * day, NOW_MS + DAY_MS * (day + length)) for day in range(-3, 3) for length in (1, 7)]
JOB = """
INSERT INTO jobs (
    id, member_id, guild_id, parent_id, state, request, kind, resolution, duration, seed, provider, cost, created_at_ms,
    updated_at_ms, ended_at_ms, charged, application_id, channel_id, token, token_expires_at_ms, upload_limit, locale,
    private, in_place, discard, discarded_by, starts, fence, card_id, way, member_locale
) VALUES (
    :id, :member_id, :guild_id, :parent_id, :state, :request, 'text', '720P', 5, :seed, 'scenario', 30, :at_ms,
    :at_ms, :ended_at_ms, :charged, 1, 30, 'token', :at_ms, 10, 'de', :private, 0, 1, :member_id, 2, 3, 4, 'direct', 'fr'
)
"""
ENTRY = """
INSERT INTO ledger (job_id, member_id, guild_id, entry, credits, at_ms, counts_at_ms, note)
VALUES (:job_id, :member_id, :guild_id, :entry, :credits, :at_ms, :at_ms, :note)
"""
BOOKED = "SELECT COALESCE(SUM(credits), 0) FROM ledger WHERE counts_at_ms >= ? AND counts_at_ms < ? AND "
OF_MEMBER, OF_GUILD = "member_id = ?", "guild_id = ? AND entry <> 'grant'"


def seed(connection):
    """Three jobs of each state, whose members, servers and days are drawn at random, and a grant for each member."""
    dice = random.Random(9)  # noqa: S311  for variety, not for secrets
    for number, state in enumerate([*State] * 3, start=1):
        at_ms = NOW_MS + dice.randrange(-3 * DAY_MS, 3 * DAY_MS)
        ended = state in ENDED
        charged = dice.choice((0, 12, 30)) if ended else None
        job = {
            "id": 10**18 + number,
            "member_id": dice.choice(MEMBERS[:-1]),
            "guild_id": dice.choice(GUILDS),
            "parent_id": None if number % 2 else 10**18 + number - 1,
            "state": state,
            "request": a_request().model_dump_json(),
            "seed": number,
            "at_ms": at_ms,
            "ended_at_ms": at_ms + 5 if ended else None,
            "charged": charged,
            "private": number % 2,
        }
        connection.execute(JOB, job)
        entry = {name: job[name] for name in ("member_id", "guild_id", "at_ms")} | {"job_id": job["id"], "note": ""}
        connection.execute(ENTRY, entry | {"entry": "reserve", "credits": -30})
        if charged is not None:
            connection.execute(ENTRY, entry | {"entry": "settle" if charged else "release", "credits": 30 - charged})
    for number, member in enumerate(MEMBERS):
        # The last one was given credits and never made a clip.
        given = {"member_id": member, "guild_id": None, "job_id": None, "entry": "grant"}
        connection.execute(ENTRY, given | {"credits": 10 * number - 20, "at_ms": NOW_MS, "note": f"gift {number}"})


def sums(connection):
    of_member = {
        (member, span): connection.execute(BOOKED + OF_MEMBER, (span.start_ms, span.end_ms, member)).fetchone()[0]
        for member, span in itertools.product(MEMBERS, SPANS)
    }
    of_guild = {
        (guild, span): connection.execute(BOOKED + OF_GUILD, (span.start_ms, span.end_ms, guild)).fetchone()[0]
        for guild, span in itertools.product(GUILDS, SPANS)
    }
    return of_member, of_guild


@pytest.fixture
def old(tmp_path):
    """Path, jobs and ledger of a file of the schema before orders."""
    path = tmp_path / "books.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        migrate(connection, path, shipped()[:BEFORE_ORDERS])
        seed(connection)
        connection.row_factory = sqlite3.Row
        jobs = [dict(row) for row in connection.execute("SELECT * FROM jobs ORDER BY id")]
        ledger = [dict(row) for row in connection.execute("SELECT * FROM ledger ORDER BY id DESC")]
        return path, jobs, ledger, sums(connection)


async def test_every_sum_of_every_member_server_and_span_is_the_same(old):
    path, _, ledger, (of_member, of_guild) = old
    async with open_storage(path) as storage:
        for (member, span), booked in of_member.items():
            assert await storage.ledger.booked(member, span) == booked
        for member in MEMBERS:
            entries = await every_entry(storage, member)
            before = [row for row in ledger if row["member_id"] == member]
            names = ("id", "job_id", "guild_id", "entry", "credits", "at_ms", "counts_at_ms", "note")
            assert [[getattr(entry, name) for name in names] for entry in entries] == [
                [row[name] for name in names] for row in before
            ]
            for span in SPANS:
                counted = [row for row in before if span.start_ms <= row["counts_at_ms"] < span.end_ms]
                granted = sum(row["credits"] for row in counted if row["entry"] == Entry.GRANT)
                assert await storage.ledger.granted(member, span) == granted
    with closing(sqlite3.connect(path)) as connection:
        for (guild, span), booked in of_guild.items():
            assert connection.execute(BOOKED + OF_GUILD, (span.start_ms, span.end_ms, guild)).fetchone()[0] == booked
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


async def test_every_job_is_an_order_of_one_job_with_the_same_id(old):
    path, jobs, *_ = old
    async with open_storage(path) as storage:
        for row in jobs:
            job = await storage.jobs.get(row["id"])
            order = await storage.jobs.order(row["id"])
            assert order == Order(
                id=row["id"],
                source=f"interaction:{row['id']}",
                kind=OrderKind.CLIP,
                member_id=row["member_id"],
                guild_id=row["guild_id"],
                parent_job_id=row["parent_id"],
                private=bool(row["private"]),
                locale="de",
                created_at_ms=row["created_at_ms"],
                ended_at_ms=row["ended_at_ms"],
            )
            assert await storage.jobs.of_order(order.id) == await storage.jobs.of_source(order.source) == [job]
            assert (job.order_id, job.position, job.state, job.charged) == (job.id, 0, row["state"], row["charged"])
            assert (job.member_id, job.parent_id, job.discarded_by) == (row["member_id"], row["parent_id"], row["member_id"])
            # The token has expired: an ended job loses it, an unfinished one keeps it.
            row["token"] = "token" if row["ended_at_ms"] is None else ""
            same = ("guild_id", "channel_id", "token", "locale", "member_locale", "card_id", "way")
            assert [getattr(job.address, name) for name in same] == [row[name] for name in same]
            assert isinstance(job.address, Address)


async def test_an_unfinished_job_goes_on_to_its_end_which_ends_its_order(old):
    path, *_ = old
    async with open_storage(path) as storage:
        job = next(job for job in await storage.job_recovery.take_over(NOW_MS) if job.state is State.DELIVERING)
        assert job.fence == 4
        assert await storage.transitions.end(job, State.DONE, NOW_MS + 9, charged=30) is not None
        assert (await storage.jobs.order(job.order_id)).ended_at_ms == NOW_MS + 9
        assert [entry.entry for entry in await storage.ledger.of_job(job.id)] == [Entry.RESERVE, Entry.SETTLE]


async def test_a_retry_that_the_operator_asked_for_is_found_by_its_request(old):
    path, jobs, *_ = old
    asked = "INSERT INTO operator_requests (job_id, action, sure, new_job_id, at_ms) VALUES (?, 'retry', 1, ?, 0)"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(asked, (jobs[0]["id"], jobs[1]["id"]))
    async with open_storage(path) as storage:
        (found,) = await storage.jobs.of_source(f"operator:{jobs[1]['id']}")
        assert found.id == jobs[1]["id"]
