"""What a clip costs, and how many more a member can have."""

import pytest

from bot.domain.clip import Resolution
from bot.domain.price import FREE, Prices
from tests.factories import a_request


@pytest.mark.parametrize(
    ("resolution", "duration", "credits"), [("720P", 5, 70), ("1080P", 5, 90), ("1080P", 15, 270), ("720P", 3, 42)]
)
def test_a_clip_costs_its_seconds_times_the_list_price(resolution, duration, credits):
    assert Prices().of(a_request(resolution=resolution, duration=duration)) == credits


@pytest.mark.parametrize(("left", "clips"), [(900, 10), (89, 0), (90, 1), (-5, 0)])
def test_what_is_left_is_told_in_clips(left, clips):
    assert Prices().clips_left(left) == clips
    assert FREE.clips_left(left) is None


def test_an_operators_own_prices_count_for_both_resolutions():
    own = Prices(p720=1, p1080=3)
    costs = {each: own.of(a_request(resolution=each, duration=10)) for each in Resolution}
    assert costs == {Resolution.P720: 10, Resolution.P1080: 30}
    assert own.clips_left(100, duration=10, resolution=Resolution.P720) == 10


def test_clips_are_told_to_be_free_only_where_both_resolutions_are():
    assert FREE.free
    assert not Prices(p720=14, p1080=0).free
    assert not Prices(p720=0, p1080=18).free
