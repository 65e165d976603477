"""The gates of one provider as they are written down, so that a restart and other processes know them. `Holds` owns it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from bot.domain.backoff import obeyed
from bot.errors import StorageError
from bot.ports import CEILING_SECONDS, Clock, Engine, Kinds, ProviderStates, ShutGate, Standstill, Why

_log: Final = logging.getLogger(__name__)
_AFTER_START_SECONDS: Final = 1.0
"""Until the first try after a start where our key, plan or balance was refused: the operator may have restarted because that
is repaired. Every other rest goes on, and takes no less than this.
"""
_ANOTHER_TRIES_SECONDS: Final = 5.0
"""Until the next look at a gate at which a job of another process tries now."""


class SharedGates:
    """`states` has what is written, `engine` the gates as this process knows them."""

    def __init__(self, provider: str, states: ProviderStates, engine: Engine, clock: Clock) -> None:
        self._provider = provider
        self._states = states
        self._known = engine.shared(provider)
        self._clock = clock
        self.untold: list[Kinds] = []
        """The gates that are open again, of which the operator was told that they are shut, and not yet that this is over. They
        stay written as shut until then: a process that dies in between leaves it to the next one to tell.
        """
        self._written: dict[Kinds, ShutGate] = {}
        self._writing = asyncio.Lock()
        self._ceiling: int | None = None

    async def load(self, taken_over: Collection[int]) -> tuple[ShutGate, ...]:
        """Teaches the engine what earlier processes left, and returns their gates. `taken_over` are the ids of the jobs that
        this process has from them. Raises `StorageError`.
        """
        gates = await self._read()
        for gate in gates:
            refused = gate.standstill.why is Why.REFUSED
            rest = 0.0 if refused else self._rest(gate)
            probe = gate.probe if gate.probe in taken_over else None
            self._known.learn_gate(replace(gate, probe=probe), max(rest, _AFTER_START_SECONDS))
        return gates

    async def look(self) -> tuple[ShutGate, ...]:
        """Teaches the engine what other processes have written since, and returns those gates. Raises `StorageError`."""
        ours = {kinds: self._written[kinds].rest_until_ms for kinds in self.untold if kinds in self._written}
        read = await self._read()
        gates = tuple(gate for gate in read if gate.rest_until_ms > ours.get(gate.standstill.kinds, -1))
        for gate in gates:
            rest = self._rest(gate)
            if gate.probe is not None:
                rest = max(rest, _ANOTHER_TRIES_SECONDS)
            self._known.learn_gate(replace(gate, probe=None), rest)
        return gates

    def name_ceiling(self, ceiling: int) -> None:
        """The provider named its ceiling. `write` writes it down."""
        self._ceiling = ceiling

    def opened(self) -> list[ShutGate]:
        """The gates that are open again and may still be written as shut."""
        shut = {gate.standstill.kinds for gate in self._known.shut_gates()}
        return [gate for kinds, gate in self._written.items() if kinds not in shut]

    async def write(self, standing: Mapping[Kinds, Standstill], told: Collection[Kinds]) -> None:
        """Writes down what changed. `standing`: why the line stands still. `told`: the kinds of the standstills that
        the operator knows of.

        Never raises: what fails is written with the next change.
        """
        async with self._writing:
            try:
                if self._ceiling is not None:
                    await self._states.name_ceiling(self._provider, self._ceiling, self._clock.now_ms())
                    self._ceiling = None
                # A standstill may go on while its gate is open: the provider took a clip whose submit began before the latest
                # refusal, and that opened the gate. Such a standstill is written without a rest.
                shut = {kinds: ShutGate(standstill, 0) for kinds, standstill in standing.items()}
                shut |= {gate.standstill.kinds: gate for gate in self._known.shut_gates()}
                shut = {kinds: replace(gate, told=kinds in told) for kinds, gate in shut.items()}
                shut = {kinds: self._written[kinds] for kinds in self.untold if kinds in self._written} | shut
                await self._states.change_gates(self._provider, self._written.values(), shut.values())
            except StorageError as error:
                # If a restart comes before the next change, the operator is told once more, and clips may be refused again.
                _log.error("what %s refuses could not be written down: %s", self._provider, error)
            else:
                self._written = shut

    async def _read(self) -> tuple[ShutGate, ...]:
        known = await self._states.read(self._provider)
        left = CEILING_SECONDS - (self._clock.now_ms() - known.ceiling_at_ms) / 1000
        if known.ceiling is not None and left > 0:
            self._known.learn(known.ceiling, min(left, CEILING_SECONDS))
        self._written = {gate.standstill.kinds: gate for gate in known.gates}
        return known.gates

    def _rest(self, gate: ShutGate) -> float:
        """Seconds until one may try. Never more than `RETRY_AFTER_MOST`, however the clock was set meanwhile."""
        return obeyed((gate.rest_until_ms - self._clock.now_ms()) / 1000)
