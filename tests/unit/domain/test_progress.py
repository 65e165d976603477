"""Progress bars come from the provider's figure, else from what similar clips took, and are never full before the clip is made.

Without either there is no bar.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.progress import Experience, bar, bringing, experience, fraction, overdue


def test_too_few_clips_are_no_experience():
    assert experience([1000, 2000]) is None
    assert experience(range(1, 11)) == Experience(median_ms=6, p90_ms=10, clips=10)


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=20), st.integers(0, 10**7))
def test_a_bar_never_claims_to_be_done(reports, step):
    for n, reported in enumerate(reports):
        assert 0 <= fraction(reported, n * step, Experience(60_000, 120_000, 9)) <= 0.9


def test_past_the_expected_time_the_bar_stands_still():
    expected = Experience(60_000, 120_000, 9)
    assert not overdue(120_000, expected)
    assert overdue(120_001, expected)


def test_without_experience_the_models_own_five_minutes_are_the_expectation():
    assert not overdue(300_000, None)
    assert overdue(300_001, None)


def test_without_report_and_experience_there_is_no_bar_to_draw():
    assert fraction(None, 80_000, None) is None
    assert fraction(0.0, 80_000, None) is None


def test_a_made_clip_that_takes_long_to_be_posted_has_no_bar_any_more():
    assert bringing(120_000) == 1.0
    assert bringing(120_001) is None


@pytest.mark.parametrize(("value", "full"), [(0, 0), (0.09, 0), (0.5, 5), (0.95, 9), (1, 10)])
def test_the_bar_has_ten_steps(value, full):
    assert bar(value) == "▰" * full + "▱" * (10 - full)


@pytest.mark.parametrize(
    ("reported", "elapsed_ms", "expected", "full"),
    [
        (0.5, 119_000, Experience(60_000, 120_000, 9), 0.5),
        (0.0, 60_000, Experience(60_000, 120_000, 9), 0.45),
        (None, 240_000, Experience(60_000, 120_000, 9), 0.9),
        (1.0, 0, None, 0.9),
    ],
    ids=["the provider's word counts", "zero is no word", "past all experience", "not done before it is"],
)
def test_the_providers_own_figure_wins_over_experience(reported, elapsed_ms, expected, full):
    assert fraction(reported, elapsed_ms, expected) == pytest.approx(full)
