"""The sandbox's Scenario over loopback, and two clients of it: the vendor's own and a bare one."""

import ssl
from functools import cache

import httpx
import pytest
from hypothesis import settings

from sandbox.testing.scenario import KEY, SECRET, served_scenario

settings.register_profile("the same everywhere", deadline=None, derandomize=True)
settings.load_profile("the same everywhere")

# Each HTTP client reads the certificates of all authorities, which takes longer than most tests do. No test speaks TLS.
ssl.create_default_context = cache(ssl.create_default_context)


@pytest.fixture
async def served():
    async with served_scenario() as served:
        yield served


@pytest.fixture
async def sdk(served):
    # Only where a test asks for it, here and in the tests: importing it takes longer than most tests do.
    import scenario_sdk

    async with scenario_sdk.AsyncScenario(
        api_key=KEY, api_secret=SECRET, base_url=served.url, max_retries=0, _strict_response_validation=True
    ) as client:
        yield client


@pytest.fixture
async def raw(served):
    async with httpx.AsyncClient(base_url=served.url, auth=(KEY, SECRET)) as client:
        yield client
