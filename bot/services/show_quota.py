"""Use case: the credits that a member has left, when they reset, and the latest ledger entries. `/quota`, the button "More" and
`happyhorse quota` call it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.domain.price import Prices
from bot.domain.quota import Policy, Standing, Window, span_at
from bot.ports import Clock, Ledger, LedgerEntry
from bot.services.allowances import Allowances

ENTRIES_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Quota:
    """`clips_left` counts clips of the default length and resolution; None where clips are free."""

    standing: Standing
    window: Window
    clips_left: int | None
    entries: tuple[LedgerEntry, ...]


@dataclass(frozen=True)
class ShowQuota:
    ledger: Ledger
    clock: Clock
    policy: Policy
    allowances: Allowances
    prices: Prices

    async def of_member(self, member_id: int, role_ids: frozenset[int] | None, *, entries: int = ENTRIES_SHOWN) -> Quota:
        """`role_ids` as in `Allowances.multiplier`. The multiplier is not stored here."""
        standing = await self.standing(member_id, role_ids)
        latest = await self.ledger.entries(member_id, entries)
        return Quota(standing, self.policy.window, self.prices.clips_left(standing.left), tuple(latest))

    async def standing(self, member_id: int, role_ids: frozenset[int] | None) -> Standing:
        span = span_at(self.policy.window, self.clock.now_ms(), self.policy.zone)
        return Standing(
            allowance=await self.allowances.credits(member_id, role_ids),
            booked=await self.ledger.booked(member_id, span),
            span=span,
            exempt=self.policy.is_exempt(member_id),
            granted=await self.ledger.granted(member_id, span),
        )
