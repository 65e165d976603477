"""Three hundred seeds, each a few lives of the whole bot under faults: nothing is lost, doubled, mischarged or left behind."""

import os
from collections import Counter

import pytest

from tests.simulation.faults import DRAWN, RATES
from tests.simulation.play import play

SEEDS = int(os.environ.get("SIMULATED_SEEDS", "300"))
AT_ONCE = 25


@pytest.mark.parametrize("first", range(1, SEEDS + 1, AT_ONCE))
def test_whatever_strikes_each_job_is_made_charged_posted_and_shown_once(first):
    outcomes = [play(seed) for seed in range(first, min(first + AT_ONCE, SEEDS + 1))]

    broken = [
        f"seed {outcome.seed}: {violation.rule}: {violation.about}\n    {outcome.command}"
        for outcome in outcomes
        for violation in outcome.violations
    ]
    assert not broken, "\n".join(broken)


def test_every_fault_strikes():
    struck: Counter = Counter()
    missing = {*RATES, *DRAWN}
    for seed in range(1, 151):
        struck += play(seed).struck
        missing = {name for name in missing if not struck[name]}
        if not missing:
            break

    assert not missing
