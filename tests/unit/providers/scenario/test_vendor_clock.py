"""The vendor's clock is learned from its answers, stored and used: a lost submit is found even if our own clock is wrong."""

from email.utils import formatdate

import pytest

from bot.errors import SubmitOutcomeUnknown
from bot.ports import Lost, Phase
from bot.providers.scenario import ScenarioProvider
from bot.providers.scenario.vendor_clock import VendorClock
from tests.factories import storage_error
from tests.fakes import ManualClock

MINUTE_MS = 60_000


class FastClock:
    """Our clock, this many minutes ahead of the vendor's (negative: behind)."""

    def __init__(self, served, minutes):
        self.served = served
        self.ms = minutes * MINUTE_MS

    def now_ms(self):
        return self.served.clock.now_ms() + self.ms

    async def sleep(self, seconds):
        self.served.clock.advance(seconds)


class Kept:
    """How far the vendor's clock is ahead of ours, in memory. Every call raises `fault` while it is set."""

    def __init__(self, skew_ms=0):
        self.skew_ms = skew_ms
        self.writes = 0
        self.fault = None

    async def clock_skew_ms(self, provider):
        if self.fault:
            raise self.fault
        return self.skew_ms

    async def keep_clock_skew(self, provider, skew_ms):
        if self.fault:
            raise self.fault
        self.skew_ms = skew_ms
        self.writes += 1


@pytest.mark.parametrize("minutes", [-60, -6, 4, 6, 60])
async def test_a_clip_that_a_killed_process_submitted_is_found_in_the_first_search(served, account, submission, minutes):
    clock = FastClock(served, minutes)
    async with ScenarioProvider(account, clock) as killed:
        at = clock.now_ms()
        reference = (await killed.submit(submission(job_id=5))).reference
    async with ScenarioProvider(account, clock) as provider:
        assert await provider.find([Lost(submission(job_id=5), at)], set()) == {5: reference}


@pytest.mark.parametrize("minutes", [-60, 10, 60])
async def test_the_first_submit_of_a_process_is_found_though_its_answer_was_lost(served, account, submission, minutes):
    clock = FastClock(served, minutes)
    async with ScenarioProvider(account, clock) as provider:
        served.faults.add([{"path": "/generate/custom/*", "what": "reset_after", "times": 1}])
        at = clock.now_ms()
        with pytest.raises(SubmitOutcomeUnknown):
            await provider.submit(submission(job_id=5))
        assert await provider.find([Lost(submission(job_id=5), at)], set()) == {5: served.scenario.jobs()[0]["jobId"]}


async def test_what_one_process_learned_the_next_one_starts_with(served, account, submission):
    clock, kept = FastClock(served, 60), Kept()
    async with ScenarioProvider(account, clock, states=kept) as first:
        await first.statuses({(await first.submit(submission())).reference})
        await first.statuses(set())
    assert abs(kept.skew_ms + 60 * MINUTE_MS) <= 2000
    assert kept.writes == 1, "it did not change"
    begun = served.records.last
    async with ScenarioProvider(account, clock, states=kept) as second:
        await second.find([Lost(submission(job_id=5), clock.now_ms())], set())
    assert len(served.records.since(begun)) == 1, "the first question was asked by the vendor's clock"


@pytest.mark.parametrize("minutes", [-60, 60])
async def test_a_stored_clock_that_is_wrong_by_now_hides_no_end(served, account, submission, minutes):
    """The vendor's clock was set, or ours was wrong when the difference was learned."""
    served.scenario.settings({"clip_seconds": 30})
    async with ScenarioProvider(account, FastClock(served, 0)) as earlier:
        reference = (await earlier.submit(submission())).reference
    async with ScenarioProvider(account, FastClock(served, 0), states=Kept(minutes * MINUTE_MS)) as provider:
        assert [told.phase for told in await provider.statuses({reference})] == [Phase.WAITING]
        served.clock.advance(31)
        assert [told.phase for told in await provider.statuses({reference})] == [Phase.SUCCEEDED]


async def test_a_database_that_cannot_be_used_stops_neither_the_start_nor_the_watching(served, account, submission):
    clock, kept = FastClock(served, 60), Kept()
    kept.fault = storage_error("locked")
    async with ScenarioProvider(account, clock, states=kept) as provider:
        reference = (await provider.submit(submission())).reference
        assert await provider.statuses({reference}) != []
        kept.fault = None
        await provider.statuses({reference})
    assert kept.writes == 1


@pytest.mark.parametrize("skew_ms", [99_999_999_999_999_999, -99_999_999_999_999_999])
async def test_a_stored_value_that_can_not_be_a_clock_is_ignored(skew_ms):
    vendor = VendorClock(ManualClock(), "scenario", Kept(skew_ms))
    await vendor.recall()
    assert vendor.ahead_ms == 0


def date(at_ms):
    return formatdate(at_ms / 1000, usegmt=True)


@pytest.mark.parametrize("ahead", [-3_600_000, -2100, 0, 1900, 240_000, 10**11])
def test_an_answers_date_tells_the_clock_to_its_resolution(ahead):
    clock = ManualClock()
    vendor = VendorClock(clock)
    vendor.heard(date(clock.now + ahead), clock.now - 50)
    assert abs(vendor.ahead_ms - ahead) <= 3000
    assert vendor.told


@pytest.mark.parametrize(
    "text",
    [None, "", "yesterday", "Thu, 99 Foo 2026 25:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 01 Jan 9999 00:00:00 GMT"],
)
def test_an_invalid_date_teaches_nothing(text):
    vendor = VendorClock(ManualClock())
    vendor.heard(text, 0)
    assert (vendor.ahead_ms, vendor.told) == (0, False)


def test_small_differences_and_the_time_that_an_answer_takes_move_nothing():
    clock = ManualClock()
    vendor = VendorClock(clock)
    vendor.heard(date(clock.now + 60_000), clock.now)
    learned = vendor.ahead_ms
    for passed, slow in ((100, 0), (1700, 100), (90_000, 89_000)):
        clock.now += passed
        vendor.heard(date(clock.now - slow + 60_000), clock.now - passed)
        vendor.heard(date(clock.now - slow + 60_000), clock.now - passed)
        assert vendor.ahead_ms == learned


def test_one_odd_date_moves_nothing_and_a_clock_that_was_set_is_followed():
    clock = ManualClock()
    vendor = VendorClock(clock)
    vendor.heard(date(clock.now), clock.now)
    for ahead in (3_600_000, 0, -60_000, 0):
        vendor.heard(date(clock.now + ahead), clock.now)
        assert vendor.ahead_ms == 0
    for _ in range(2):
        vendor.heard(date(clock.now + 60_000), clock.now)
    assert abs(vendor.ahead_ms - 60_000) <= 1000


def test_the_moment_at_which_a_clip_was_made_is_a_guess_until_an_answer_has_a_date():
    clock = ManualClock()
    vendor = VendorClock(clock)
    for created in (None, 253_402_300_799_000, -62_135_596_800_000):
        vendor.guess(created)
        assert vendor.ahead_ms == 0
    vendor.guess(clock.now + 60_000)
    assert (vendor.ahead_ms, vendor.told) == (60_000, False)
    vendor.heard(date(clock.now + 10_000), clock.now)
    vendor.guess(clock.now + 90_000)
    assert abs(vendor.ahead_ms - 10_000) <= 1000
