"""Where a part alone would not show it, presentation is looked at in the whole bot under SimCord."""

from tests.fixtures.simcord_bot import delivery, env, house, town  # noqa: F401  fixtures
