"""What every store promises about what members asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.snowflake import LARGEST
from bot.ports import Asked, AskedKind, Outcome
from bot.storage.asked import KEPT_MS
from tests.contract.store.state_paths import make
from tests.factories import NOW_MS

MINUTE_MS = 60_000
ROW = "SELECT outcome, payload FROM asked WHERE id = :id"
ASKED = Asked(
    id=1,
    member_id=7,
    kind=AskedKind.CLIP,
    payload='{"1":{"wanted":"a “red” kite\\n🪁"}}',
    application_id=2,
    guild_id=3,
    channel_id=4,
    token="a token",
    token_expires_at_ms=NOW_MS + 15 * MINUTE_MS,
    upload_limit=5,
    locale="de",
    guild_locale="fr",
    private=True,
    at_ms=NOW_MS,
)


@pytest.fixture
def outcome_of(storage):
    async def read(asked_id):
        row = await storage.database.read(lambda transaction: transaction.one(ROW, {"id": asked_id}))
        return None if row is None else (row["outcome"], row["payload"])

    return read


async def test_what_was_asked_reads_back_as_it_was_given_the_oldest_first(storage):
    direct = replace(ASKED, id=LARGEST, kind=AskedKind.PRESS, guild_id=None, channel_id=None, guild_locale=None, private=False)
    assert await storage.asked.add(direct)
    assert await storage.asked.add(ASKED)
    assert await storage.asked.left() == [ASKED, direct]


async def test_an_interaction_that_is_delivered_twice_is_there_once(storage):
    assert await storage.asked.add(ASKED)
    assert not await storage.asked.add(replace(ASKED, token="another"))
    await storage.asked.settle(1, Outcome.ANSWERED)
    assert not await storage.asked.add(ASKED)
    assert await storage.asked.left() == []


async def test_what_is_booked_is_settled_by_its_booking(storage):
    await storage.asked.add(ASKED)
    await storage.asked.add(replace(ASKED, id=2))
    await make(storage)
    assert [each.id for each in await storage.asked.left()] == [2]


async def test_a_member_who_is_about_to_be_told_is_left_until_that_is_done(storage):
    await storage.asked.add(ASKED)
    await storage.asked.settle(1, Outcome.TELLING)
    assert await storage.asked.left() == [replace(ASKED, outcome=Outcome.TELLING)]
    await storage.asked.settle(1, Outcome.TOLD)
    assert await storage.asked.left() == []


async def test_the_first_outcome_stays(storage, outcome_of):
    await storage.asked.add(ASKED)
    await storage.asked.settle(1, Outcome.ANSWERED)
    await storage.asked.settle(1, Outcome.LOST)
    assert await outcome_of(1) == ("answered", "")


async def test_tokens_are_blanked_once_they_have_expired_and_old_rows_go(storage, outcome_of):
    await storage.asked.add(ASKED)
    await storage.asked.add(replace(ASKED, id=2, at_ms=NOW_MS + 15 * MINUTE_MS, token_expires_at_ms=NOW_MS + 30 * MINUTE_MS))
    assert [each.token for each in await storage.asked.left()] == ["", "a token"]
    await storage.asked.prune(NOW_MS + 30 * MINUTE_MS)
    assert [each.token for each in await storage.asked.left()] == ["", ""]
    await storage.asked.prune(NOW_MS + KEPT_MS + 1)
    assert [each.id for each in await storage.asked.left()] == [2]
    assert await outcome_of(1) is None


def test_neither_the_token_nor_what_was_typed_stands_in_a_log():
    assert "a token" not in repr(ASKED)
    assert "kite" not in repr(ASKED)
