"""The clocks of the bot's machine: a wall clock that may be wrong and may jump, and a monotonic one that never does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from tests.virtual_time import VirtualLoop

if TYPE_CHECKING:
    from tests.simulation.world import World

_BOOTED_SECONDS: Final = 5_000.0
"""The monotonic clock at the beginning; any number would do."""


class HostClock:
    """Replaces the module `time` in `bot` modules; names that it does not have come from the real module."""

    CLOCK_BOOTTIME = 7
    """Where a system has this clock, the bot asks for it each time. Its number does not matter."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.ahead_ms = 0

    def step(self, ahead_ms: int) -> None:
        """Sets the machine's clock, as an operator or NTP might."""
        self.ahead_ms = ahead_ms
        self._world.note(f"the machine's clock is {ahead_ms} ms ahead now")
        self._world.faults.count("clock: steps")

    def time_ns(self) -> int:
        return (self._world.now_ms + self.ahead_ms) * 1_000_000

    def time(self) -> float:
        return (self._world.now_ms + self.ahead_ms) / 1000

    def monotonic(self) -> float:
        loop = self._world.loop
        return _BOOTED_SECONDS + (0.0 if loop is None else loop.time())

    def monotonic_ns(self) -> int:
        return int(self.monotonic() * 1_000_000_000)

    def clock_gettime_ns(self, _: int) -> int:
        return self.monotonic_ns()

    perf_counter = monotonic

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


class SimulatedLoop(VirtualLoop):
    """A loop in virtual time. Work for a thread runs on the loop itself, a moment later."""

    alone = True

    def __init__(self, world: World, disk: Any) -> None:
        super().__init__()
        self._world = world
        self._disk = disk
        self._dice = world.chance.of("threads")
        self.dead = False

    @property
    def next_due(self) -> float:
        """The loop's time at which it has something to do."""
        if self._ready or not self._scheduled:
            return self.time()
        return self._scheduled[0].when()

    def run_in_executor(self, executor, func, *args):
        future = self.create_future()

        def run() -> None:
            if self.dead:
                return
            # As in a real thread, the work is done even if nobody waits for it any more.
            try:
                self._disk.strike(func, args)
                result = func(*args)
            except BaseException as error:  # noqa: BLE001  as a thread's error goes to whoever waits for it
                if not future.done():
                    future.set_exception(error)
            else:
                if not future.done():
                    future.set_result(result)

        self.call_later(self._dice.uniform(0.0005, 0.01), run)
        return future
