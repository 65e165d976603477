"""The provider against the sandbox's Scenario over loopback, with a clock in which waiting takes no time."""

import httpx
import pytest

from bot.domain.clip import Kind, Resolution
from bot.ports import Submission
from bot.providers.scenario import Account, Pace, ScenarioProvider
from tests.fixtures.scenario import KEY, SECRET, served_scenario
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
    """The provider at a vendor that answers as the test says."""
    account = Account(KEY, SECRET, base_url=vendor.url)
    async with ScenarioProvider(account, clock, pace=Pace(progress=1e9)) as provider:
        yield provider


@pytest.fixture
def submission():
    def make(**changes):
        values = {
            "job_id": 1,
            "kind": Kind.TEXT,
            "prompt": "a red kite, wind",
            "duration": 3,
            "resolution": Resolution.P720,
            "aspect": "16:9",
            "seed": 7,
            "images": (),
            "frame": (1280, 720),
        }
        return Submission(**(values | changes))

    return make
