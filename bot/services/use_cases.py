"""Every use case in one bundle. `bot.wiring` makes it, and the client hands it to cogs, buttons and forms."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.price import Prices
from bot.domain.quota import Policy
from bot.services.allowances import Allowances
from bot.services.browse_clips import BrowseClips
from bot.services.cancel_job import CancelJob
from bot.services.delete_clip import DeleteClip
from bot.services.dependencies import Dependencies
from bot.services.find_jobs import FindJobs
from bot.services.offer import Offer
from bot.services.post_clip import PostClip
from bot.services.repeat_clip import RepeatClip
from bot.services.request_clip import RequestClip
from bot.services.show_quota import ShowQuota
from bot.services.use_clip import UseClip


@dataclass(frozen=True, slots=True)
class UseCases:
    """The use cases that several cogs, buttons or forms call. A cog builds one that only it calls from `dependencies`."""

    request: RequestClip
    cancel: CancelJob
    repeat: RepeatClip
    find: FindJobs
    browse: BrowseClips
    delete: DeleteClip
    post: PostClip
    use: UseClip
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
        """The prices of real clips; of previews where only previews are offered."""
        return self.offer.real_prices

    @property
    def preview(self) -> bool:
        """True if all clips are previews, drawn by the bot itself; members are told so."""
        return self.offer.real is None
