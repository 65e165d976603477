"""The slots of one provider: how many clips it takes at a time, which jobs hold a slot, and the gates that shut after a
refusal. `LocalEngine` has one for each provider.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Final

from bot.domain.clip import Kind
from bot.domain.fair_queue import Waiting
from bot.engines.gates import Gate
from bot.ports import Standstill

_log: Final = logging.getLogger(__name__)


class Slots:
    """`count` is how many clips the provider takes at a time. `free_again` is called when a gate's rest is over."""

    def __init__(self, provider: str, count: int, free_again: Callable[[], None]) -> None:
        self.count = count
        self._provider = provider
        self._free_again = free_again
        self._held: set[int] = set()
        self._gates: dict[frozenset[Kind] | None, Gate] = {None: Gate(None, free_again)}

    @property
    def free(self) -> bool:
        return len(self._held) < self.count and self._gates[None].lets

    @property
    def shut(self) -> bool:
        """Whether any gate is shut."""
        return any(gate.standstill is not None for gate in self._gates.values())

    @property
    def standing(self) -> Standstill | None:
        """Why it takes no clips of any kind."""
        return self._gates[None].standstill

    def lets(self, kind: Kind) -> bool:
        return all(gate.lets for gate in self._of(kind))

    def has_tried(self, waiting: Waiting) -> bool:
        """Whether it was the one that tried at a shut gate and was refused, so that another goes first now."""
        return any(gate.has_tried(waiting.job_id) for gate in self._of(waiting.kind))

    def next_round(self, waiting: list[Waiting]) -> None:
        """For each shut gate: if all jobs of `waiting` that may try there have tried, they may try again from the first."""
        for gate in self._gates.values():
            if gate.standstill is not None and gate.lets:
                gate.next_round({each.job_id for each in waiting if gate.concerns(each.kind) and self.lets(each.kind)})

    def standstill(self, kind: Kind) -> Standstill | None:
        """Why clips of this kind are not taken now. A reason for this kind alone comes before one for all kinds."""
        gates = sorted(self._of(kind), key=lambda gate: gate.for_all)
        return next((gate.standstill for gate in gates if gate.standstill is not None), None)

    def take(self, job_id: int) -> None:
        """The job holds a slot now, even beyond `count`: after a restart more clips may be with the provider."""
        self._held.add(job_id)

    def enter(self, waiting: Waiting) -> None:
        """A job from the line gets a slot. If a gate is shut, it is the one that tries there."""
        self.take(waiting.job_id)
        for gate in self._of(waiting.kind):
            gate.enter(waiting.job_id)

    def passed(self, job_id: int) -> None:
        """The provider took this clip, which may open gates."""
        for gate in self._gates.values():
            gate.passed(job_id)

    def gives_way(self, job_id: int) -> None:
        """The job keeps its slot, but its answer may take long: another may try at the gates."""
        for gate in self._gates.values():
            gate.gone(job_id)

    def leave(self, job_id: int) -> None:
        self._held.discard(job_id)
        self.gives_way(job_id)

    def forget(self, job_id: int) -> None:
        """The job has ended: drops its slot and all that is kept about it."""
        self._held.discard(job_id)
        for gate in self._gates.values():
            gate.forget(job_id)

    def learn(self, ceiling: int) -> None:
        """The provider named its limit of clips at a time. Only a lower one is taken: a larger one may not be meant for us."""
        if 0 < ceiling < self.count:
            _log.warning("%s takes %d clips at a time, not %d", self._provider, ceiling, self.count)
            self.count = ceiling

    def refuse(self, standstill: Standstill, seconds: float) -> None:
        """Shuts the gate of these kinds for so many seconds. Needed beside `count`, since others may use the same account."""
        kinds = standstill.kinds
        if kinds not in self._gates:
            self._gates[kinds] = Gate(kinds, self._free_again)
        self._gates[kinds].shut(standstill, seconds)

    def stop(self) -> None:
        for gate in self._gates.values():
            gate.stop()

    def _of(self, kind: Kind) -> Iterator[Gate]:
        return (gate for gate in self._gates.values() if gate.concerns(kind))
