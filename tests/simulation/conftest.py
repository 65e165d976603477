"""A simulated world for tests of the simulation's own rules and fakes."""

import pytest

from tests.simulation.world import World

SEED = 9
"""A server that blocks a word in titles."""


@pytest.fixture
def world(tmp_path):
    """A world in which nobody does anything yet."""
    made = World(SEED, tmp_path)
    yield made
    made.books.close()
