"""Plays 300 seeds, each a few lives of the whole bot with faults: nothing is lost, doubled, mischarged or left behind."""

import os
from collections import Counter

import pytest

from tests.simulation.faults import DRAWN, RATES
from tests.simulation.run import played

SEEDS = int(os.environ.get("SIMULATED_SEEDS", "300"))
ENOUGH = 200
"""With at least this many seeds every fault must have struck."""
AT_ONCE = 2

# It takes a minute on two idle cores. Other tests may run at the same time, and a slow machine may have one core.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def outcomes():
    return sorted(played(range(1, SEEDS + 1), AT_ONCE), key=lambda outcome: outcome.seed)


def test_whatever_strikes_each_job_is_made_charged_posted_and_shown_once(outcomes):
    broken = [
        f"seed {outcome.seed}: {violation.rule}: {violation.about}\n    {outcome.command}"
        for outcome in outcomes
        for violation in outcome.violations
    ]
    assert not broken, "\n".join(broken)


def test_every_fault_strikes(outcomes):
    struck = Counter()
    for outcome in outcomes:
        struck += outcome.struck

    missing = {name for name in (*RATES, *DRAWN) if not struck[name]}
    assert len(outcomes) < ENOUGH or not missing
