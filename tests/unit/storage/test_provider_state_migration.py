"""What earlier versions kept of providers as texts in `settings` is carried over to tables of its own."""

import json
import sqlite3
from contextlib import closing

import pytest

from bot.domain.clip import Kind
from bot.ports import ShutGate, Standstill, Why
from bot.storage import open_storage
from bot.storage.schema import migrate, shipped

NUMBER = next(each.number for each in shipped() if each.name == "provider_state")


def left(path, **values):
    """A database of the version before, with these texts in `settings`."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection, path, shipped()[: NUMBER - 1])
        rows = [(name.replace("__", "."), value) for name, value in values.items()]
        connection.executemany("INSERT INTO settings (key, value, at_ms) VALUES (?, ?, 1)", rows)


async def test_standstills_and_the_vendors_clock_are_carried_over(tmp_path):
    standing = [
        {"why": "refused", "since_ms": 5, "kinds": ["image", "characters"], "told": True},
        {"why": "unreachable", "since_ms": 6, "kinds": None, "told": False},
    ]
    left(tmp_path / "books.db", hold__scenario=json.dumps(standing), clock__scenario="-3600000", clock__discord="7")
    async with open_storage(tmp_path / "books.db") as storage:
        kinds = frozenset({Kind.IMAGE, Kind.CHARACTERS})
        assert set((await storage.provider_states.read("scenario")).gates) == {
            ShutGate(Standstill(Why.REFUSED, 5, kinds), 0, told=True),
            ShutGate(Standstill(Why.UNREACHABLE, 6), 0),
        }
        assert await storage.provider_states.clock_skew_ms("scenario") == -3_600_000
        assert [await storage.key_values.read(key) for key in ("hold.scenario", "clock.scenario")] == [None, None]
        assert await storage.key_values.read("clock.discord") == "7"


@pytest.mark.parametrize("hold", ["", "nonsense", '{"why": "refused"}', '[{"why": "refused"}, 5, null]', "[", "[[]]"])
@pytest.mark.parametrize("clock", ["", "soon", "9" * 5000, "1e9.5x"])
async def test_a_text_that_can_not_be_read_is_left_out(tmp_path, hold, clock):
    left(tmp_path / "books.db", hold__scenario=hold, clock__scenario=clock)
    async with open_storage(tmp_path / "books.db") as storage:
        assert (await storage.provider_states.read("scenario")).gates == ()
        assert await storage.provider_states.clock_skew_ms("scenario") == 0
