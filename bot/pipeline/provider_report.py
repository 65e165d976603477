"""Asks the provider about a job for the operator, who is about to end it or to have it made again. `OperateJob` calls it.

Previews are not asked about: the bot draws them itself, and they cost nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.domain.job import Job
from bot.errors import ProviderError
from bot.operator_answer import CancelAsked, Report, ReportCode
from bot.pipeline.submission import lost
from bot.ports import KeptPictures, Phase, ProviderReferences, RunStatus, VideoProvider

_SECONDS_MOST: Final = 20.0
"""For one question: the operator at the shell waits for the answer."""
_HELD_MOST: Final = 5
"""Repeated searches for one job at most; each leaves out one more clip that belongs to another job."""


@dataclass(frozen=True)
class ProviderReport:
    providers: Mapping[str, VideoProvider]
    provider_references: ProviderReferences
    kept_pictures: KeptPictures

    async def of(self, job: Job) -> Report:
        """What the provider says of the job. Does not raise `ProviderError`: the report says that it could not be asked."""
        searched = job.provider_reference is None and job.submitted_at_ms is not None
        if job.provider_reference is None and not searched:
            return Report(ReportCode.NOTHING_SENT)
        if job.preview:
            return Report(ReportCode.PREVIEW)
        provider = self.providers.get(job.provider)
        if provider is None:
            return Report(ReportCode.NOT_CONFIGURED, job.provider, searched)
        try:
            async with asyncio.timeout(_SECONDS_MOST):
                return await (self._search(provider, job) if searched else self._status(provider, job.provider_reference or ""))
        except TimeoutError:
            return Report(ReportCode.NO_ANSWER, job.provider, searched, seconds=round(_SECONDS_MOST))
        except ProviderError as error:
            return Report(ReportCode.TROUBLE, job.provider, searched, detail=error.reason)

    async def cancel(self, job: Job) -> CancelAsked | None:
        """Asks the provider to cancel the job's clip, and returns its answer. None where there is no reference to cancel."""
        provider = self.providers.get(job.provider)
        if provider is None or job.provider_reference is None:
            return None
        try:
            async with asyncio.timeout(_SECONDS_MOST):
                agreed = await provider.cancel(job.provider_reference)
        except (ProviderError, TimeoutError):
            agreed = False
        return CancelAsked(job.provider, agreed)

    async def _status(self, provider: VideoProvider, reference: str) -> Report:
        status = await provider.status(reference)
        if status is None:
            return Report(ReportCode.UNKNOWN, provider.name, reference=reference)
        return _status(provider.name, status)

    async def _search(self, provider: VideoProvider, job: Job) -> Report:
        known = await self.provider_references.held(job.provider)
        sought = [await lost(job, self.kept_pictures)]
        found = await provider.find(sought, known)
        for _ in range(_HELD_MOST):
            reference = found.get(job.id)
            if reference is None or await self.provider_references.holder(job.provider, reference) is None:
                break
            # This clip belongs to another job, from long ago; the right one may be listed beside it.
            known = known | {reference}
            found = await provider.find(sought, known)
        if job.id not in found:
            return Report(ReportCode.NOT_LISTED, provider.name, searched=True)
        reference = found[job.id]
        if reference is None:
            return Report(ReportCode.ALIKE, provider.name, searched=True)
        return Report(ReportCode.FOUND, provider.name, searched=True, reference=reference)


def _status(provider: str, status: RunStatus) -> Report:
    runs = status.phase in {Phase.WAITING, Phase.RUNNING}
    return Report(
        ReportCode.STATUS,
        provider,
        reference=status.reference,
        detail=status.detail,
        phase=status.phase.value,
        percent=None if status.fraction is None or not runs else round(status.fraction * 100),
        billed=status.billed,
    )
