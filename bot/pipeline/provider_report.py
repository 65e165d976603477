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
from bot.pipeline.submission import lost
from bot.ports import BlobStore, Phase, ProviderReferences, RunStatus, VideoProvider

_SECONDS_MOST: Final = 20.0
"""For one question: the operator at the shell waits for the answer."""
_DETAIL_CHARACTERS: Final = 200
_HELD_MOST: Final = 5
"""Repeated searches for one job at most; each leaves out one more clip that belongs to another job."""


@dataclass(frozen=True, slots=True)
class Report:
    """`text` is for the operator. `heard` is false where the provider could not be asked.

    `searched`: the answer to the job's submit was lost, so the clip was looked for; `found` is its reference, if it was found.
    """

    text: str
    heard: bool = True
    searched: bool = False
    found: str | None = None


@dataclass(frozen=True)
class ProviderReport:
    providers: Mapping[str, VideoProvider]
    provider_references: ProviderReferences
    blobs: BlobStore

    async def of(self, job: Job) -> Report:
        """What the provider says of the job. Does not raise `ProviderError`: the report says that it could not be asked."""
        searched = job.provider_reference is None and job.submitted_at_ms is not None
        if job.provider_reference is None and not searched:
            return Report("nothing was sent to the provider")
        if job.preview:
            return Report("a preview, drawn by the bot itself")
        provider = self.providers.get(job.provider)
        if provider is None:
            return Report(f"{job.provider} is not configured here, so it can't be asked", heard=False, searched=searched)
        try:
            async with asyncio.timeout(_SECONDS_MOST):
                return await (self._search(provider, job) if searched else self._status(provider, job.provider_reference or ""))
        except TimeoutError:
            said = f"no answer within {_SECONDS_MOST:.0f} s"
        except ProviderError as error:
            said = str(error)[:_DETAIL_CHARACTERS]
        return Report(f"{job.provider} can't be asked now: {said}", heard=False, searched=searched)

    async def cancel(self, job: Job) -> str:
        """Asks the provider to cancel the job's clip. A sentence with its answer; "" where there is no reference to cancel."""
        provider = self.providers.get(job.provider)
        if provider is None or job.provider_reference is None:
            return ""
        try:
            async with asyncio.timeout(_SECONDS_MOST):
                taken = await provider.cancel(job.provider_reference)
        except (ProviderError, TimeoutError):
            taken = False
        return f"{job.provider} was asked to cancel it and {'agreed' if taken else 'did not'}."

    async def _status(self, provider: VideoProvider, reference: str) -> Report:
        status = await provider.status(reference)
        if status is None:
            return Report(f"{provider.name} does not know {reference}, or not yet")
        return Report(f"{provider.name} says of {reference}: {_status(status)}")

    async def _search(self, provider: VideoProvider, job: Job) -> Report:
        known = await self.provider_references.held(job.provider)
        sought = [await lost(job, self.blobs)]
        found = await provider.find(sought, known)
        for _ in range(_HELD_MOST):
            reference = found.get(job.id)
            if reference is None or await self.provider_references.holder(job.provider, reference) is None:
                break
            # This clip belongs to another job, from long ago; the right one may be listed beside it.
            known = known | {reference}
            found = await provider.find(sought, known)
        if job.id not in found:
            return Report(f"{provider.name} lists no clip that could be this one", searched=True)
        reference = found[job.id]
        if reference is None:
            return Report(f"{provider.name} lists clips that could be this one, and they can't be told apart", searched=True)
        return Report(f"{provider.name} has its clip as {reference}", searched=True, found=reference)


def _status(status: RunStatus) -> str:
    parts = [status.phase.value]
    if status.fraction is not None and status.phase in {Phase.WAITING, Phase.RUNNING}:
        parts.append(f"{round(status.fraction * 100)} %")
    if status.detail:
        parts.append(status.detail[:_DETAIL_CHARACTERS])
    if status.billed is not None:
        parts.append("billed" if status.billed else "not billed")
    return ", ".join(parts)
