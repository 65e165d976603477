"""The gates before one provider: one for all clips, and one for each model that is refused. `Slots` has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.domain.clip import Kind
from bot.domain.fair_queue import Waiting
from bot.engines.gate import Gate
from bot.ports import Kinds, ShutGate, Standstill


class Gates:
    """`free_again` is called when a gate's rest is over, `changed` when one opens or another job has tried at one. A clip
    passes every gate that concerns its kind. Counting slots is not enough: others may use the account, so that a provider
    refuses although a slot is free.
    """

    def __init__(self, free_again: Callable[[], None], changed: Callable[[], None]) -> None:
        self._free_again = free_again
        self._changed = changed
        self._gates: dict[Kinds, Gate] = {None: Gate(None, free_again, changed)}

    @property
    def any_shut(self) -> bool:
        return any(gate.standstill is not None for gate in self._gates.values())

    def lets(self, kind: Kind | None) -> bool:
        """Whether one more clip of this kind may pass; None: whether the gate for all clips lets one pass."""
        return all(gate.lets for gate in self._of(kind))

    def has_tried(self, waiting: Waiting) -> bool:
        """Whether it was the one that tried at a shut gate and was refused, so that another goes first now."""
        return any(gate.has_tried(waiting.job_id) for gate in self._of(waiting.kind))

    def next_round(self, waiting: list[Waiting]) -> None:
        """For each shut gate: if all jobs of `waiting` that may try there have tried, they may try again from the first."""
        for gate in self._gates.values():
            if gate.standstill is not None and gate.lets:
                gate.next_round({each.job_id for each in waiting if gate.concerns(each.kind) and self.lets(each.kind)})

    def standstill(self, kind: Kind | None) -> Standstill | None:
        """Why clips of this kind are not taken now; None: why no clips of any kind are taken.

        A reason for this kind alone comes before one for all kinds.
        """
        gates = sorted(self._of(kind), key=lambda gate: gate.kinds is None)
        return next((gate.standstill for gate in gates if gate.standstill is not None), None)

    def enter(self, waiting: Waiting) -> None:
        """A job from the line goes to the provider. If a gate is shut, it is the one that tries there."""
        for gate in self._of(waiting.kind):
            gate.enter(waiting.job_id)

    def passed(self, job_id: int) -> None:
        """The provider took this clip, which may open gates."""
        for gate in self._gates.values():
            gate.passed(job_id)

    def gone(self, job_id: int) -> None:
        """This job's try is over, or its answer may take long: another may try."""
        for gate in self._gates.values():
            gate.gone(job_id)

    def forget(self, job_id: int) -> None:
        """The job has ended: drops all that is kept about it."""
        for gate in self._gates.values():
            gate.forget(job_id)

    def at(self, kinds: Kinds) -> Gate:
        """The gate of these kinds, for a caller that shuts it. Made, open, where there is none yet."""
        if kinds not in self._gates:
            self._gates[kinds] = Gate(kinds, self._free_again, self._changed)
        return self._gates[kinds]

    def seen(self) -> tuple[ShutGate, ...]:
        """What other processes need to know of the shut gates."""
        return tuple(seen for gate in self._gates.values() if (seen := gate.seen()) is not None)

    def stop(self) -> None:
        for gate in self._gates.values():
            gate.stop()

    def _of(self, kind: Kind | None) -> Iterator[Gate]:
        """The gates that a clip of this kind has to pass; None: only the one that every clip has to pass."""
        return (gate for gate in self._gates.values() if (gate.kinds is None if kind is None else gate.concerns(kind)))
