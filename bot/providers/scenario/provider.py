"""Implements `VideoProvider` for Scenario from the parts of this folder. `bot.resources` makes it; other layers see only it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from bot.domain.request import Request
from bot.errors import ProviderBusy, ProviderMisconfigured, ProviderRejected
from bot.ports import Accepted, ClipLink, Clock, Lost, ProviderStates, Recognition, RunStatus, Submission
from bot.providers.scenario import download, errors, mapping, search, uploads
from bot.providers.scenario.account import Account, Pace
from bot.providers.scenario.availability import ScenarioAvailability
from bot.providers.scenario.client import Client, segment
from bot.providers.scenario.links import Resolve, resolve
from bot.providers.scenario.vendor_clock import VendorClock
from bot.providers.scenario.watch import Watch
from bot.providers.scenario.wire import JobAnswer


class ScenarioProvider:
    """An async context manager. It closes the `httpx.AsyncClient` that it made, never one that it was given.

    In `states` it keeps how far the vendor's clock is from ours.
    """

    name = "scenario"
    free = False

    def __init__(
        self,
        account: Account,
        clock: Clock,
        *,
        http: httpx.AsyncClient | None = None,
        pace: Pace | None = None,
        states: ProviderStates | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        self._http = http or httpx.AsyncClient()
        self._owned = http is None
        self._clock = clock
        self._client = Client(account, pace or Pace(), self._http, clock, VendorClock(clock, self.name, states), resolve)
        self._watch = Watch(self._client, clock)
        self.availability = ScenarioAvailability(self._client)

    async def __aenter__(self) -> Self:
        await self._client.vendor.recall()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._owned:
            await self._http.aclose()

    async def upload(self, sha256: str, media_type: str, data: bytes) -> str:
        return await uploads.upload(self._client, self._clock, sha256, media_type, data)

    async def submit(self, submission: Submission) -> Accepted:
        try:
            answer = await self._client.once(JobAnswer, _generate(submission), mapping.inputs(submission))
        except ProviderBusy as busy:
            self.availability.refused(busy)
            raise
        except ProviderMisconfigured as error:
            if error.code == errors.MODEL_CLOSED:
                error.kinds = mapping.kinds_like(submission.request.kind)
            raise
        self._watch.expect(answer.job)
        billing = answer.job.billing
        units = answer.creative_units_cost if answer.creative_units_cost is not None else billing and billing.cu_cost
        return Accepted(answer.job.job_id, units)

    def recognition(self, request: Request) -> Recognition:
        return mapping.recognition(request)

    async def find(self, lost: Sequence[Lost], known: Collection[str]) -> Mapping[int, str | None]:
        found = await search.find(self._client, lost, known)
        await self._client.vendor.keep()
        return found

    async def statuses(self, running: Collection[str]) -> list[RunStatus]:
        return await self._watch.poll(running)

    async def status(self, reference: str) -> RunStatus | None:
        return await self._watch.status(reference)

    async def cancel(self, reference: str) -> bool:
        try:
            await self._client.repeat(JobAnswer, "POST", f"/jobs/{segment(reference)}/action", body={"action": "cancel"})
        except ProviderRejected:
            return False
        return True

    async def fetch(self, reference: str, position: int, target: Path, max_bytes: int) -> int:
        return await download.fetch(self._client, self._clock, reference, position, target, max_bytes)

    async def link(self, reference: str, position: int) -> ClipLink | None:
        return await download.link(self._client, reference, position)


def _generate(submission: Submission) -> str:
    return f"/generate/custom/{mapping.model_of(submission.request.kind)}"
