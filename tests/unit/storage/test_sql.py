"""The SQL statements: SQLite can prepare each, and only columns that may change get into a statement's text."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from bot.domain.job import OUT_OF_LINE, State
from bot.ports import JobChanges
from bot.storage.sql import changing, statement
from bot.storage.sqlite import SqliteDatabase

FILES = sorted(
    (file.name.removesuffix(".sql"), file.read_text("utf-8"))
    for file in resources.files("bot.storage").joinpath("statements").iterdir()
)
NAMES = [f"{noun}.{name}" for noun, text in FILES for name in re.findall(r"-- name: (\w+)", text)]


def test_no_name_is_given_twice():
    assert len(NAMES) == len(set(NAMES)) > 20


def test_a_statement_that_is_not_there_is_an_error_at_once():
    with pytest.raises(KeyError):
        statement("jobs.nothing_of_that_name")


@pytest.fixture
async def database(tmp_path):
    database = await SqliteDatabase.open(tmp_path / "books.db")
    yield database
    await database.close()


async def test_every_statement_is_understood_and_none_walks_a_whole_table(database):
    # Only small sets may be read as a whole: the indexes of unfinished jobs and of posts that are behind, open requests, what
    # was asked and is not settled, a day's drafts, one page of orders, and the pictures inside one draft, which SQLite shows as
    # a table.
    little = (
        "INDEX jobs_un",
        "INDEX posts_behind",
        "latest",
        "SCAN drafts",
        "SCAN page",
        "SCAN picture VIRTUAL",
        "INDEX operator_requests_open",
        "INDEX asked_left",
    )
    # A search for all jobs of one provider reads nearly the whole table.
    all_of_one = re.compile(r"SEARCH jobs USING INDEX \w+ \(provider=\?( AND \w+>\?)?\)")
    # For a new parent row SQLite plans a scan of its children, but makes it only while a deferred foreign key is broken.
    parents = {"accounts.add_person", "accounts.add", "orders.insert", "jobs.insert"}
    recent = "INDEX jobs_by_age (provider=? AND created_at_ms>?)"
    for name in NAMES:
        sql = statement(name)
        parameters = dict.fromkeys(re.findall(r":(\w+)", sql))
        plan = await database.write(
            lambda transaction, sql=sql, parameters=parameters: [
                row["detail"] for row in transaction.rows(f"EXPLAIN QUERY PLAN {sql}", parameters)
            ]
        )
        allowed = (*little, "SCAN orders", "SCAN accounts") if name in parents else little
        walks = [line for line in plan if line.startswith("SCAN") and not any(word in line for word in allowed)]
        walks += [line for line in plan if all_of_one.fullmatch(line) and recent not in line]
        assert (name, walks) == (name, [])


def test_changed_columns_are_written_in_and_strangers_refused():
    sql = changing("UPDATE t SET a = 1 /*changes*/ WHERE b", {"tries": 1, "seed": 2}, frozenset({"tries", "seed"}))

    assert sql == "UPDATE t SET a = 1 , seed = :seed, tries = :tries WHERE b"
    assert changing("SET a = 1 /*changes*/", {}, frozenset()) == "SET a = 1 "
    with pytest.raises(ValueError, match="may not be changed here: cost"):
        changing("SET a = 1 /*changes*/", {"cost": 0}, frozenset({"tries"}))


async def test_every_field_that_a_caller_may_change_is_a_column(database):
    rows = await database.read(lambda transaction: transaction.rows("PRAGMA table_info(jobs)", {}))

    assert JobChanges.__optional_keys__ <= {row["name"] for row in rows}


def test_a_take_over_counts_starts_in_the_states_in_which_work_of_ours_may_break():
    (listed,) = re.findall(r"state IN \(([^)]+)\)", statement("jobs.take_over"))
    ours = OUT_OF_LINE - {State.GENERATING}
    assert sorted(re.findall(r"'(\w+)'", listed)) == sorted(ours)
