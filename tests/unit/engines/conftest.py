"""The engine that its tests share: two slots, and a clock that only the test moves."""

import pytest

from bot.engines.local import LocalEngine
from tests.fakes import ManualClock


@pytest.fixture
async def engine():
    engine = LocalEngine(ManualClock(), slots=2)
    yield engine
    await engine.stop()
