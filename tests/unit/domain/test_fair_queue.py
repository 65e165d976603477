"""The order of waiting jobs is fair, and the expected wait is honest."""

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


def test_of_equal_members_the_one_served_longest_ago_is_next():
    line = in_order([Waiting(2, 1), Waiting(10, 2), Waiting(11, 3)], Counter(), {1: 9, 3: 4})
    assert [each.job_id for each in line] == [10, 11, 2]


def test_a_job_that_waited_before_others_were_served_goes_before_theirs():
    line = in_order(
        [Waiting(2, 1, joined=0.5), Waiting(10, 2, joined=6.5), Waiting(11, 3, joined=4.5)], Counter(), {1: 1, 3: 5}
    )
    assert [each.job_id for each in line] == [2, 11, 10]


@given(st.lists(st.integers(1, 5), max_size=30), st.dictionaries(st.integers(1, 5), st.integers(0, 3)))
def test_a_members_jobs_keep_their_order_and_a_kth_job_is_never_behind_anyones_later_one(members, running):
    line = in_order([Waiting(n, member) for n, member in enumerate(members)], Counter(running))
    seen = Counter(running)
    ranks = []
    for each in line:
        seen[members[each.job_id]] += 1
        ranks.append(seen[members[each.job_id]])
    assert ranks == sorted(ranks)
    for member in set(members):
        own = [each.job_id for each in line if members[each.job_id] == member]
        assert own == sorted(own)


@pytest.mark.parametrize(
    ("position", "slots", "typical", "wait"),
    [(1, 1, 60_000, 30_000), (2, 1, 60_000, 90_000), (3, 2, 60_000, 90_000), (1, 0, 60_000, 30_000), (4, 4, None, None)],
)
def test_the_expected_wait_is_whole_rounds_before_it_and_half_of_what_runs(position, slots, typical, wait):
    assert expected_wait_ms(position, slots, typical) == wait
