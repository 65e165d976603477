"""Three thousand damaged pictures: none crashes or hangs a decoder, and no accepted one has wrong colours."""

import pytest

from tests.unit.media.corpus import IN_ONE_ROUND, faults, originals

ROUNDS = 6


@pytest.fixture(scope="module")
def kinds(tmp_path_factory):
    return originals(tmp_path_factory.mktemp("pictures"))


def test_there_are_three_thousand():
    assert ROUNDS * IN_ONE_ROUND >= 3_000


@pytest.mark.parametrize("number", range(ROUNDS))
async def test_every_damaged_picture_is_taken_as_it_looks_or_refused_in_words(number, kinds):
    assert await faults(number, kinds) == []
