"""Fairness of the line, and honesty of what it promises."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.fair_queue import Waiting, expected_wait_ms, in_order


def test_every_members_first_goes_before_anyones_second():
    flood = [Waiting(n, 1) for n in range(1, 6)]
    line = in_order([*flood, Waiting(10, 2), Waiting(11, 3)], Counter())
    assert [each.job_id for each in line] == [1, 10, 11, 2, 3, 4, 5]


def test_running_jobs_count_as_the_members_earlier_ones():
    line = in_order([Waiting(1, 1), Waiting(2, 2)], Counter({1: 1}))
    assert [each.job_id for each in line] == [2, 1]


def test_among_equals_goes_who_was_served_longest_ago():
    line = in_order([Waiting(2, 1), Waiting(10, 2), Waiting(11, 3)], Counter(), {1: 9, 3: 4})
    assert [each.job_id for each in line] == [10, 11, 2]


def test_who_waits_since_before_goes_first_whoever_was_served_since():
    line = in_order(
        [Waiting(2, 1, joined=0.5), Waiting(10, 2, joined=6.5), Waiting(11, 3, joined=4.5)], Counter(), {1: 1, 3: 5}
    )
    assert [each.job_id for each in line] == [2, 11, 10]


@given(st.lists(st.integers(1, 5), max_size=30), st.dictionaries(st.integers(1, 5), st.integers(0, 3)))
def test_a_member_keeps_their_own_order_and_no_kth_stands_behind_a_later_k(members, running):
    line = in_order([Waiting(n, member) for n, member in enumerate(members)], Counter(running))
    seen = Counter(running)
    ranks = []
    for each in line:
        seen[each.member_id] += 1
        ranks.append(seen[each.member_id])
    assert ranks == sorted(ranks)
    for member in set(members):
        own = [each.job_id for each in line if each.member_id == member]
        assert own == sorted(own)


@pytest.mark.parametrize(
    ("position", "slots", "typical", "wait"),
    [(1, 1, 60_000, 30_000), (2, 1, 60_000, 90_000), (3, 2, 60_000, 90_000), (1, 0, 60_000, 30_000), (4, 4, None, None)],
)
def test_the_expected_wait_is_whole_rounds_before_it_and_half_of_what_runs(position, slots, typical, wait):
    assert expected_wait_ms(position, slots, typical) == wait
