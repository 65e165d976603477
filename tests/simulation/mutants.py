"""Puts known faults (mutants) back, one at a time: the simulation must catch each of them.

    make mutants                          # every mutant, over 600 seeds at most, and which seed and rule caught it
    make mutants MUTANTS="settle-twice"   # some of them

    make mutants WRITE=1                  # and the seeds noted anew

Each runs in a process of its own. `noted_seeds.json` names a seed that caught it. The tests run that seed, and a few after it,
since other changes may change what happens in a seed. A mutant whose text is not found any more fails by name: find out where
the code is now, and write the mutant anew.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.simulation.known_faults import MUTANTS
from tests.simulation.mutating import Mutant, mutate

SEEDS: Final = 600
"""Some mutants live through the first 500."""
_NOTED: Final = Path(__file__).with_name("noted_seeds.json")
_PROCESSES: Final = multiprocessing.get_context("forkserver")
"""Makes a process from one that has imported the libraries, but nothing of the bot: the libraries take as long as a seed."""
_PROCESSES.set_forkserver_preload(
    [
        "PIL.ImageCms",
        "PIL.ImageEnhance",
        "PIL.ImageFont",
        "aiohttp",
        "aiosqlite",
        "babel.lists",
        "babel.numbers",
        "discord.ext.commands",
        "httpx",
        "imageio_ffmpeg",
        "pydantic_settings",
        "unittest.mock",
    ]
)


@dataclass(frozen=True)
class Caught:
    """The seed and the rules that caught a mutant; `seed` is None where none of `tried` seeds did."""

    mutant: str
    seed: int | None
    rules: tuple[str, ...]
    tried: int


def noted() -> dict[str, int]:
    """The noted seeds by mutant name; 1 for a mutant without one."""
    return {**dict.fromkeys(MUTANTS, 1), **json.loads(_NOTED.read_text("utf-8"))}


def _note(caught: Caught) -> None:
    if caught.seed is not None:
        seeds = {name: seed for name, seed in json.loads(_NOTED.read_text("utf-8")).items() if name in MUTANTS}
        seeds[caught.mutant] = caught.seed
        _NOTED.write_text(json.dumps(dict(sorted(seeds.items())), indent=2) + "\n", "utf-8")


def hunt(mutant: Mutant, first: int, seeds: int) -> Caught:
    """Runs seed after seed in a process of its own until the mutant's rule catches it. Raises what keeps it from running."""
    with ProcessPoolExecutor(1, mp_context=_PROCESSES) as pool:
        return pool.submit(_alone, mutant.name, first, seeds).result()


def _alone(name: str, first: int, seeds: int) -> Caught:
    """Runs in the process of one mutant: mutates before the bot is imported."""
    mutant = MUTANTS[name]
    mutate(mutant.edits)
    from tests.simulation.play import play

    for seed in range(first, first + seeds):
        rules = sorted({violation.rule for violation in play(seed).violations})
        if mutant.rule in rules:
            return Caught(name, seed, tuple(rules), seed - first + 1)
    return Caught(name, None, (), seeds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code: 1 where a mutant was not caught."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help="mutants, all of them where none is named")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="seeds at most for each")
    parser.add_argument("--write", action="store_true", help="note the seeds that caught them")
    chosen = parser.parse_args(arguments)
    mutants = [MUTANTS[name] for name in chosen.names] or list(MUTANTS.values())
    alive = 0
    for caught in _hunted(mutants, chosen.first, chosen.seeds):
        alive += caught.seed is None
        if chosen.write:
            _note(caught)
        how = f"seed {caught.seed}: {', '.join(caught.rules)}" if caught.rules else f"LIVES after {caught.tried} seeds"
        print(f"{caught.mutant:48} {how}", flush=True)
    print(f"{len(mutants) - alive} of {len(mutants)} mutants caught")
    return bool(alive)


def _hunted(mutants: Sequence[Mutant], first: int, seeds: int) -> Iterator[Caught]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(lambda mutant: hunt(mutant, first, seeds), mutants)


if __name__ == "__main__":
    raise SystemExit(main())
