"""Each known fault, put back into the bot, is caught by its noted seed or by one of the next few."""

import pytest

from tests.simulation.known_faults import MUTANTS
from tests.simulation.mutants import hunt, noted

AFTER = 40
"""How many seeds are tried: any change of the bot changes what happens in a seed."""


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_a_known_fault_is_caught(mutant):
    caught = hunt(mutant, noted()[mutant.name], AFTER)

    assert mutant.rule in caught.rules, f"find another seed: make mutants MUTANTS={mutant.name} WRITE=1"
