"""The slots of one provider: how many clips it takes at a time, and which jobs hold one. Made by `LocalEngine`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from bot.domain.fair_queue import Waiting
from bot.engines.gates import Gates
from bot.ports import ShutGate

_log: Final = logging.getLogger(__name__)


class Slots:
    """Implements `Shared`. `gates` shut for some time after a refusal, and `free_again` is called when that time is over. A job
    that leaves its slot also leaves the gates.
    """

    def __init__(self, provider: str, count: int, free_again: Callable[[], None]) -> None:
        self._changed: Callable[[], None] = _nobody_listens
        self.gates = Gates(free_again, self._gates_changed)
        self._count = count
        self._ceiling: int | None = None
        self._ceiling_left: Callable[[], float] = _nothing_left
        self._provider = provider
        self._held: set[int] = set()

    @property
    def count(self) -> int:
        """How many clips the provider takes at a time."""
        if self._ceiling is None or self._ceiling_left() <= 0:
            return self._count
        return min(self._count, self._ceiling)

    def allow(self, count: int) -> None:
        """The provider, or the operator, says how many it takes. A ceiling that was met stays for its time."""
        self._count = count

    @property
    def free(self) -> bool:
        """Whether one more clip may go to the provider, as far as that does not depend on its kind."""
        return len(self._held) < self.count and self.gates.lets(None)

    def take(self, job_id: int) -> None:
        """The job holds a slot now, even beyond `count`: after a restart more clips may be with the provider."""
        self._held.add(job_id)

    def enter(self, waiting: Waiting) -> None:
        """A job from the line gets a slot. If a gate is shut, it is the one that tries there."""
        self.take(waiting.job_id)
        self.gates.enter(waiting)

    def leave(self, job_id: int) -> None:
        self._held.discard(job_id)
        self.gates.gone(job_id)

    def forget(self, job_id: int) -> None:
        """The job has ended: drops its slot and all that is kept about it."""
        self._held.discard(job_id)
        self.gates.forget(job_id)

    def learn(self, ceiling: int, seconds: float) -> None:
        """As the port says. Only a lower limit is taken: a larger one may not be meant for us."""
        if not 0 < ceiling <= self.count or ceiling >= self._count:
            return
        if ceiling < self.count:
            _log.warning("%s takes %d clips at a time, not %d", self._provider, ceiling, self.count)
        now = asyncio.get_running_loop().time
        until = now() + seconds
        self._ceiling, self._ceiling_left = ceiling, lambda: until - now()

    # -- what is shared with other processes ---------------------------------------------------------------------------

    def shut_gates(self) -> tuple[ShutGate, ...]:
        return self.gates.seen()

    def on_change(self, changed: Callable[[], None]) -> None:
        self._changed = changed

    def tries_at(self, job_id: int) -> tuple[ShutGate, ...]:
        return tuple(gate for gate in self.gates.seen() if gate.probe == job_id)

    def learn_gate(self, gate: ShutGate, seconds: float) -> None:
        self.gates.at(gate.standstill.kinds).learn(gate, seconds)

    def _gates_changed(self) -> None:
        self._changed()


def _nobody_listens() -> None:
    pass


def _nothing_left() -> float:
    return 0.0
