"""Shell commands on the database, in the test's process: what they write to the ledger and what the operator reads."""

import sqlite3
from contextlib import closing

import pytest

from bot.cli import operator
from bot.domain.quota import span_at
from bot.errors import DatabaseOutdated, Mistake, SettingsError
from bot.ops.clock import SystemClock
from bot.settings import Settings
from bot.storage import copies, open_storage, schema
from bot.storage.lock import held
from tests.noon import ZONE_AT_NOON
from tests.told import told

MEMBER = 7


@pytest.fixture
def settings(tmp_path):
    def made(**quota):
        path = tmp_path / "data" / "happyhorse.db"
        return Settings(storage={"path": path}, quota={"time_zone": ZONE_AT_NOON, "allowance": 900, **quota})

    return made


async def booked(settings):
    policy = settings.policy()
    async with open_storage(settings.storage.path, exclusive=False) as storage:
        return await storage.ledger.booked(MEMBER, span_at(policy.window, SystemClock().now_ms(), policy.zone))


async def run(settings, action, credit=0, *, roles=None, note=""):
    if not settings.storage.path.exists():
        async with open_storage(settings.storage.path):
            pass
    return await operator.quota(settings, action, MEMBER, roles, credit, note)


async def test_set_books_the_difference_and_once_more_books_nothing(settings, capsys):
    for _ in range(2):
        assert await run(settings(), "set", 50) == 0
        assert await booked(settings()) == -850
    assert capsys.readouterr().out.count("-850") == 2


async def test_set_counts_from_what_the_members_roles_give_them(settings, capsys):
    double = settings(roles={5: 2.0})
    await run(double, "set", 100, roles=frozenset({5}))
    assert await booked(double) == 100 - 1800
    assert "100 credits left, 1800 per day" in capsys.readouterr().out


async def test_show_writes_nothing(settings):
    await run(settings(), "show")
    async with open_storage(settings().storage.path, exclusive=False) as storage:
        assert await storage.ledger.entries(MEMBER, 9) == []


@pytest.mark.parametrize("credit", [10**9 + 1, -(10**9) - 1])
async def test_more_than_anyone_can_spend_is_refused_before_the_database_is_opened(settings, credit):
    with pytest.raises(Mistake, match="at most 1000000000"):
        await operator.quota(settings(), "grant", MEMBER, None, credit, "")
    assert not settings().storage.path.exists()


@pytest.mark.parametrize(
    ("action", "credit", "note", "said"),
    [
        ("set", -5, "", "-5 can't be what is left"),
        ("grant", 0, "", "0 credits change nothing"),
        ("grant", -901, "", "901 can't be taken; take at most 900"),
        ("grant", 5, "x" * 201, "at most 200"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_the_reason_and_books_nothing(settings, action, credit, note, said):
    with pytest.raises(Mistake, match=said):
        await run(settings(), action, credit, note=note)
    await run(settings(), "grant", -900)
    assert await booked(settings()) == -900


@pytest.mark.parametrize("action", ["grant", "set"])
async def test_credits_of_an_exempt_member_are_refused_as_meaningless(settings, action):
    with pytest.raises(Mistake, match="exempt"):
        await run(settings(exempt=[MEMBER]), action, 5)


@pytest.mark.parametrize("action", ["show", "grant", "set"])
async def test_where_there_is_no_database_none_is_made(settings, action):
    with told(SettingsError, r"there is no database at .*--config"):
        await operator.quota(settings(), action, MEMBER, None, 5, "")
    assert not settings().storage.path.parent.exists()


async def test_an_exempt_member_is_told_as_such(settings, capsys):
    await run(settings(exempt=[MEMBER]), "show")
    assert f"Member {MEMBER} is exempt from quotas." in capsys.readouterr().out


async def test_it_works_beside_a_running_bot(settings):
    async with open_storage(settings().storage.path):
        assert await run(settings(), "grant", 100) == 0
        assert await operator.migrate(settings()) == 0
        assert await booked(settings()) == 100


async def test_without_roles_the_multiplier_counts_with_which_the_bot_last_saw_the_member(settings, capsys):
    double = settings(roles={5: 2.0, 6: 0.0})
    async with open_storage(double.storage.path) as storage:
        await storage.multipliers.remember(MEMBER, 0.0, 1)
    for roles, allowance in ((None, 0), (frozenset(), 900), (frozenset({5}), 1800), (frozenset({6}), 0)):
        await run(double, "show", roles=roles)
        assert f"{allowance} credits left, {allowance} per day" in capsys.readouterr().out
    # Roles named on the command line are not stored as roles that the bot saw.
    async with open_storage(double.storage.path) as storage:
        assert await storage.multipliers.last(MEMBER) == 0.0


@pytest.fixture
def older(settings):
    """A database of the previous version of the bot."""
    path = settings().storage.path
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        schema.migrate(connection, path, schema.shipped()[:-1])
    return path


async def test_migrate_copies_an_older_database_first_and_is_refused_under_a_running_bot(settings, older, capsys):
    with held(older), told(DatabaseOutdated, "stop the bot"):
        await operator.migrate(settings())
    assert copies.copies_of(older) == []
    assert await operator.migrate(settings()) == 0
    said = capsys.readouterr().out
    assert f"up to date, schema {len(schema.shipped())}" in said
    (copy,) = copies.copies_of(older)
    assert copy.schema == len(schema.shipped()) - 1
    assert f"As it was before, it is kept as {copy.path}." in said
    assert await operator.migrate(settings()) == 0
    assert "kept as" not in capsys.readouterr().out


async def test_quota_never_brings_a_database_up_to_date(settings, older):
    for action in ("show", "grant", "set"):
        with told(DatabaseOutdated, "then happyhorse migrate"):
            await run(settings(), action, 5)
    assert copies.copies_of(older) == []


async def test_what_is_written_is_dated_by_discords_clock_as_the_bot_learned_it(settings):
    slow_ms = 3 * 86_400_000
    made = settings()
    async with open_storage(made.storage.path) as storage:
        await storage.key_values.write("clock.discord", str(slow_ms), 0)
    await run(made, "grant", 50)
    async with open_storage(made.storage.path) as storage:
        [entry] = await storage.ledger.entries(MEMBER, 5)
    assert abs(entry.at_ms - SystemClock(slow_ms).now_ms()) < 60_000
