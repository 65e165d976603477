"""What members may choose from: the providers that take new clips, each with its prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.job import PREVIEW
from bot.domain.price import Prices


@dataclass(frozen=True, slots=True)
class Offer:
    """`prices` by provider, in the operator's order: the first is the one that is taken where a member chooses none."""

    prices: Mapping[str, Prices]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.prices)

    def takes(self, wanted: str | None) -> bool:
        """Whether a request goes to whom it names; one that names nobody leaves it to the operator."""
        return wanted is None or wanted in self.prices

    def of(self, wanted: str | None) -> str:
        """Who makes what is asked for; the first, too, of an earlier clip whose provider is not offered any more."""
        return wanted if wanted is not None and wanted in self.prices else self.names[0]

    def prices_of(self, wanted: str | None) -> Prices:
        return self.prices[self.of(wanted)]

    @property
    def real(self) -> str | None:
        """The first that makes more than previews; None where there is none."""
        return next((name for name in self.prices if name != PREVIEW), None)

    @property
    def real_prices(self) -> Prices:
        """What a real clip costs, or a preview where there is nothing else: of this members' credits are told."""
        return self.prices_of(self.real)

    @property
    def drafts(self) -> Prices | None:
        """What previews cost beside real clips; None where members have no such choice."""
        return self.prices[PREVIEW] if self.mixed else None

    @property
    def free_drafts(self) -> bool:
        """Previews beside real clips cost nothing."""
        return self.drafts is not None and self.drafts.free

    @property
    def draws_first(self) -> bool:
        """Who chooses nothing gets a preview, though there are real clips."""
        return self.mixed and self.names[0] == PREVIEW

    @property
    def mixed(self) -> bool:
        """Previews stand beside real clips."""
        return self.real is not None and PREVIEW in self.prices
