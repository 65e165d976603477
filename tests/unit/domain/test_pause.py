"""Which pause stops requests for clips in which server."""

import pytest

from bot.domain.pause import Pause, pause_of

EVERYWHERE, HERE, OVER = Pause(None, "all"), Pause(2_000, "here"), Pause(1_000, "over")


@pytest.mark.parametrize(
    ("pauses", "guild", "found"),
    [
        ({}, 5, None),
        ({None: EVERYWHERE}, 5, (None, EVERYWHERE)),
        ({None: EVERYWHERE}, None, (None, EVERYWHERE)),
        ({5: HERE}, 5, (5, HERE)),
        ({5: HERE}, 6, None),
        ({5: HERE}, None, None),
        ({5: OVER}, 5, None),
        ({None: OVER, 5: HERE}, 5, (5, HERE)),
        ({None: EVERYWHERE, 5: HERE}, 5, (None, EVERYWHERE)),
    ],
)
def test_the_widest_pause_that_still_holds_is_the_one(pauses, guild, found):
    assert pause_of(pauses, guild, 1_000) == found
