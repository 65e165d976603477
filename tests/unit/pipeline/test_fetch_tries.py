"""When fetching a finished clip in vain is enough: its own trouble for half an hour, everybody's for hours."""

import pytest

from bot.domain.job import Failure
from bot.errors import ClipMissing, ClipUnavailable, MediaError, ModerationRefused, NotAClip, ProviderUnavailable
from bot.pipeline.fetch_tries import FetchTries, failure_of
from tests.fakes import ManualClock

CLIP = 7
MINUTE = 60_000


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def tries(clock):
    return FetchTries(clock)


def minutes(tries, clock, error, *, others_come):
    """How long it is tried. Another clip comes at each try where `others_come`."""
    began = clock.now
    for number in range(1000):
        wait = tries.wait(CLIP, error)
        if wait is None:
            return (clock.now - began) / MINUTE
        clock.now += int(wait * 1000)
        if others_come:
            tries.came(100 + number)
    raise AssertionError("it is tried for ever")


@pytest.mark.parametrize("error", [ProviderUnavailable("no answer"), MediaError("ffmpeg took more than 30 s")])
def test_trouble_of_one_clip_ends_within_the_hour_while_others_come(tries, clock, error):
    assert 30 <= minutes(tries, clock, error, others_come=True) < 45


@pytest.mark.parametrize(
    ("error", "others_come"),
    [(ProviderUnavailable("no answer"), False), (OSError(28, "No space left on device"), True)],
)
def test_trouble_of_all_clips_is_waited_out_for_hours(tries, clock, error, others_come):
    assert minutes(tries, clock, error, others_come=others_come) > 240


def test_clips_that_came_before_its_trouble_say_nothing(tries, clock):
    for other in range(100, 110):
        tries.came(other)
    assert minutes(tries, clock, ProviderUnavailable("no answer"), others_come=False) > 240


@pytest.mark.parametrize(
    ("error", "least", "most"),
    [
        (ClipMissing("no asset"), 5, 11),
        (ClipUnavailable("410"), 1, 3),
        (NotAClip("no picture"), 1, 3),
        (ModerationRefused("flagged"), 0, 0),
    ],
)
def test_what_stays_as_it_is_ends_within_minutes(tries, clock, error, least, most):
    assert least <= minutes(tries, clock, error, others_come=False) <= most


def test_the_operator_hears_after_a_quarter_of_an_hour(tries, clock):
    assert not tries.is_worth_a_word(CLIP)
    tries.wait(CLIP, ProviderUnavailable("no answer"))
    clock.now += 14 * MINUTE
    assert not tries.is_worth_a_word(CLIP)
    clock.now += MINUTE
    assert tries.is_worth_a_word(CLIP)
    tries.came(CLIP)
    assert not tries.is_worth_a_word(CLIP)


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (ModerationRefused("flagged"), Failure.MODERATION),
        (ProviderUnavailable("no answer"), Failure.PROVIDER),
        (NotAClip("no picture"), Failure.PROVIDER),
        (OSError("disk"), Failure.OURS),
        (MediaError("killed"), Failure.OURS),
    ],
)
def test_the_member_hears_whose_fault_it_was(error, failure):
    assert failure_of(error) is failure
