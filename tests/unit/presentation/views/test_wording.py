"""Texts for single figures and names: places in line, times, lengths, prices, and what came in place of what was asked for."""

from dataclasses import replace

import pytest

from bot.domain.clip import Kind, Resolution
from bot.domain.clip_match import Came
from bot.domain.job import State
from bot.domain.price import FREE, Prices
from bot.presentation.views import durations, prices, wording
from bot.presentation.views.differences import came_otherwise, seconds_that_came
from tests.factories import a_job, a_reference_image, a_request


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"), (112, "112th")],
)
def test_a_place_in_line_is_said_as_people_say_it(number, said):
    assert wording.ordinal(number) == said


@pytest.mark.parametrize(
    ("milliseconds", "exact", "rough", "so_far"),
    [
        (0, "0 s", "10 s", "just begun"),
        (7_400, "7 s", "10 s", "5 s so far"),
        (59_000, "59 s", "1 min", "55 s so far"),
        (83_000, "1 min 23 s", "1½ min", "1 min 20 s so far"),
        (359_000, "5 min 59 s", "6 min", "5 min 30 s so far"),
        (3_900_000, "1 h 5 min", "1 h 5 min", "1 h 5 min so far"),
    ],
)
def test_times_promise_no_more_than_they_know(milliseconds, exact, rough, so_far):
    assert (durations.span(milliseconds), durations.about(milliseconds), durations.so_far(milliseconds)) == (
        exact,
        rough,
        so_far,
    )


def test_a_length_is_offered_with_its_price():
    assert prices.length_choice(5, Resolution.P1080, Prices()) == "5 s · 90 credits at 1080P"
    assert prices.length_choice(5, Resolution.P720, FREE) == "5 s · free"
    assert prices.length_choice(5, Resolution.P1080, Prices(), 3) == "5 s · 270 credits at 1080P for 3 clips"


def test_a_still_decides_the_shape_so_its_pixels_are_told():
    portrait = (a_reference_image(1, width=800, height=1000),)
    line = wording.settings_line(a_request(Kind.IMAGE, references=portrait, resolution="1080P"))
    assert line == "Image to video · 5 s · 1080P · 1080\u00a0×\u00a01350"


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED, State.UNKNOWN])
def test_credits_that_were_given_back_are_not_told_as_spent(state):
    job = a_job(state=state, cost=90, charged=0, left_after=810, resets_at_ms=5_000)
    assert (wording.cost_of(job), wording.quota_after(job)) == ("not charged", "")


@pytest.mark.parametrize("state", [State.DONE, State.CANCELLED])
def test_what_was_charged_is_told_and_what_was_left_then_is_not(state):
    job = a_job(state=state, cost=90, charged=90, left_after=810, resets_at_ms=5_000)
    assert (wording.cost_of(job), wording.quota_after(job)) == ("90 credits", "")


def test_only_a_preview_is_called_one():
    assert wording.cost_of(a_job(cost=0, provider="preview")) == "free preview"
    assert wording.cost_of(a_job(cost=0, provider="scenario")) == "free"


def test_where_less_is_left_than_one_more_costs_its_member_is_told_so():
    short = a_job(cost=90, left_after=42, resets_at_ms=5_000)
    assert wording.last_one(short) == (
        "You have 42 credits left, less than one more clip like this costs (90). They reset <t:5:R>."
    )
    assert wording.last_one(a_job(cost=90, left_after=1)).startswith("You have 1 credit left,")
    assert wording.last_one(a_job(cost=90, left_after=90)) == wording.last_one(a_job(cost=90, left_after=None)) == ""


def test_quota_is_left_out_where_nothing_was_booked():
    assert wording.quota_after(a_job(cost=90, left_after=810, resets_at_ms=5_000)) == "810 left, resets <t:5:R>"
    assert wording.quota_after(a_job(cost=0, left_after=810)) == ""
    assert wording.quota_after(a_job(cost=90, left_after=None)) == ""


@pytest.mark.parametrize(
    ("came", "said"),
    [
        (Came(5.04, 1920, 1080, True), ""),
        (Came(3.2, 1920, 1080, True), "It came 3.2 s long instead of 5 s."),
        (Came(9.0, 1920, 1080, True), "It came 9.0 s long instead of 5 s."),
        (Came(5.0, 1080, 1080, False), "It came in another shape (1080\u00a0×\u00a01080), and without sound."),
        (Came(5.04, 320, 180, True), "It came smaller than 1080P (320\u00a0×\u00a0180)."),
        (
            Came(3.2, 1080, 1080, False),
            "It came 3.2 s long instead of 5 s, in another shape (1080\u00a0×\u00a01080), and without sound.",
        ),
    ],
)
def test_what_came_is_said_where_it_is_not_what_was_asked_for(came, said):
    assert came_otherwise(a_request(duration=5), came) == said


@pytest.mark.parametrize(("seconds", "said"), [(5.04, "5"), (4.6, "5"), (3.2, "3.2"), (9.0, "9.0")])
def test_the_length_is_the_one_that_was_asked_for_where_the_clip_came_so(seconds, said):
    assert seconds_that_came(a_request(duration=5), Came(seconds, 1280, 720, True)) == said


def test_a_clip_that_costs_less_than_was_booked_says_so_before_and_after_its_end():
    job = a_job(state=State.DELIVERING, provider="scenario", cost=90, reduced_to=0, left_after=10)
    for each in (job, replace(job, state=State.DONE, charged=0)):
        assert (wording.cost_of(each), wording.quota_after(each)) == ("not charged", "")
