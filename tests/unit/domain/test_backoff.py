"""Waits double up to the longest, are spread by the part that is random, and a Retry-After is obeyed within bounds."""

import pytest

from bot.domain.backoff import Backoff, Doubling, Spread, obeyed


def test_waits_double_up_to_the_longest_however_often_it_was_tried():
    waits = Doubling(first=2, longest=60)

    assert [waits.pause(tried) for tried in (1, 2, 3, 5, 6, 7, 5_000)] == [2, 4, 8, 32, 60, 60, 60]


def test_the_wait_after_a_given_one_is_twice_as_long_up_to_the_longest():
    waits = Doubling(first=1, longest=60)

    assert [waits.after(pause) for pause in (1, 20, 300)] == [2, 40, 60]


@pytest.mark.parametrize(
    ("spread", "shortest", "longest"), [(Spread.QUARTER, 6.0, 10.0), (Spread.HALF, 4.0, 8.0), (Spread.ALL, 0.0, 8.0)]
)
def test_the_random_part_of_a_wait_is_what_its_spread_says(spread, shortest, longest):
    waits = Backoff(first=2, longest=60, spread=spread)

    assert (waits.pause(3, 0.0), waits.pause(3, 1.0)) == (shortest, longest)


@pytest.mark.parametrize(("asked", "waited"), [(-5, 0), (0, 0), (12.5, 12.5), (300, 300), (2_600_000, 300)])
def test_a_retry_after_is_obeyed_for_five_minutes_at_most(asked, waited):
    assert obeyed(asked) == waited
