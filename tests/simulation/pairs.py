"""Two bots at once on one store: in some seeds (`kinds.py`) a second process runs beside the first. `play` calls it.

Each start takes over what the other one has, and what either books afterwards is its own. Members' commands reach either.
A process that ends or hangs is followed by the next; one that hung wakes up beside two others.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tests.simulation.lives import TURN_SECONDS, Life
from tests.simulation.plan import Hang

if TYPE_CHECKING:
    from tests.simulation.world import World

_PLACES: Final = 2
_SECOND_AFTER_MS: Final = 5_000
"""So long after the first process the second one starts, at most."""
_LAST_LIVES: Final = 12
"""Last lives at most. One that ends because it can't read its database is started again."""


def play_pairs(world: World, lives: list[Life]) -> None:
    """Plays all lives of a seed, and adds them to `lives`. The last two run to the end."""
    _Pair(world, lives).run()


class _Pair:
    def __init__(self, world: World, lives: list[Life]) -> None:
        self._world = world
        self._lives = lives
        self._plans = deque(world.plan.lives)
        self._now_ms: float = world.now_ms
        second_ms = self._now_ms + world.chance.of("pairs").randrange(_SECOND_AFTER_MS)
        self._starts_ms = [self._now_ms, second_ms][:_PLACES]
        """When a process starts, for each place without one."""
        self._asleep: list[tuple[float, Life]] = []
        """Processes that hang, and when each wakes up."""
        self._woken: list[tuple[float, Life]] = []
        """Processes that woke up, and when each is killed."""

    def run(self) -> None:
        while self._starts_ms or self._world.running or self._asleep:
            self._begin_who_is_due()
            self._now_ms = max(self._now_ms + TURN_SECONDS * 1000, min(self._next_ms(), default=0.0))
            # The other one goes first next time, so that each gets about half of the commands.
            self._world.running.reverse()
            for life in list(self._world.running):
                if not life.catch_up(self._now_ms):
                    self._over(life)
            self._world.stand_at(self._now_ms)

    def _begin_who_is_due(self) -> None:
        for at_ms in [each for each in self._starts_ms if each <= self._now_ms]:
            self._starts_ms.remove(at_ms)
            plan = self._plans.popleft() if self._plans else None
            self._lives.append(Life(self._world, plan, self._lives[-1] if self._lives else None))
            self._world.running.append(self._lives[-1])
            self._lives[-1].begin()
        for due in [each for each in self._asleep if each[0] <= self._now_ms]:
            self._asleep.remove(due)
            self._world.faults.count("life: hangs and wakes beside the next")
            self._world.running.append(due[1])
            due[1].wake(self._now_ms)
            self._woken.append((self._now_ms + _hang_of(due[1]).awake_seconds * 1000, due[1]))
        for due in [each for each in self._woken if each[0] <= self._now_ms]:
            self._woken.remove(due)
            if due[1] in self._world.running:
                self._world.running.remove(due[1])
                due[1].die("killed beside the next one")
            self._world.stand_at(self._now_ms)

    def _next_ms(self) -> Iterator[float]:
        """The times at which something is due: a timer of a process, or one of ours."""
        yield from self._starts_ms
        yield from (at_ms for at_ms, _ in (*self._asleep, *self._woken))
        yield from (life.since_ms + life.loop.next_due * 1000 for life in self._world.running)

    def _over(self, life: Life) -> None:
        """This process ended, was killed, or hangs: the next one starts in its place."""
        self._world.running.remove(life)
        hung_again = any(each is life for _, each in self._woken)
        if life.hangs:
            self._asleep.append((self._now_ms + _hang_of(life).asleep_seconds * 1000, life))
        else:
            life.end()
        self._world.stand_at(self._now_ms)
        ended = life.plan is None and not life.crashed
        if not ended and not hung_again and len(self._lives) < len(self._world.plan.lives) + _LAST_LIVES:
            self._starts_ms.append(self._now_ms + (0 if life.plan is None else life.plan.idle_ms))


def _hang_of(life: Life) -> Hang:
    """How long it sleeps once it hangs, and runs once it woke up."""
    return Hang(0.0, 0.0) if life.plan is None or life.plan.hang is None else life.plan.hang
