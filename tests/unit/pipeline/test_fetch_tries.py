"""For how long the bot tries to fetch a finished clip. A clip that fails while others arrive waits apart from them; while none
arrives, all wait together.
"""

import asyncio

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
    """How many minutes fetching is tried. With `others_come` another clip is fetched at each try."""
    began = clock.now
    for number in range(1000):
        wait = tries.wait(CLIP, error)
        if wait is None:
            return (clock.now - began) / MINUTE
        clock.now += int(wait * 1000)
        if others_come:
            tries.came(100 + number)
    raise AssertionError("it is tried for ever")


@pytest.mark.parametrize("others_come", [True, False])
@pytest.mark.parametrize("error", [ProviderUnavailable("no answer"), MediaError("took more than 30 s"), OSError(28, "full")])
def test_a_clip_that_is_paid_for_is_tried_for_hours_whoever_causes_the_trouble(tries, clock, error, others_come):
    assert 240 < minutes(tries, clock, error, others_come=others_come) < 480


async def test_clips_with_trouble_of_their_own_wait_apart_from_all_others(tries):
    for clip in range(20):
        tries.wait(clip, ProviderUnavailable("no answer"))
    for other in range(100, 103):
        tries.came(other)
    under_way, over = [], asyncio.Event()

    async def download(clip, member_id):
        async with tries.slot(clip, member_id):
            under_way.append(clip)
            await over.wait()

    async with asyncio.TaskGroup() as all_of_them:
        # Two clips of each member.
        for clip in range(20):
            all_of_them.create_task(download(clip, clip // 2))
        for member_id in range(50, 54):
            all_of_them.create_task(download(200 + member_id, member_id))
        for _ in range(5):
            await asyncio.sleep(0)
        assert sorted(under_way) == [0, 2, 250, 251, 252, 253]
        over.set()


async def test_clips_of_a_common_outage_stay_with_all_others(tries):
    for other in range(100, 110):
        tries.came(other)
    for clip in range(4):
        tries.wait(clip, ProviderUnavailable("no answer"))
    async with tries.slot(0, 1), tries.slot(1, 1), tries.slot(2, 2), tries.slot(3, 2):
        pass


@pytest.mark.parametrize(
    ("error", "least", "most"),
    [
        (ClipMissing("no asset"), 5, 11),
        (ClipUnavailable("410"), 1, 3),
        (NotAClip("no picture"), 1, 3),
        (ModerationRefused("flagged"), 0, 0),
    ],
)
def test_a_failure_that_can_not_pass_ends_the_tries_within_minutes(tries, clock, error, least, most):
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
