"""Whether one more job is within its bounds, by sums of the transaction that would add it. Knows no rule of the operator."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.quota import Bounds
from bot.errors import QuotaRefused
from bot.ports import NewJob
from bot.storage.database import Transaction
from bot.storage.sql import statement

_BOOKED = statement("ledger.booked")
_BOOKED_OF_GUILD = statement("ledger.booked_of_guild")
_RUNNING = statement("jobs.running_of_member")
_RUNNING_OF_GUILD = statement("jobs.running_of_guild")


def admit(transaction: Transaction, new: NewJob, bounds: Bounds) -> int | None:
    """The member's credits left after this job, None where they have no limit.

    Raises `QuotaRefused` for the first bound that would be crossed. A free job crosses no bound of credits; in a direct
    message no guild's holds.
    """
    span = {"start_ms": bounds.span.start_ms, "end_ms": bounds.span.end_ms}
    member = {"member_id": new.member_id}
    guild = {"guild_id": new.address.guild_id}
    in_guild = new.address.guild_id is not None
    left_after = None
    if bounds.member_credits is not None:
        left = bounds.member_credits + _sum(transaction, _BOOKED, "booked", {**member, **span})
        _hold_credits("allowance", new.cost, left, bounds.member_credits, bounds)
        left_after = left - new.cost
    if bounds.member_running is not None:
        _hold_running("running", _sum(transaction, _RUNNING, "running", member), bounds.member_running)
    if bounds.guild_credits is not None and in_guild:
        left = bounds.guild_credits + _sum(transaction, _BOOKED_OF_GUILD, "booked", {**guild, **span})
        _hold_credits("guild_allowance", new.cost, left, bounds.guild_credits, bounds)
    if bounds.guild_running is not None and in_guild:
        _hold_running("guild_running", _sum(transaction, _RUNNING_OF_GUILD, "running", guild), bounds.guild_running)
    return left_after


def _sum(transaction: Transaction, sql: str, column: str, parameters: Mapping[str, int | None]) -> int:
    row = transaction.one(sql, parameters)
    return 0 if row is None else int(row[column])


def _hold_credits(reason: str, cost: int, left: int, limit: int, bounds: Bounds) -> None:
    if cost > 0 and cost > left:
        raise QuotaRefused(reason, needed=cost, left=left, limit=limit, resets_at_ms=bounds.span.end_ms)


def _hold_running(reason: str, running: int, limit: int) -> None:
    if running >= limit:
        raise QuotaRefused(reason, needed=1, left=max(0, limit - running), limit=limit)
