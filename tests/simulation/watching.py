"""Checks during a seed that turns at the provider are given fairly, and notes since when clips are watched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from bot.ports import Next, RunResult

if TYPE_CHECKING:
    from bot.app import Application
    from bot.domain.job import Job
    from bot.ports import Engine
    from tests.simulation.world import World

_IN_LINE_MS: Final = 1_000
"""A job must have been in line for so long before another job's turn can count as unfair to it."""
_WITH_PROVIDER: Final = (
    "SELECT member_id, COUNT(*) FROM whole_jobs"
    " WHERE ended_at_ms IS NULL AND state NOT IN ('queued', 'unposted') GROUP BY member_id"
)
"""By member, how many jobs count as running. A job in line does not, nor one whose clip is unposted."""


class Watching:
    def __init__(self, world: World) -> None:
        self._world = world
        self._in_line: dict[int, tuple[int, Job]] = {}
        self._engine: Engine | None = None
        self._latest: Engine | None = None
        """The engine that has the jobs."""
        self._turns: dict[int, int] = {}
        """Turns that were just given and are not in the database yet: job id to member id."""
        self.unfair: list[str] = []
        self.unwanted: list[str] = []
        self.parked_ms: dict[int, int] = {}
        """By job id, since when its clip's reference is known and watched."""

    def life(self, app: Application) -> None:
        """Watches each turn that the engine of this life gives. The line starts empty."""
        self._in_line.clear()
        self._turns.clear()
        self._engine = engine = app.engine
        run, took_over = app.runner.run, app.runner.took_over
        pair = self._world.kind.pair

        def taking_over(fences: Mapping[int, int]) -> None:
            self._latest = engine
            took_over(fences)

        async def watched(job_id: int, *, slot: bool) -> RunResult:
            if self._engine is not engine and not pair:
                # A life that hung and goes on beside the next one has no line of its own any more.
                return await run(job_id, slot=slot)
            if slot and not pair:
                # Of two processes each has a line of its own.
                self._turn(job_id)
            step = await run(job_id, slot=slot)
            if step.next is not Next.LATER:
                # If the turn could not be stored, the member keeps it until it can.
                self._turns.pop(job_id, None)
            if step.next is Next.PARKED:
                self.parked_ms.setdefault(job_id, self._world.now_ms)
            if step.next is Next.ENDED:
                self._world.waits.shown(job_id)
            if step.next is Next.IN_LINE and step.job is not None and step.job.discard:
                self.unwanted.append(f"job {job_id} was thrown away and stands in line")
            if step.next is Next.IN_LINE and step.job is not None:
                self._in_line[job_id] = (self._world.now_ms, step.job)
            return step

        app.runner.run = watched
        app.runner.took_over = taking_over

    def _turn(self, job_id: int) -> None:
        if job_id not in self._in_line or self._latest is not self._engine:
            # A life that hung at its start may have woken up, taken the jobs over and died: its turns are not known.
            return
        member = self._in_line.pop(job_id)[1].member_id
        waiting = self._queued()
        busy = Counter(dict(self._world.books.execute(_WITH_PROVIDER).fetchall()))
        busy.update(each for turn, each in self._turns.items() if turn in waiting)
        self._turns[job_id] = member
        if busy[member] < 2:
            return
        for other, (since_ms, job) in self._in_line.items():
            first = busy[job.member_id] == 0 and other in waiting
            if first and self._world.now_ms - since_ms > _IN_LINE_MS and self._could_go(job):
                self.unfair.append(f"member {member}'s clip {job_id} went before member {job.member_id}'s first, {other}")

    def _could_go(self, job: Job) -> bool:
        """Whether the provider takes clips of the job's kind, as far as the bot knows."""
        return self._engine is None or self._engine.standstill(job.provider, job.request.kind) is None

    def _queued(self) -> set[int]:
        rows = self._world.books.execute("SELECT id FROM jobs WHERE state = 'queued' AND not_before_ms IS NULL").fetchall()
        return {row[0] for row in rows}
