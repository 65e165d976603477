"""Every use case in one frozen bundle, handed to the cogs by the composition root."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.price import Prices
from bot.domain.quota import Policy
from bot.services.allowances import Allowances
from bot.services.cancel_job import CancelJob
from bot.services.dependencies import Dependencies
from bot.services.find_jobs import FindJobs
from bot.services.offer import Offer
from bot.services.post_clip import PostClip
from bot.services.repeat_clip import RepeatClip
from bot.services.request_clip import RequestClip
from bot.services.show_quota import ShowQuota


@dataclass(frozen=True, slots=True)
class UseCases:
    """Those that several cogs, buttons and forms call. One that a single cog calls is made there, of `dependencies`."""

    request: RequestClip
    cancel: CancelJob
    repeat: RepeatClip
    find: FindJobs
    post: PostClip
    quota: ShowQuota
    dependencies: Dependencies

    @property
    def policy(self) -> Policy:
        return self.dependencies.policy

    @property
    def allowances(self) -> Allowances:
        return self.dependencies.allowances

    @property
    def offer(self) -> Offer:
        return self.dependencies.offer

    @property
    def prices(self) -> Prices:
        """Those of real clips, where there are any."""
        return self.offer.real_prices

    @property
    def preview(self) -> bool:
        """All clips come from the local preview renderer; members are told so."""
        return self.offer.real is None
