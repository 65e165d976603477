"""Checks that one more job is within its bounds, by sums in the same transaction. `StoredBookings` calls it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.quota import Bounds
from bot.errors import Crossed, QuotaRefused
from bot.storage.database import Transaction
from bot.storage.sql import statement

_BOOKED = statement("ledger.booked")
_BOOKED_OF_GUILD = statement("ledger.booked_of_guild")
_RUNNING = statement("jobs.running_of_member")
_RUNNING_OF_GUILD = statement("jobs.running_of_guild")


def admit(
    transaction: Transaction, member_id: int, guild_id: int | None, provider: str, cost: int, bounds: Bounds
) -> int | None:
    """The member's credits left after this job, None where they have no limit.

    Raises `QuotaRefused` with every bound that would be crossed. A free job crosses no bound of credits; in a direct message no
    guild's bounds apply. Unfinished jobs are counted for each provider separately, so previews do not keep real clips back.
    """
    span = {"start_ms": bounds.span.start_ms, "end_ms": bounds.span.end_ms}
    member = {"member_id": member_id}
    guild = {"guild_id": guild_id}
    there = {"provider": provider}
    in_guild = guild_id is not None
    crossed: list[Crossed | None] = []
    left_after = None
    if bounds.member_credits is not None:
        left = bounds.member_credits + _sum(transaction, _BOOKED, "booked", {**member, **span})
        crossed.append(_credits("allowance", cost, left, bounds.member_credits, bounds))
        left_after = left - cost
    if bounds.member_running is not None:
        running = _sum(transaction, _RUNNING, "running", {**member, **there})
        crossed.append(_running("running", running, bounds.member_running))
    if bounds.guild_credits is not None and in_guild:
        left = bounds.guild_credits + _sum(transaction, _BOOKED_OF_GUILD, "booked", {**guild, **span})
        crossed.append(_credits("guild_allowance", cost, left, bounds.guild_credits, bounds))
    if bounds.guild_running is not None and in_guild:
        running = _sum(transaction, _RUNNING_OF_GUILD, "running", {**guild, **there})
        crossed.append(_running("guild_running", running, bounds.guild_running))
    refused = tuple(each for each in crossed if each is not None)
    if refused:
        raise QuotaRefused(refused)
    return left_after


def _sum(transaction: Transaction, sql: str, column: str, parameters: Mapping[str, int | str | None]) -> int:
    row = transaction.one(sql, parameters)
    return 0 if row is None else int(row[column])


def _credits(reason: str, cost: int, left: int, limit: int, bounds: Bounds) -> Crossed | None:
    if cost <= 0 or cost <= left:
        return None
    return Crossed(reason, needed=cost, left=left, limit=limit, resets_at_ms=bounds.span.end_ms)


def _running(reason: str, running: int, limit: int) -> Crossed | None:
    return Crossed(reason, needed=1, left=max(0, limit - running), limit=limit) if running >= limit else None
