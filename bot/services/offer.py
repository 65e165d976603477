"""The providers that members may choose for new clips, each with its prices. Use cases, forms and cogs ask it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.job import PREVIEW
from bot.domain.price import Prices


@dataclass(frozen=True, slots=True)
class Offer:
    """`prices` by provider, in the operator's order. The first provider is used when a member chooses none."""

    prices: Mapping[str, Prices]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.prices)

    def takes(self, wanted: str | None) -> bool:
        """Whether the provider `wanted` is offered. None, for the operator's first, always is."""
        return wanted is None or wanted in self.prices

    def of(self, wanted: str | None) -> str:
        """The provider that makes the clip: `wanted` if it is offered, else the first. Older clips may name one that is not."""
        return wanted if wanted is not None and wanted in self.prices else self.names[0]

    def prices_of(self, wanted: str | None) -> Prices:
        return self.prices[self.of(wanted)]

    @property
    def real(self) -> str | None:
        """The first provider of real clips; None if only previews are offered."""
        return next((name for name in self.prices if name != PREVIEW), None)

    @property
    def real_prices(self) -> Prices:
        """The prices that members are told: those of real clips, or of previews if only these are offered."""
        return self.prices_of(self.real)

    @property
    def preview_prices(self) -> Prices | None:
        """The prices of previews if both real clips and previews are offered, else None."""
        return self.prices[PREVIEW] if self.mixed else None

    @property
    def free_previews(self) -> bool:
        """True if both are offered and previews cost nothing."""
        return self.preview_prices is not None and self.preview_prices.free

    @property
    def previews_first(self) -> bool:
        """True if both are offered and a member who chooses none gets a preview."""
        return self.mixed and self.names[0] == PREVIEW

    @property
    def mixed(self) -> bool:
        """True if both real clips and previews are offered."""
        return self.real is not None and PREVIEW in self.prices
