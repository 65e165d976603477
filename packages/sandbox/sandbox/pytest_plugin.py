"""The pytest plugin that comes with the package: the fixture `discord_sandbox`, a fresh sandbox for each test.

pytest loads it by its entry point. What the fixture needs is imported by the first test that asks for it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sandbox.client import Client

WORLD = "discord_sandbox_world"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(WORLD, "the world's file, TOML or JSON, of the fixture discord_sandbox", type="paths", default=[])


@pytest.fixture
def discord_sandbox(request: pytest.FixtureRequest) -> "Iterator[Client]":
    """A client of a sandbox's control API; `url` is its address, and a bot is pointed at `{url}/api/v10`.

    Rate limits per route are off. A test that runs its bot in the same event loop uses `sandbox.testing.local` instead.
    """
    from sandbox.testing.thread import sandbox_thread  # noqa: PLC0415 - not before a test asks for it
    from sandbox.world_file import WorldFile, read  # noqa: PLC0415 - as above

    files = request.config.getini(WORLD)
    with sandbox_thread(world=read(files[0]) if files else WorldFile(), rate_limits=False) as client:
        yield client
