"""A picture that was scaled down is still within the limits that the original was checked against."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.image import ImageFacts, Use, kept_size, problems

LONG_SIDE = 4096
SIDES = st.integers(300, 70_000)


@given(width=SIDES, height=SIDES, use=st.sampled_from(Use))
def test_a_valid_picture_stays_valid_when_scaled_down_and_is_never_enlarged(width, height, use):
    if problems(ImageFacts("PNG", width, height, 1), use, "image"):
        return
    kept = kept_size(width, height, use, LONG_SIDE)
    assert problems(ImageFacts("PNG", *kept, 1), use, "image") == ()
    assert kept[0] <= width
    assert kept[1] <= height


@given(short=st.integers(300, 20_000), tenths=st.integers(10, 25), use=st.sampled_from(Use), upright=st.booleans())
def test_the_very_edge_of_the_shapes_stays_within_them(short, tenths, use, upright):
    sides = (short * tenths // 10, short)
    width, height = reversed(sides) if upright else sides
    if problems(ImageFacts("PNG", width, height, 1), use, "image"):
        return
    kept = kept_size(width, height, use, LONG_SIDE)
    assert problems(ImageFacts("PNG", *kept, 1), use, "image") == ()
    # Pictures of these shapes are always scaled down to the wanted long side.
    assert max(kept) <= LONG_SIDE or max(width, height) <= LONG_SIDE


@given(width=SIDES, height=SIDES, use=st.sampled_from(Use))
def test_a_picture_keeps_its_shape_to_a_pixel(width, height, use):
    kept_width, kept_height = kept_size(width, height, use, LONG_SIDE)
    assert abs(kept_width - width * kept_height / height) <= max(1, width / height)
