"""Every use case in one frozen bundle, handed to the cogs by the composition root."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.price import Prices
from bot.domain.quota import Policy
from bot.services.allowances import Allowances
from bot.services.cancel_job import CancelJob
from bot.services.find_jobs import FindJobs
from bot.services.offer import Offer
from bot.services.post_clip import PostClip
from bot.services.repeat_clip import RepeatClip
from bot.services.request_clip import RequestClip
from bot.services.show_quota import ShowQuota


@dataclass(frozen=True, slots=True)
class UseCases:
    request: RequestClip
    cancel: CancelJob
    repeat: RepeatClip
    find: FindJobs
    post: PostClip
    quota: ShowQuota
    policy: Policy
    allowances: Allowances
    offer: Offer

    @property
    def prices(self) -> Prices:
        """Those of real clips, where there are any."""
        return self.offer.real_prices

    @property
    def preview(self) -> bool:
        """All clips come from the local preview renderer; members are told so."""
        return self.offer.real is None
