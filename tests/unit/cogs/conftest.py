"""Commands are given to the bot under SimCord."""

from tests.fixtures.simcord_bot import delivery, env, house, town  # noqa: F401  fixtures
