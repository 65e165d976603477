"""A life: one process of the bot from its start until it is killed, stopped or hangs, in the world's time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from bot.app import Application
from bot.errors import StorageError
from tests.posts import OPEN
from tests.simulation import building, idling
from tests.simulation.clock import SimulatedLoop
from tests.simulation.disk import Disk, WorkPath
from tests.simulation.hanging import Sending
from tests.simulation.members import Members
from tests.simulation.plan import LifePlan
from tests.simulation.states import States

if TYPE_CHECKING:
    from tests.simulation.world import World

_QUIET_SECONDS: Final = 60.0
_IDLE_SECONDS: Final = 600.0
"""Between two looks in the days for which an unposted clip waits."""
_QUIET_LOOKS: Final = 2
"""A last life ends when so many looks in a row have found nothing to do."""
_PATIENCE_SECONDS: Final = 4 * 3600.0
"""Within this time after the last fault all jobs must have ended."""
_UNPOSTED_SECONDS: Final = 4 * 24 * 3600.0
"""The same for unposted clips, which are kept for three days."""
_ASKED: Final = "SELECT COUNT(*) FROM operator_requests WHERE answered_at_ms IS NULL"
_LEFT: Final = "SELECT COUNT(*) FROM asked WHERE outcome IS NULL OR outcome = 'telling'"
_LATE_SECONDS: Final = 60.0
"""For so long after its jobs were taken over a process may still send what it was sending."""
TURN_SECONDS: Final = 0.05
"""Of two lives that run at the same time, how long one runs until it is the other's turn."""


