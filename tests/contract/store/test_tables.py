"""What the tables themselves refuse, whatever a statement asks for."""

from __future__ import annotations

import pytest

from bot.errors import StorageError
from tests.factories import NOW_MS, a_new_order, book
from tests.told import told


async def test_the_ledger_is_never_changed_and_never_shortened(storage):
    await book(storage, a_new_order())
    await storage.ledger.grant(7, None, 5, NOW_MS, "")

    for change in ("UPDATE ledger SET credits = 0", "DELETE FROM ledger WHERE entry = 'grant'"):
        with told(StorageError, "append-only"):
            await storage.database.write(lambda transaction, change=change: transaction.run(change, {}))


@pytest.mark.parametrize(
    "row",
    [
        "(1, 1, 1, 'reserve', -5, 0, 0)",
        "(1, 1, 1, 'settle', 5, 0, 0), (1, 1, 1, 'release', 5, 0, 0)",
        "(1, 1, 1, 'settle', -5, 0, 0)",
        "(1, 1, 1, 'grant', 5, 0, 0)",
        "(1, 1, NULL, 'settle', 5, 0, 0)",
        "(1, 1, 999, 'settle', 5, 0, 0)",
        "(999, 1, 1, 'settle', 5, 0, 0)",
        "(1, 999, 1, 'settle', 5, 0, 0)",
    ],
    ids=[
        "a second reserve",
        "two ends",
        "an end that takes",
        "a grant with a job",
        "an end without a job",
        "a job that is not there",
        "an account that is not there",
        "a person who is not there",
    ],
)
async def test_the_tables_refuse_impossible_rows(storage, row):
    await book(storage, a_new_order())
    sql = f"INSERT INTO ledger (account_id, person_id, job_id, entry, credits, at_ms, counts_at_ms) VALUES {row}"  # noqa: S608  the rows stand above

    with told(StorageError, "constraint"):
        await storage.database.write(lambda transaction: transaction.run(sql, {}))
    assert len(await storage.ledger.entries(7, 9)) == 1
