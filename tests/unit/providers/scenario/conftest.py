"""The Scenario provider against the sandbox's Scenario on loopback, with a clock whose sleeps take no time."""

from functools import partial

import httpx
import pytest

from bot.providers.scenario import Account, Pace, ScenarioProvider
from sandbox.testing.scenario import KEY, SECRET, served_scenario
from tests.factories import a_submission
from tests.fixtures.vendor import served_vendor
from tests.fixtures.video_providers import SteppedClock


@pytest.fixture
async def served():
    async with served_scenario() as served:
        yield served


@pytest.fixture
def clock(served):
    return SteppedClock(served)


@pytest.fixture
def account(served):
    return Account(KEY, SECRET, base_url=served.url, project_id="proj_1", team_id="team_1")


@pytest.fixture
async def provider(served, clock, account):
    async with httpx.AsyncClient() as http:
        yield ScenarioProvider(account, clock, http=http, pace=Pace(progress=0))


@pytest.fixture
async def vendor():
    async with served_vendor() as vendor:
        yield vendor


@pytest.fixture
async def strange(vendor, clock):
    """The provider with a vendor that answers as the test says."""
    account = Account(KEY, SECRET, base_url=vendor.url)
    async with ScenarioProvider(account, clock, pace=Pace(progress=1e9)) as provider:
        yield provider


@pytest.fixture
def submission():
    return partial(a_submission, prompt="a red kite, wind")
