"""Each known fault, put back, is caught: by the seed that stands with it, or by one of the few after it."""

import pytest

from tests.simulation.known_faults import MUTANTS
from tests.simulation.mutants import hunt, noted

AFTER = 40
"""Seeds tried in all, since any change of the bot moves what a seed meets."""


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_a_known_fault_is_caught(mutant):
    caught = hunt(mutant, noted()[mutant.name], AFTER)

    assert mutant.rule in caught.rules, f"find another seed: make mutants MUTANTS={mutant.name} WRITE=1"
