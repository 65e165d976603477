"""What every store promises about what members asked for."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.job import Way
from bot.domain.post import Post, PostState, Purpose, of_asked
from bot.domain.snowflake import LARGEST
from bot.ports import SECOND_PRESS_MS, Added, Asked, AskedKind, Outcome
from bot.storage.asked import KEPT_MS
from tests.contract.store.state_paths import make
from tests.factories import DAY_MS, NOW_MS, an_address, an_unasked_address

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
    assert await storage.asked.add(direct) is Added.NEW
    assert await storage.asked.add(ASKED) is Added.NEW
    assert await storage.asked.left() == [ASKED, direct]
    assert await storage.asked.get(LARGEST) == direct
    assert await storage.asked.get(2) is None


async def test_an_interaction_that_is_delivered_twice_is_there_once(storage):
    assert await storage.asked.add(ASKED) is Added.NEW
    assert await storage.asked.add(replace(ASKED, token="another")) is Added.DELIVERED_TWICE
    await storage.asked.settle(1, Outcome.ANSWERED)
    assert await storage.asked.add(ASKED) is Added.DELIVERED_TWICE
    assert await storage.asked.left() == []


@pytest.mark.parametrize("outcome", [None, Outcome.BOOKED])
async def test_a_second_press_within_seconds_is_not_written_down_and_a_later_one_is(storage, outcome):
    first = replace(ASKED, press="again:5")
    assert await storage.asked.add(first) is Added.NEW
    if outcome is not None:
        await storage.asked.settle(1, outcome)
    assert await storage.asked.add(replace(first, id=2, at_ms=NOW_MS + SECOND_PRESS_MS - 1)) is Added.PRESSED_TWICE
    assert await storage.asked.add(first) is Added.DELIVERED_TWICE
    assert await storage.asked.add(replace(first, id=3, at_ms=NOW_MS + SECOND_PRESS_MS)) is Added.NEW


async def test_another_members_press_another_button_and_a_command_are_no_second_press(storage):
    assert await storage.asked.add(replace(ASKED, press="again:5")) is Added.NEW
    others = [{"press": "again:6"}, {"press": "final:5"}, {"press": "again:5", "member_id": 8}, {}, {}]
    for number, other in enumerate(others, 2):
        assert await storage.asked.add(replace(ASKED, id=number, **other)) is Added.NEW


@pytest.mark.parametrize("outcome", [Outcome.ANSWERED, Outcome.LOST, Outcome.TOLD])
async def test_a_press_that_made_no_clip_may_be_pressed_again_at_once(storage, outcome):
    await storage.asked.add(replace(ASKED, press="again:5"))
    await storage.asked.settle(1, outcome)
    assert await storage.asked.add(replace(ASKED, id=2, press="again:5")) is Added.NEW


async def test_a_press_while_the_clock_was_ahead_holds_up_no_press_after_it_was_set_right(storage):
    await storage.asked.add(replace(ASKED, press="again:5", at_ms=NOW_MS + SECOND_PRESS_MS))
    assert await storage.asked.add(replace(ASKED, id=2, press="again:5")) is Added.NEW


async def test_of_presses_at_the_same_moment_one_is_written_down(storage):
    added = await asyncio.gather(*(storage.asked.add(replace(ASKED, id=number, press="again:5")) for number in range(1, 9)))
    assert sorted(added, key=lambda each: each.value) == [Added.NEW, *[Added.PRESSED_TWICE] * 7]


async def test_what_is_booked_is_settled_by_its_booking(storage):
    await storage.asked.add(ASKED)
    await storage.asked.add(replace(ASKED, id=2))
    await make(storage)
    assert [each.id for each in await storage.asked.left()] == [2]


async def test_a_command_whose_member_is_being_told_stays_listed_until_that_is_done(storage):
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


async def test_the_post_that_told_its_member_goes_with_what_was_asked(storage):
    await storage.asked.add(ASKED)
    await storage.asked.add(replace(ASKED, id=2, at_ms=NOW_MS + MINUTE_MS))
    for number in (1, 2):
        await storage.posts.keep(Post(number, of_asked(number), Purpose.NOTICE, "", way=Way.DIRECT, state=PostState.SENT))
    await storage.asked.prune(NOW_MS + KEPT_MS + 1)
    assert await storage.posts.find(of_asked(1), Purpose.NOTICE) is None
    assert await storage.posts.find(of_asked(2), Purpose.NOTICE) is not None


async def test_what_answers_a_jobs_card_goes_with_the_token_and_then_with_what_was_asked(storage):
    job = await make(storage)
    whole = job.address
    assert (whole.asked_id, whole.token, whole.upload_limit) == (1, "interaction-token", 10 * 1024 * 1024)
    await storage.asked.prune(whole.token_expires_at_ms)
    assert (await storage.jobs.get(1)).address == replace(whole, token="")
    await storage.asked.prune(whole.token_expires_at_ms + KEPT_MS)
    forgotten = (await storage.jobs.get(1)).address
    assert forgotten == replace(whole, application_id=0, token="", token_expires_at_ms=0, upload_limit=0)
    assert not forgotten.by_operator


async def test_a_job_that_no_interaction_asked_for_is_known_as_such_for_ever(storage):
    await make(storage, address=an_unasked_address())
    for days in (0, 8):
        await storage.asked.prune(NOW_MS + days * DAY_MS)
        address = (await storage.jobs.get(1)).address
        assert (address.by_operator, address) == (True, an_unasked_address())


def test_neither_the_token_nor_what_was_typed_stands_in_a_log():
    assert "a token" not in repr(ASKED) + repr(an_address(token="a token"))
    assert "kite" not in repr(ASKED)
