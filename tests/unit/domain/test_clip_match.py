"""Comparing a clip with its request, at the edges of the tolerances."""

import pytest

from bot.domain.clip import Aspect, Resolution
from bot.domain.clip_match import Came, Differences, compare
from tests.factories import a_request

FIVE_WIDE = a_request(duration=5, resolution=Resolution.P720, aspect=Aspect.WIDE)


@pytest.mark.parametrize(
    ("came", "differing"),
    [
        (Came(5.0, 1280, 720, True), set()),
        (Came(4.5, 1280, 720, True), set()),
        (Came(5.5, 1280, 720, True), set()),
        (Came(5.0, 1920, 1088, True), set()),
        (Came(4.49, 1280, 720, True), {"shorter"}),
        (Came(5.51, 1280, 720, True), {"longer"}),
        (Came(5.0, 1280, 720, False), {"silent"}),
        (Came(5.0, 720, 1280, True), {"other_shape"}),
        (Came(5.0, 960, 720, True), {"other_shape"}),
        (Came(0.5, 720, 720, False), {"shorter", "silent", "other_shape"}),
        (Came(5.0, 320, 180, True), {"smaller"}),
        (Came(5.0, 1120, 630, True), {"smaller"}),
        (Came(5.0, 1168, 656, True), set()),
        (Came(5.0, 1472, 624, True), {"other_shape"}),
    ],
)
def test_differences_from_the_request_are_found_beyond_their_tolerances(came, differing):
    found = compare(FIVE_WIDE, came)
    assert {name for name in Differences.__slots__ if getattr(found, name)} == differing
    assert found.lacking is bool(differing & {"shorter", "silent", "smaller"})


@pytest.mark.parametrize(
    ("aspect", "came"), [(Aspect.ULTRA_WIDE, (2196, 942)), (Aspect.SQUARE, (1080, 1080)), (Aspect.TALL, (1080, 1920))]
)
def test_a_clip_with_as_many_pixels_as_the_wide_shape_is_not_smaller(aspect, came):
    request = a_request(duration=5, resolution=Resolution.P1080, aspect=aspect)
    assert not compare(request, Came(5.0, *came, True)).lacking
    assert compare(request, Came(5.0, came[0] * 2 // 3, came[1] * 2 // 3, True)).smaller
