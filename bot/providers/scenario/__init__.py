"""The `VideoProvider` for Scenario, the default vendor of clips."""

from bot.providers.scenario.account import DEFAULT_BASE_URL, Account, Pace
from bot.providers.scenario.provider import ScenarioProvider

__all__ = ["DEFAULT_BASE_URL", "Account", "Pace", "ScenarioProvider"]
