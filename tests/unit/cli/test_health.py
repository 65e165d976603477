"""`happyhorse health` over a real database: it reads the bot's heartbeat there, and the lock that shows that the bot runs."""

import re
import time

import pytest

from bot.cli import health
from bot.errors import SettingsError
from bot.ops.heartbeat import KEY, heartbeat
from bot.settings import Settings
from bot.storage import open_storage
from tests.told import told
from tests.waiting import until


@pytest.fixture
def asked(tmp_path):
    """Runs the command; the exit code and its output."""
    settings = Settings(storage={"path": tmp_path / "happyhorse.db"})

    async def ask():
        said = []
        code = await health.report(settings, said.append)
        return code, "".join(said)

    ask.path = settings.storage.path
    return ask


async def nobody(_text):
    pytest.fail("nothing was to be told")


async def noted(storage):
    await until(lambda: storage.key_values.read(KEY))


async def test_a_bot_whose_gateway_is_there_is_well(asked):
    async with open_storage(asked.path) as storage, heartbeat(lambda: True, storage.key_values, nobody):
        await noted(storage)
        code, said = await asked()
    assert code == 0
    # Written at once; a busy machine may take a second or two until it is read.
    assert re.fullmatch(r"All is well: the gateway is there, and the database was written \d s ago\.\n", said)


async def test_a_bot_without_its_gateway_is_not_well(asked):
    async with open_storage(asked.path) as storage, heartbeat(lambda: False, storage.key_values, nobody):
        await noted(storage)
        code, said = await asked()
    assert (code, "no connection to Discord's gateway" in said) == (1, True)


@pytest.mark.parametrize("seconds", [51, -60])
async def test_a_bot_that_writes_nothing_any_more_is_not_well(asked, seconds):
    async with open_storage(asked.path) as storage:
        await storage.key_values.write(KEY, f"ready {int((time.time() - seconds) * 1000)}", 0)
        code, said = await asked()
    assert (code, "has written nothing" in said) == (1, True)


async def test_the_heartbeat_of_a_bot_that_has_ended_does_not_count(asked):
    async with open_storage(asked.path) as storage, heartbeat(lambda: True, storage.key_values, nobody):
        await noted(storage)
    code, said = await asked()
    assert (code, said.startswith("No bot runs")) == (1, True)


async def test_where_there_is_no_database_none_is_made(asked):
    with told(SettingsError, "no database"):
        await asked()
    assert not asked.path.exists()
