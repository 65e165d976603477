"""What a clip costs, in whole credits. The prices come from the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.domain import limits
from bot.domain.clip import RESOLUTION_DEFAULT, ClipRequest, Resolution

LIST_CREDITS_PER_SECOND: Final = {Resolution.P720: 14, Resolution.P1080: 18}
"""One credit is one US cent of the list price (June 2026): US$0.14 and US$0.18 per second of finished clip."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Whole credits per second of finished clip."""

    p720: int = LIST_CREDITS_PER_SECOND[Resolution.P720]
    p1080: int = LIST_CREDITS_PER_SECOND[Resolution.P1080]

    def per_second(self, resolution: Resolution) -> int:
        return self.p720 if resolution is Resolution.P720 else self.p1080

    def of(self, request: ClipRequest) -> int:
        """Credits for this clip: seconds x credits per second."""
        return self.per_second(request.resolution) * request.duration

    @property
    def least(self) -> int:
        """Credits for the cheapest possible clip."""
        return min(self.p720, self.p1080) * limits.DURATION_MIN_SECONDS

    @property
    def free(self) -> bool:
        """True if clips of every resolution cost nothing."""
        return not max(self.p720, self.p1080)

    def usual(self, resolution: Resolution = RESOLUTION_DEFAULT) -> int:
        """Credits for a clip of the default length: the price that members are told."""
        return self.per_second(resolution) * limits.DURATION_DEFAULT_SECONDS

    def clips_left(
        self,
        credits_left: int,
        *,
        duration: int = limits.DURATION_DEFAULT_SECONDS,
        resolution: Resolution = RESOLUTION_DEFAULT,
    ) -> int | None:
        """How many more such clips the credits pay for, rounded down; None where clips are free."""
        each = self.per_second(resolution) * duration
        return max(credits_left, 0) // each if each else None


FREE: Final = Prices(0, 0)
