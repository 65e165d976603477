"""What use cases are made of, in one bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.quota import Policy
from bot.ports import (
    Attachments,
    BlobStore,
    Clock,
    Drafts,
    Engine,
    JobStore,
    KeptPauses,
    Ledger,
    Media,
    ProgressReader,
    VideoProvider,
)
from bot.services.allowances import Allowances
from bot.services.offer import Offer


@dataclass(frozen=True, slots=True)
class Dependencies:
    """`bot.wiring` builds the use cases of `UseCases` from it, and a cog one that only it calls: `client.use_cases` holds it.

    Writes through these stores have the patience of a member who waits for an answer.
    """

    jobs: JobStore
    blobs: BlobStore
    drafts: Drafts
    ledger: Ledger
    pauses: KeptPauses
    media: Media
    attachments: Attachments
    providers: Mapping[str, VideoProvider]
    engine: Engine
    progress_reader: ProgressReader
    clock: Clock
    policy: Policy
    allowances: Allowances
    offer: Offer
