"""Quota arithmetic: windows, allowances, credits left. The sums come from the ledger."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

NO_MULTIPLIER: Final = 1.0
"""The multiplier of a member whose roles have none, or whose roles were never seen."""


class Window(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Span:
    """A window in time, milliseconds since the epoch, end exclusive."""

    start_ms: int
    end_ms: int


def span_at(window: Window, now_ms: int, zone: ZoneInfo) -> Span:
    """The window that contains `now_ms`, in local time: from midnight, Monday or the 1st until the next one.

    A day in which clocks change lasts 23 or 25 hours, as people there expect.
    """
    today = datetime.fromtimestamp(now_ms / 1000, zone).date()
    if window is Window.DAY:
        first, after = today, today + timedelta(days=1)
    elif window is Window.WEEK:
        first = today - timedelta(days=today.weekday())
        after = first + timedelta(days=7)
    else:
        first = today.replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1)

    def ms(day_start: datetime) -> int:
        return int(day_start.astimezone(UTC).timestamp() * 1000)

    return Span(
        ms(datetime(first.year, first.month, first.day, tzinfo=zone)),
        ms(datetime(after.year, after.month, after.day, tzinfo=zone)),
    )


@dataclass(frozen=True, slots=True)
class Policy:
    """The operator's rules. Credits are whole; a cap of 0 means none. `running_per_` caps count the orders that run,
    `running_jobs_` caps the jobs of these.
    """

    window: Window = Window.DAY
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    allowance: int = 900
    role_multipliers: Mapping[int, float] = field(default_factory=dict[int, float])
    running_per_member: int = 3
    running_per_guild: int = 0
    running_jobs_per_member: int = 12
    running_jobs_per_guild: int = 0
    guild_allowance: int = 0
    exempt_members: frozenset[int] = frozenset()

    def multiplier_for(self, role_ids: Collection[int]) -> float:
        """The best multiplier among these roles, 1 where none of them has one."""
        return max((self.role_multipliers[role] for role in role_ids if role in self.role_multipliers), default=NO_MULTIPLIER)

    def allowance_at(self, multiplier: float) -> int:
        """A member's credits per window: the base times their multiplier, rounded down."""
        return int(self.allowance * multiplier)

    def is_exempt(self, member_id: int) -> bool:
        return member_id in self.exempt_members


class AccountKind(StrEnum):
    MEMBER = "member"
    """A member's own, the same in all servers."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whose credits are spent or given. `member_id` is its owner."""

    kind: AccountKind
    member_id: int


def payer_for(member_id: int) -> Account:
    """The one rule for who pays for a member's orders: their own account. What they are granted goes there too."""
    return Account(AccountKind.MEMBER, member_id)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The caps for booking one order, checked by the store in the same transaction that books it. None: no cap.

    `member_running` and `guild_running` are unfinished orders at one provider, `member_running_jobs` and `guild_running_jobs`
    the jobs of such orders that are unfinished.
    """

    span: Span
    member_credits: int | None
    guild_credits: int | None
    member_running: int | None
    guild_running: int | None
    member_running_jobs: int | None = None
    guild_running_jobs: int | None = None


def bounds_for(policy: Policy, member_id: int, multiplier: float, now_ms: int) -> Bounds:
    """The caps for this member now; none for one whom the configuration exempts. `multiplier` is the one of their roles."""
    span = span_at(policy.window, now_ms, policy.zone)
    if policy.is_exempt(member_id):
        return Bounds(span, None, None, None, None)
    return Bounds(
        span,
        policy.allowance_at(multiplier),
        policy.guild_allowance or None,
        policy.running_per_member or None,
        policy.running_per_guild or None,
        policy.running_jobs_per_member or None,
        policy.running_jobs_per_guild or None,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's credits in the window `span`: `allowance` is set by their roles, `booked` the ledger's sum (negative: spent).

    `granted` is the part of `booked` that operators gave (negative: took away).
    """

    allowance: int
    booked: int
    span: Span
    exempt: bool = False
    granted: int = 0

    @property
    def whole(self) -> int:
        """Credits that the member could spend in this window in all, grants included."""
        return max(self.allowance + self.granted, 0)

    @property
    def left(self) -> int:
        return self.allowance + self.booked
