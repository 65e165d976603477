"""Checks that one more order is within its bounds, by sums in the same transaction. `StoredBookings` calls it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bot.domain.quota import Bounds, payer_for
from bot.errors import QuotaRefused
from bot.problem import Crossed
from bot.storage.database import Row, Transaction
from bot.storage.sql import statement

_BOOKED = statement("ledger.booked")
_BOOKED_OF_GUILD = statement("ledger.booked_of_guild")
_RUNNING = statement("orders.running_of_member")
_RUNNING_OF_GUILD = statement("orders.running_of_guild")


def admit(
    transaction: Transaction, member_id: int, guild_id: int | None, wanted: Sequence[tuple[str, int]], bounds: Bounds
) -> int | None:
    """The member's credits left after this order, None where they have no limit. `wanted`: provider and cost of each job.

    Raises `QuotaRefused` with every bound that would be crossed. A free order crosses no bound of credits; in a direct message
    no guild's bounds apply. What runs is counted for each provider separately, so previews do not keep real clips back.
    """
    cost = sum(each for _, each in wanted)
    span = {"start_ms": bounds.span.start_ms, "end_ms": bounds.span.end_ms}
    payer = payer_for(member_id)
    account = {"member_id": payer.member_id, "kind": payer.kind}
    in_guild = guild_id is not None
    crossed: list[Crossed | None] = []
    left_after = None
    if bounds.member_credits is not None:
        left = bounds.member_credits + _sum(transaction, _BOOKED, {**account, **span})
        crossed.append(_credits("allowance", cost, left, bounds.member_credits, bounds))
        left_after = left - cost
    if bounds.member_running is not None or bounds.member_running_jobs is not None:
        running = transaction.rows(_RUNNING, {"member_id": member_id})
        crossed += _running("running", wanted, running, bounds.member_running, bounds.member_running_jobs)
    if bounds.guild_credits is not None and in_guild:
        left = bounds.guild_credits + _sum(transaction, _BOOKED_OF_GUILD, {"guild_id": guild_id, **span})
        crossed.append(_credits("guild_allowance", cost, left, bounds.guild_credits, bounds))
    if (bounds.guild_running is not None or bounds.guild_running_jobs is not None) and in_guild:
        running = transaction.rows(_RUNNING_OF_GUILD, {"guild_id": guild_id})
        crossed += _running("guild_running", wanted, running, bounds.guild_running, bounds.guild_running_jobs)
    refused = tuple(each for each in crossed if each is not None)
    if refused:
        raise QuotaRefused(refused)
    return left_after


def _sum(transaction: Transaction, sql: str, parameters: Mapping[str, int | str | None]) -> int:
    row = transaction.one(sql, parameters)
    return 0 if row is None else int(row["booked"])


def _credits(reason: str, cost: int, left: int, limit: int, bounds: Bounds) -> Crossed | None:
    if cost <= 0 or cost <= left:
        return None
    return Crossed(reason, needed=cost, left=left, limit=limit, resets_at_ms=bounds.span.end_ms)


def _running(
    reason: str, wanted: Sequence[tuple[str, int]], running: Sequence[Row], orders_most: int | None, jobs_most: int | None
) -> Iterator[Crossed]:
    """At each provider of the order: too many orders, or else too many jobs."""
    for provider, needed in Counter(provider for provider, _ in wanted).items():
        there = next((row for row in running if row["provider"] == provider), {"orders": 0, "jobs": 0})
        if orders_most is not None and there["orders"] >= orders_most:
            yield Crossed(reason, needed=1, left=0, limit=orders_most)
        elif jobs_most is not None and there["jobs"] + needed > jobs_most:
            yield Crossed(f"{reason}_jobs", needed=needed, left=max(0, jobs_most - there["jobs"]), limit=jobs_most)
