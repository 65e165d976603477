"""How long jobs wait before the next try: a share of the time that the trouble has lasted, within bounds."""

import pytest

from bot.domain.backoff import Lasting
from bot.pipeline.waits import REFUSED, UNREACHABLE, UPLOAD

MINUTE_MS = 60_000


@pytest.mark.parametrize(
    ("pace", "lasted_ms", "dice", "wait"),
    [
        (UPLOAD, 0, 0.5, 5.0),
        (UPLOAD, MINUTE_MS, 0.5, 30.0),
        (UPLOAD, 24 * 60 * MINUTE_MS, 0.5, 600.0),
        (UPLOAD, 24 * 60 * MINUTE_MS, 1.0, UPLOAD.longest_pause),
        (REFUSED, 0, 0.5, 60.0),
        (REFUSED, 60 * MINUTE_MS, 0.5, 300.0),
        (UNREACHABLE, 0, 0.0, 1.5),
        (UNREACHABLE, 60 * MINUTE_MS, 0.5, 60.0),
        (Lasting(first=1, longest=10), -MINUTE_MS, 0.5, 1.0),
    ],
)
def test_waits_grow_with_the_trouble_up_to_the_longest_and_are_spread(pace, lasted_ms, dice, wait):
    assert pace.pause(lasted_ms, dice) == wait
