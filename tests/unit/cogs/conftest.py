"""Commands are given to the bot under SimCord."""

from tests.fixtures.simcord_bot import backend, delivery, env, server  # noqa: F401  fixtures