class Life:
    """One life. Once it is `dead`, nothing of it crosses a boundary any more. `hangs` while it stands still."""

    def __init__(self, world: World, plan: LifePlan | None, beside: Life | None = None) -> None:
        """Without a plan it is the last life: its faults end, and it runs until nothing is left to do.

        `beside` is a life that hangs, and wakes up while this one runs; or the one before, where two run all the time.
        """
        self.world = world
        self.disk = Disk(world, None if beside is None else beside.disk)
        self.loop = SimulatedLoop(world, self.disk)
        self.sending = Sending(self.loop)
        self.states = States(world, self.loop)
        self.crashed = False
        self.hangs = False
        self.app: Application | None = None
        self.plan = plan
        self._beside = beside
        self._crossings = 0
        self.since_ms = 0
        self._main_task: asyncio.Task[None] | None = None
        self._members: Callable[[], object] = list
        self.lost: frozenset[int] = frozenset()
        """Jobs of another life: it has taken them over from this one, or has booked them."""
        self._woken: asyncio.Future[None] | None = None
        self._hung = False
        self._overtaken = -_LATE_SECONDS

    @property
    def is_one_of_two(self) -> bool:
        """Whether another life runs at the same time, or has begun while this one hung. Where two run all the time: whether
        another has just taken jobs over, or took them over while this one hung.
        """
        if self.world.kind.pair:
            return self._hung or self.loop.time() - self._overtaken < _LATE_SECONDS
        return self._hung or (self._beside is not None and not self._beside.dead)

    @property
    def dead(self) -> bool:
        return self.loop.dead

    async def alive(self) -> None:
        """Returns only while the life is not dead or hanging."""
        if self.dead:
            await self.loop.create_future()
        if self._woken is not None:
            await asyncio.shield(self._woken)

    async def cross(self, boundary: str) -> None:
        """Called at each boundary of the process, for all that leaves it; a kill may strike here."""
        await self.alive()
        self.world.note(boundary)
        if self.plan is None or not boundary.startswith(self.plan.boundary):
            return
        self._crossings += 1
        if self.plan.fuse == self._crossings:
            if self.plan.hang is not None:
                self._hang(f"hangs at: {boundary}")
                await self.alive()
                return
            self.die(f"killed at: {boundary}")
            await self.loop.create_future()

    def die(self, how: str) -> None:
        self.world.note(how)
        self.world.faults.count("life: killed")
        self.loop.dead = self.disk.dead = True
        self.loop.stop()

    def run(self) -> None:
        """Runs the life from start to end. Unfinished work of a killed life stays as it is; a hanging life may be woken."""
        self.begin()
        if self._beside is not None:
            self._run_beside(self._beside)
        self.go_on()
        self.end()
        self.world.leave(0 if self.plan is None else self.plan.idle_ms)

    def begin(self) -> None:
        """Starts the process, which does nothing before it is told to go on."""
        self.since_ms = self.world.now_ms
        self._enter()
        self.loop.set_exception_handler(self._unheard)
        self._main_task = self.loop.create_task(self._main())
        self._main_task.add_done_callback(lambda _: self.loop.stop())

    def end(self) -> None:
        """Called once it does not go on any more."""
        if self._main_task is not None and self._main_task.done():
            self._main_task.result()
        if self.dead and self.plan is not None and self.plan.ends == "power cut":
            self.disk.lose_power(self.world.folder)

    def go_on(self, seconds: float | None = None) -> bool:
        """Runs for so many seconds, or until it ends or hangs. Whether it can go on after that."""
        self._enter()
        if self._goes_on:
            stop = None if seconds is None else self.loop.call_later(seconds, self.loop.stop)
            self.loop.run_forever()
            if stop is not None:
                stop.cancel()
        return self._goes_on

    @property
    def _goes_on(self) -> bool:
        return not (self.dead or self.hangs or (self._main_task is not None and self._main_task.done()))

    def _enter(self) -> None:
        WorkPath.disk = self.disk
        self.world.enter(self.loop, self.since_ms)

    def _run_beside(self, other: Life) -> None:
        """Runs this life alone until the other wakes up, then both in turns until the other is killed."""
        hang = None if other.plan is None else other.plan.hang
        if hang is None or not self.go_on(hang.asleep_seconds):
            return
        self.world.faults.count("life: hangs and wakes beside the next")
        # Once the next life runs jobs, they belong to it.
        if not self.runs_jobs:
            other.lost = frozenset()
        other.wake(self.world.now_ms)
        until = self.loop.time() + hang.awake_seconds
        while self.loop.time() < until and self.go_on(TURN_SECONDS) and other._goes_on:
            now_ms = self.world.now_ms
            other.catch_up(now_ms)
        other._enter()
        if not other.dead:
            other.die("killed beside the next one")

    @property
    def runs_jobs(self) -> bool:
        """Whether it has taken over the jobs. Of two lives the one that took over last has them."""
        return self.app is not None and self.app.engine._run is not None

    def _hang(self, how: str) -> None:
        """Hangs as soon as nothing is being sent. A request on its way arrives in reality even if its sender hangs; here it
        would not.
        """
        if self.dead or self._hung:
            return
        if self.sending.busy:
            self.loop.call_later(TURN_SECONDS, self._hang, how)
            return
        self.world.note(how)
        self.hangs = self._hung = True
        self._woken = self.loop.create_future()
        if self.runs_jobs and not self.world.kind.pair:
            unfinished = self.world.books.execute("SELECT id FROM jobs WHERE ended_at_ms IS NULL")
            self.lost = frozenset(row[0] for row in unfinished)
        self._members()
        self.loop.stop()

    def wake(self, now_ms: float) -> None:
        """Wakes the life up; timers that were due meanwhile are late."""
        self.loop.leapt = max(self.loop.leapt, (now_ms - self.since_ms) / 1000)
        self.world.note("the one that hung goes on")
        self.hangs = False
        if self._woken is not None:
            self._woken.set_result(None)
        self._woken = None

    def catch_up(self, now_ms: float) -> bool:
        """Runs until the world's time. Whether it can go on after that."""
        seconds = (now_ms - self.since_ms) / 1000 - self.loop.time()
        if seconds > 0:
            self.go_on(seconds)
        return self._goes_on

    def _take_over(self, took_over: Callable[[Mapping[int, int]], None], fences: Mapping[int, int]) -> None:
        """Notes which jobs the other processes have lost to this one, at its start."""
        if not self.runs_jobs:
            self.lost -= fences.keys()
            for other in self.world.lives:
                if other is not self and not other.dead:
                    other.lost |= fences.keys()
                    other._overtaken = other.loop.time()
        took_over(fences)

    def _unheard(self, loop: asyncio.AbstractEventLoop, context: dict) -> None:
        error = context.get("exception")
        self.world.stumbles.append(f"unheard of: {context.get('message')} {error!r}")

    async def _main(self) -> None:
        async_context.set(AsyncWebhookAdapter())
        self._set_clock()
        self.app = app = await building.build(self)
        self.world.watching.life(app)
        living = asyncio.create_task(app.live("token"), name="live")
        app.notifier.deliver = self.sending.around(app.notifier.deliver)
        if self.world.kind.pair:
            app.runner.took_over = partial(self._take_over, app.runner.took_over)
        members = Members(self, app)
        asking = asyncio.create_task(members.live(), name="members")
        self._members = lambda: (asking.cancel(), members.stop())
        await asyncio.wait(
            [living, asyncio.create_task(self._until(members), name="until")], return_when=asyncio.FIRST_COMPLETED
        )
        asking.cancel()
        gone = [asking, *members.stop()]
        await asyncio.wait(gone)
        if living.done():
            self.crashed = True
            error = living.exception()
            if not isinstance(error, StorageError):
                self.world.stumbles.append(f"the bot ended by itself: {error!r}")
        elif self.plan is not None and self.plan.hang is not None:
            self._hang("hangs")
            await self.loop.create_future()
        elif self.plan is not None and self.plan.ends != "stop":
            self.die("killed by the clock")
            await self.loop.create_future()
        elif self.plan is not None:
            await self._stop(app, living)

    def _set_clock(self) -> None:
        """Sets the machine's clock as planned: wrong from the start, and set again while the process runs."""
        clock, steps = self.world.clock, ((0.0, 0),) if self.plan is None else self.plan.clock
        clock.ahead_ms = steps[0][1]
        if clock.ahead_ms:
            self.world.faults.count("clock: wrong at the start")
        for at, ahead_ms in steps[1:]:
            self.loop.call_later(at, clock.step, ahead_ms)

    async def _until(self, members: Members) -> None:
        """Waits for the time that the plan gives, or in the last life until all is done."""
        if self.plan is not None:
            await asyncio.sleep(self.plan.seconds)
            return
        if self.world.single_trouble.member is None:
            await asyncio.sleep(self.world.plan.last_faults_seconds)
        else:
            await self.world.waits.watch(self.world.plan.last_faults_seconds)
        self.world.faults.awake = False
        idling.watch(closely=False)
        began, quiet, idle = self.loop.time(), 0, False
        while quiet < _QUIET_LOOKS:
            idling.look(seldom=idle)
            await asyncio.sleep(_IDLE_SECONDS if idle else _QUIET_SECONDS)
            if self is self.world.lives[-1]:
                self.world.waits.look(_QUIET_SECONDS)
            unfinished, unposted = self.world.books.execute(OPEN).fetchone()
            busy = unfinished > unposted or self.world.plan.wishes or members.busy or self._is_busy()
            idle = bool(unposted and not busy)
            quiet = 0 if busy or idle else quiet + 1
            if self.loop.time() - began > (_UNPOSTED_SECONDS if unfinished == unposted else _PATIENCE_SECONDS):
                return

    def _is_busy(self) -> bool:
        """Whether there is work left. Asked last, since it takes the longest."""
        asked = self.world.books.execute(_ASKED).fetchone()[0] or self.world.books.execute(_LEFT).fetchone()[0]
        return bool(asked) or (self.app is not None and bool(self.app.engine._tasks))

    async def _stop(self, app: Application, living: asyncio.Task[int]) -> None:
        """Stops the bot as SIGTERM does."""
        self.world.faults.count("life: stopped in order")
        self.world.note("SIGTERM")
        began = self.loop.time()
        await app.stop()
        await living
        await app.close()
        if self.loop.time() - began > 60:
            self.world.stumbles.append(f"a stop took {self.loop.time() - began:.0f} s")
