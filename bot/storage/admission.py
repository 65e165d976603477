"""Checks that one more order is within its bounds, by sums in the same transaction. `StoredBookings` calls it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from bot.domain.quota import Bounds, payer_for
from bot.errors import Crossed, QuotaRefused
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
    providers = Counter(provider for provider, _ in wanted)
    in_guild = guild_id is not None
    crossed: list[Crossed | None] = []
    left_after = None
    if bounds.member_credits is not None:
        left = bounds.member_credits + _sum(transaction, _BOOKED, {**account, **span})
        crossed.append(_credits("allowance", cost, left, bounds.member_credits, bounds))
        left_after = left - cost
    if bounds.member_running is not None:
        running = transaction.rows(_RUNNING, {"member_id": member_id})
        crossed += [_orders("running", provider, running, bounds.member_running) for provider in providers]
    if bounds.guild_credits is not None and in_guild:
        left = bounds.guild_credits + _sum(transaction, _BOOKED_OF_GUILD, {"guild_id": guild_id, **span})
        crossed.append(_credits("guild_allowance", cost, left, bounds.guild_credits, bounds))
    if bounds.guild_running is not None and in_guild:
        running = transaction.rows(_RUNNING_OF_GUILD, {"guild_id": guild_id})
        crossed += [_orders("guild_running", provider, running, bounds.guild_running) for provider in providers]
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


def _orders(reason: str, provider: str, running: Sequence[Row], limit: int) -> Crossed | None:
    left = limit - sum(row["orders"] for row in running if row["provider"] == provider)
    return Crossed(reason, needed=1, left=max(0, left), limit=limit) if left < 1 else None
