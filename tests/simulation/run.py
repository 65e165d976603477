"""Runs many seeds on all cores and sums them up, or one seed with everything that crossed a boundary."""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tests.simulation.play import Outcome, play

_SHOWN_PER_RULE: Final = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code: 1 where a rule is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=300, help="how many, from --first on")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=None, help="processes, as many as there are cores unless said")
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--trace", action="store_true", help="with --seed: all that crossed a boundary")
    chosen = parser.parse_args(arguments)
    if chosen.seed is not None:
        return _one(chosen.seed, traced=chosen.trace)
    return _many(range(chosen.first, chosen.first + chosen.seeds), chosen.jobs)


def _one(seed: int, *, traced: bool) -> int:
    outcome = play(seed, traced=traced)
    sys.stdout.writelines(outcome.lines)
    for violation in outcome.violations:
        print(f"{violation.rule}: {violation.about}")
    print(f"seed {seed}: {outcome.jobs} jobs, {len(outcome.violations)} violations, trace {outcome.digest[:16]}")
    return bool(outcome.violations)


def _many(seeds: Sequence[int], processes: int | None) -> int:
    began = time.monotonic()
    struck: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    jobs = 0
    for outcome in played(seeds, processes):
        jobs += outcome.jobs
        struck += outcome.struck
        for violation in outcome.violations:
            rules[violation.rule] += 1
            if rules[violation.rule] <= _SHOWN_PER_RULE:
                print(f"seed {outcome.seed}: {violation.rule}: {violation.about}\n  {outcome.command}", flush=True)
    for name, count in sorted(struck.items()):
        print(f"{count:8} {name}")
    seconds = time.monotonic() - began
    print(f"{len(seeds)} seeds, {jobs} jobs, {struck.total()} faults, {seconds:.0f} s, violations: {dict(rules) or 'none'}")
    return bool(rules)


def played(seeds: Iterable[int], processes: int | None = None) -> Iterator[Outcome]:
    """The outcomes as they come. An exception that ends a seed is raised, with the seed's number in it."""
    if processes == 1:
        yield from map(_named, seeds)
        return
    # New processes, not forks: this one may have threads.
    with multiprocessing.get_context("spawn").Pool(processes, _begin) as pool:
        yield from pool.imap_unordered(_named, seeds)


def _begin() -> None:
    """Called after all imports: garbage collections need not look at those objects again."""
    gc.freeze()


def _named(seed: int) -> Outcome:
    try:
        return play(seed)
    except Exception as error:
        error.add_note(f"python -m tests.simulation --seed {seed} --trace")
        raise
