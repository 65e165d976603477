"""The stores and other parts that use cases need, in one bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.quota import Policy
from bot.ports import (
    AskedStore,
    Attachments,
    Bookings,
    Clock,
    Drafts,
    Engine,
    JobReader,
    JobTransitions,
    KeptPauses,
    KeptPictures,
    Ledger,
    Media,
    ProgressReader,
    VideoProvider,
)
from bot.services.allowances import Allowances
from bot.services.offer import Offer


@dataclass(frozen=True, slots=True)
class Dependencies:
    """`bot.wiring` builds `UseCases` from it. A cog takes it from `client.use_cases` to build a use case that only it calls.

    Writes through these stores give up early, since a member waits for the answer.
    """

    asked: AskedStore
    jobs: JobReader
    bookings: Bookings
    transitions: JobTransitions
    kept_pictures: KeptPictures
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
