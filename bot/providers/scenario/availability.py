"""Which requests Scenario takes, how many clips at a time, and whether it works for our account: the request that the bot sends
once when it starts (`ping`), and the doctor's checks. `ScenarioProvider` makes it.
"""

from __future__ import annotations

from bot.domain.request import Request
from bot.errors import ProviderBusy
from bot.ports import ProviderFinding
from bot.providers.scenario import checkup, mapping
from bot.providers.scenario.client import Client
from bot.providers.scenario.wire import LimitsAnswer


class ScenarioAvailability:
    """Remembers the limit that a refused submit named."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._learned: int | None = None

    def refused(self, busy: ProviderBusy) -> None:
        """A submit was refused, since too many clips run."""
        if busy.ceiling is not None:
            self._learned = busy.ceiling

    def takes(self, request: Request) -> bool:
        return request.type in mapping.TYPES

    async def capacity(self) -> int | None:
        """Clips at a time: the plan's limit, or the one that a refused submit named, whichever is lower."""
        team = self._client.account.team_id
        if team is None:
            return self._learned
        answer = await self._client.repeat(LimitsAnswer, "GET", f"/teams/{team}/limits")
        said = (answer.limits and answer.limits.parallel_custom_jobs, self._learned)
        return min((each for each in said if each is not None and each > 0), default=None)

    async def ping(self) -> None:
        await checkup.ping(self._client)

    async def check(self) -> list[ProviderFinding]:
        return await checkup.check(self._client)
