import pytest

from bot.engines.local import LocalEngine
from tests.fakes import ManualClock


@pytest.fixture
async def engine():
    engine = LocalEngine(ManualClock(), slots=2)
    yield engine
    await engine.stop()
