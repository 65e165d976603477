"""Fixtures for tests of commands: the bot over SimCord."""

from tests.fixtures.simcord_bot import backend, delivery, env, server  # noqa: F401  fixtures
