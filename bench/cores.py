"""Gives the bot that is measured and the load on it cores of their own. `bench.ack` calls it.

Where both share all cores, the sandbox that a request wakes often runs on the core of the bot that sent it. The bot then stands
still for 2 ms in the middle of its work, and the figure is one of the machine's scheduler.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager

import psutil


def halves() -> tuple[Sequence[int], Sequence[int]]:
    """The cores for the load, and those for the bot: one for the load, all others for the bot.

    Both are all cores where there is but one, or where the system does not let a process choose (macOS).
    """
    process = psutil.Process()
    if not hasattr(process, "cpu_affinity"):
        return (), ()
    all_cores: list[int] = process.cpu_affinity() or []
    return (all_cores[:1], all_cores[1:]) if len(all_cores) > 1 else (all_cores, all_cores)


@contextmanager
def on_cores(cores: Sequence[int]) -> Generator[None]:
    """This process, and each that it starts in the block, runs on these cores only. Afterwards this one has its own again."""
    if not cores:
        yield
        return
    process = psutil.Process()
    before = process.cpu_affinity()
    process.cpu_affinity(list(cores))
    try:
        yield
    finally:
        process.cpu_affinity(before)
