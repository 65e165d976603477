"""`ProviderStates` over any `Database`: the ceiling, the clock and the shut gates of each provider. `may_try` decides for one
job, in the transaction that moves it on.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any, Final, TypeAlias

from bot.domain.clip import Kind
from bot.domain.job import Job
from bot.ports import Kinds, KnownState, ShutGate, Standstill, Why
from bot.storage.database import Database, Row, Transaction
from bot.storage.sql import statement

_log: Final = logging.getLogger(__name__)

_GET = statement("provider_states.get")
_NAME_CEILING = statement("provider_states.name_ceiling")
_KEEP_CLOCK_SKEW = statement("provider_states.keep_clock_skew")
_GATES = statement("provider_states.gates")
_TRIES = statement("provider_states.tries")
_SHUT = statement("provider_states.shut")
_OPEN = statement("provider_states.open")
_FORGET_TRIES = statement("provider_states.forget_tries")
_CLAIM = statement("provider_states.claim")
_RELEASE = statement("provider_states.release")
_TRY = statement("provider_states.try")
_FORGET_TRY = statement("provider_states.forget_try")

_Statement: TypeAlias = tuple[str, dict[str, Any]]


class StoredProviderStates:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, provider: str) -> KnownState:
        def work(transaction: Transaction) -> KnownState:
            row = transaction.one(_GET, {"provider": provider})
            gates = _gates_in(transaction, provider)
            if row is None or row["ceiling"] is None:
                return KnownState(gates)
            return KnownState(gates, row["ceiling"], row["ceiling_at_ms"])

        return await self._database.read(work)

    async def change_gates(self, provider: str, before: Collection[ShutGate], after: Collection[ShutGate]) -> None:
        statements = _changes(provider, _by_kinds(before), _by_kinds(after))

        def work(transaction: Transaction) -> None:
            for sql, parameters in statements:
                transaction.run(sql, parameters)

        if statements:
            await self._database.write(work)

    async def name_ceiling(self, provider: str, ceiling: int, at_ms: int) -> None:
        parameters = {"provider": provider, "ceiling": ceiling, "at_ms": at_ms}
        await self._database.write(lambda transaction: transaction.run(_NAME_CEILING, parameters))

    async def clock_skew_ms(self, provider: str) -> int:
        row = await self._database.read(lambda transaction: transaction.one(_GET, {"provider": provider}))
        return 0 if row is None else row["clock_skew_ms"] or 0

    async def keep_clock_skew(self, provider: str, skew_ms: int) -> None:
        parameters = {"provider": provider, "skew_ms": skew_ms}
        await self._database.write(lambda transaction: transaction.run(_KEEP_CLOCK_SKEW, parameters))


def may_try(transaction: Transaction, job: Job, tries_at: Collection[ShutGate], opened: Collection[ShutGate]) -> bool:
    """Whether the job may go to its provider. If so, it is noted at each shut gate that it has to pass as the one that tries.

    `tries_at` and `opened` as for `JobTransitions.enter`.
    """
    tries, ours = _by_kinds(tries_at), _by_kinds(opened)
    for row in transaction.rows(_GATES, {"provider": job.provider}):
        gate = _gate_of(row)
        if gate is None or not _concerns(gate, job):
            continue
        kinds = gate.standstill.kinds
        known = ours.get(kinds) or tries.get(kinds)
        if known is None or gate.rest_until_ms > known.rest_until_ms:
            return False
        if kinds in ours:
            continue
        if gate.probe not in {None, job.id} and gate.probe not in known.tried:
            return False
        names = {"provider": job.provider, "kinds": row["kinds"]}
        if not transaction.run(_CLAIM, {**names, "job_id": job.id, "seen": row["probe_job"] or 0}):
            return False
    return True


def _concerns(gate: ShutGate, job: Job) -> bool:
    kinds = gate.standstill.kinds
    return kinds is None or job.request.kind in kinds


def _gates_in(transaction: Transaction, provider: str) -> tuple[ShutGate, ...]:
    rows = transaction.rows(_GATES, {"provider": provider})
    tried: dict[str, set[int]] = {}
    for each in transaction.rows(_TRIES, {"provider": provider}):
        tried.setdefault(each["kinds"], set()).add(each["job_id"])
    gates = (_gate_of(row, frozenset(tried.get(row["kinds"], ()))) for row in rows)
    return tuple(gate for gate in gates if gate is not None)


def _gate_of(row: Row, tried: frozenset[int] = frozenset()) -> ShutGate | None:
    """None for a row that this version can't read; the next refusal writes it anew."""
    try:
        kinds = frozenset(map(Kind, row["kinds"].split(","))) if row["kinds"] else None
        standstill = Standstill(Why(row["why"]), row["since_ms"], kinds)
    except ValueError as error:
        _log.warning("why %s takes no clips can't be read: %s", row["provider"], error)
        return None
    return ShutGate(standstill, row["rest_until_ms"], row["probe"], tried, told=bool(row["told"]))


def _by_kinds(gates: Collection[ShutGate]) -> dict[Kinds, ShutGate]:
    return {gate.standstill.kinds: gate for gate in gates}


def _changes(provider: str, before: Mapping[Kinds, ShutGate], after: Mapping[Kinds, ShutGate]) -> list[_Statement]:
    found: list[_Statement] = []
    for kinds, gate in before.items():
        if kinds not in after:
            names = {"provider": provider, "kinds": _text(kinds)}
            found += [(_OPEN, {**names, "rest_until_ms": gate.rest_until_ms}), (_FORGET_TRIES, names)]
    for kinds, gate in after.items():
        names, earlier = {"provider": provider, "kinds": _text(kinds)}, before.get(kinds)
        columns = _columns_of(gate)
        if earlier is None or _columns_of(earlier) != columns:
            found.append((_SHUT, {**names, **columns}))
        tried = frozenset[int]() if earlier is None else earlier.tried
        for job_id in sorted(gate.tried - tried):
            found += [(_TRY, {**names, "job_id": job_id}), (_RELEASE, {**names, "job_id": job_id})]
        found += [(_FORGET_TRY, {**names, "job_id": job_id}) for job_id in sorted(tried - gate.tried)]
    return found


def _columns_of(gate: ShutGate) -> dict[str, Any]:
    return {
        "why": gate.standstill.why,
        "since_ms": gate.standstill.since_ms,
        "rest_until_ms": gate.rest_until_ms,
        "told": int(gate.told),
    }


def _text(kinds: Kinds) -> str:
    return "" if kinds is None else ",".join(sorted(kinds))
