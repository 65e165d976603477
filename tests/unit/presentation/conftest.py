"""Where a part alone would not show it, presentation is looked at in the whole bot under SimCord."""

from tests.fixtures.simcord_bot import backend, delivery, env, server  # noqa: F401  fixtures
