"""Fairness of the line, and honesty of what it promises."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.line import Waiting, expected_wait_ms, in_order
from bot.domain.progress import Experience, bar, bringing, experience, fraction, overdue


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
    ("place", "slots", "typical", "wait"),
    [(1, 1, 60_000, 30_000), (2, 1, 60_000, 90_000), (3, 2, 60_000, 90_000), (1, 0, 60_000, 30_000), (4, 4, None, None)],
)
def test_the_expected_wait_is_whole_rounds_before_it_and_half_of_what_runs(place, slots, typical, wait):
    assert expected_wait_ms(place, slots, typical) == wait


def test_too_few_clips_are_no_experience():
    assert experience([1000, 2000]) is None
    assert experience(range(1, 11)) == Experience(median_ms=6, p90_ms=10, clips=10)


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=20), st.integers(0, 10**7))
def test_a_bar_never_claims_to_be_done(reports, step):
    for n, reported in enumerate(reports):
        assert 0 <= fraction(reported, n * step, Experience(60_000, 120_000, 9)) <= 0.9


def test_past_the_expectation_it_says_so_instead_of_creeping():
    expected = Experience(60_000, 120_000, 9)
    assert not overdue(120_000, expected)
    assert overdue(120_001, expected)


def test_without_experience_the_models_own_five_minutes_are_the_expectation():
    assert not overdue(300_000, None)
    assert overdue(300_001, None)


def test_without_report_and_experience_there_is_no_bar_to_draw():
    assert fraction(None, 80_000, None) is None
    assert fraction(0.0, 80_000, None) is None


def test_a_clip_that_takes_long_to_be_brought_here_has_no_bar_any_more():
    assert bringing(120_000) == 0.97
    assert bringing(120_001) is None


@pytest.mark.parametrize(("value", "full"), [(0, 0), (0.09, 0), (0.5, 5), (0.95, 9), (1, 10)])
def test_the_bar_has_ten_steps(value, full):
    assert bar(value) == "▰" * full + "▱" * (10 - full)
