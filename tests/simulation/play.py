"""Plays one seed from beginning to end and returns the broken rules."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.simulation import invariants
from tests.simulation.invariants import Violation
from tests.simulation.lives import Life
from tests.simulation.pairs import play_pairs
from tests.simulation.tuning import replayable
from tests.simulation.world import World

_LAST_LIVES: Final = 6
"""Last lives at most. One that ends because a fault keeps it from reading its database is followed by another."""
_COLLECTED_EACH: Final = 8
"""Seeds between two garbage collections: a collection takes as long as a third of a seed."""


@dataclass
class Outcome:
    """`digest` is always the same for the same seed and code. `struck` counts the faults."""

    seed: int
    digest: str
    jobs: int
    violations: list[Violation] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    @property
    def command(self) -> str:
        """The command that plays the seed again."""
        return f"python -m tests.simulation --seed {self.seed} --trace"


def play(seed: int, *, traced: bool = False) -> Outcome:
    """Plays the seed and checks the invariants."""
    folder = Path(tempfile.mkdtemp(prefix=f"simulated-{seed}-"))
    world = World(seed, folder, traced=traced)
    lives = world.lives
    try:
        with replayable(world):
            if world.kind.pair:
                play_pairs(world, lives)
            else:
                _play_one_by_one(world, lives)
        violations = invariants.of(world, [life for life in lives if life.plan is None and not life.crashed] or lives[-1:])
        jobs = world.books.execute("SELECT COUNT(*) FROM jobs").fetchone()[0]
        return Outcome(seed, world.trace.digest, jobs, violations, world.faults.struck, world.trace.lines or [])
    finally:
        with replayable(World(seed, folder)):
            _bury(lives, seed)
        world.books.close()
        shutil.rmtree(folder, ignore_errors=True)


def _play_one_by_one(world: World, lives: list[Life]) -> None:
    for plan in world.plan.lives:
        hung = lives[-1] if lives and lives[-1].hangs else None
        lives.append(Life(world, plan, hung))
        lives[-1].run()
    for _ in range(_LAST_LIVES):
        lives.append(Life(world, None))
        lives[-1].run()
        if not lives[-1].crashed:
            break


def _bury(lives: list[Life], seed: int) -> None:
    """Closes the coroutines of killed lives silently; nothing of them may run while the invariants are checked."""
    hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        for life in lives:
            life.loop.dead = life.disk.dead = True
            for task in asyncio.all_tasks(life.loop):
                task._log_destroy_pending = False
                with contextlib.suppress(BaseException):
                    task.get_coro().close()
            life.app = None
            life.loop.close()
        lives.clear()
        if seed % _COLLECTED_EACH == 0:
            gc.collect()
    finally:
        sys.unraisablehook = hook
