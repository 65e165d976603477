"""The loop that updates progress messages: whose turn it is, how long each rests, and what trouble with one does."""

import asyncio
import tracemalloc
from contextlib import asynccontextmanager

import pytest

from bot import tasks
from bot.domain.backoff import Doubling
from bot.domain.job import State
from bot.errors import DeliveryError
from bot.notice import Part
from bot.ports import Forecast, Progress
from bot.presentation.delivery.progress_updater import ProgressUpdater
from bot.presentation.discord_errors import Closed, NotTaken
from tests.factories import NOW_MS, a_job
from tests.fakes import ManualClock
from tests.waiting import until


class FollowedJobs:
    """Jobs that only the test changes, and a record of the messages that were edited."""

    def __init__(self):
        self.fractions = {}
        self.shown = []
        self.faults = {}
        self.hold = {}
        self.held = asyncio.Event()
        self.changed = asyncio.Condition()

    async def progress_of(self, job_id):
        if job_id not in self.fractions:
            return None
        job = a_job(job_id, State.GENERATING)
        return Progress(job, self.fractions[job_id], 1000, Forecast(None, None, None), NOW_MS)

    async def show(self, progress, followed):
        job_id = progress.job.id
        if job_id in self.hold:
            self.held.set()
            await self.hold[job_id].wait()
        async with self.changed:
            self.shown.append((job_id, progress.fraction))
            self.changed.notify_all()
        fault = self.faults.pop(job_id, None)
        if fault is not None:
            raise fault

    def looked(self, job_id):
        return sum(each == job_id for each, _ in self.shown)

    async def until(self, condition):
        async with asyncio.timeout(5):
            async with self.changed:
                await self.changed.wait_for(condition)


@asynccontextmanager
async def following(board, clock, told=None):
    async def tell(text):
        if told is not None:
            told.append(text)

    follower = ProgressUpdater(board, clock, board.show)
    follower.start(tell)
    try:
        yield follower
    finally:
        await follower.stop()


@pytest.fixture
def board():
    return FollowedJobs()


@pytest.fixture
def clock():
    return ManualClock()


async def test_every_followed_job_gets_its_turn(board, clock):
    board.fractions = dict.fromkeys(range(1, 6), 0.1)
    async with following(board, clock) as follower:
        for job_id in board.fractions:
            follower.follow(job_id)
        await board.until(lambda: {job_id for job_id, _ in board.shown} == set(range(1, 6)))


async def test_a_message_rests_four_seconds_between_edits(board, clock):
    board.fractions = {1: 0.1, 2: 0.1}
    async with following(board, clock) as follower:
        follower.follow(1)
        await board.until(lambda: len(board.shown) == 1)
        clock.now += 3_900
        follower.follow(2)
        await board.until(lambda: len(board.shown) == 2)
        assert [job_id for job_id, _ in board.shown] == [1, 2]
        clock.now += 200
        follower.follow(3)
        await board.until(lambda: len(board.shown) == 3)
        assert board.shown[2][0] == 1


async def test_a_job_that_has_moved_on_is_looked_at_a_second_later_also_when_that_is_told_during_a_look(board, clock):
    board.fractions = {1: 0.1, 2: 0.1, 3: 0.1}
    async with following(board, clock) as follower:
        follower.follow(1)
        await until(lambda: board.looked(1) == 1 and not follower._under_way)
        follower.follow(1)
        clock.now += 1_000
        follower.follow(2)
        await until(lambda: board.looked(1) == 2 and not follower._under_way)
        board.hold = {1: asyncio.Event()}
        clock.now += 4_000
        follower.follow(3)
        await until(lambda: 1 in follower._under_way)
        follower.follow(1)
        board.hold.pop(1).set()
        await until(lambda: board.looked(1) == 3 and not follower._under_way)
        assert follower._followed[1].due_ms == clock.now + 1_000


async def test_news_do_not_shorten_the_wait_after_a_refusal(board, clock):
    board.fractions = {1: 0.1}
    board.faults = {1: Closed("unknown message")}
    async with following(board, clock) as follower:
        follower.follow(1)
        await until(lambda: board.looked(1) == 1 and not follower._under_way)
        follower.follow(1)
        assert follower._followed[1].due_ms == clock.now + 30_000


async def test_what_is_refused_again_and_again_is_tried_ever_more_seldom_and_never_given_up(board, clock):
    board.fractions = {1: 0.1, 2: 0.1}
    rests = (30, 60, 120, 240, 480, 900, 900)
    async with following(board, clock) as follower:
        follower.follow(1)
        for number, seconds in enumerate(rests, 1):
            board.faults = {1: Closed("unknown message")}
            follower.follow(2)
            await board.until(lambda number=number: board.looked(1) == number)
            # A millisecond before the end of its rest, message 1 is not edited. Message 2, followed only now, is.
            clock.now += seconds * 1000 - 1
            follower.unfollow(2)
            seen = board.looked(2)
            follower.follow(2)
            await board.until(lambda seen=seen: board.looked(2) == seen + 1)
            assert board.looked(1) == number
            clock.now += 1
            follower.unfollow(2)
        follower.follow(2)
        await board.until(lambda: board.looked(1) == len(rests) + 1)


async def test_a_job_whose_message_waits_long_is_forgotten_at_once_when_it_ends(board, clock):
    board.fractions = {1: 0.1}
    board.faults = {1: DeliveryError("429", retry_after=3_600)}
    async with following(board, clock) as follower:
        follower.follow(1)
        await until(lambda: board.looked(1) and not follower._under_way)
        follower.unfollow(1)
        assert follower._line == []


async def test_trouble_with_one_message_stops_nobody_else(board, clock):
    board.fractions = {1: 0.1, 2: 0.1}
    board.faults = {1: DeliveryError("503")}
    async with following(board, clock) as follower:
        follower.follow(1)
        follower.follow(2)
        await board.until(lambda: {job_id for job_id, _ in board.shown} == {1, 2})


@pytest.mark.parametrize(
    "fault",
    [NotTaken("50035"), Closed("50001"), asyncio.CancelledError()],
    ids=["not taken", "closed", "cancelled by a library"],
)
async def test_an_edit_that_came_to_nothing_ends_no_following(board, clock, fault):
    board.fractions = {1: 0.1}
    board.faults = {1: fault}
    async with following(board, clock) as follower:
        follower.follow(1)
        await board.until(lambda: len(board.shown) == 1)
        clock.now += 60_000
        board.fractions[2] = 0.1
        follower.follow(2)
        await board.until(lambda: sorted(job_id for job_id, _ in board.shown) == [1, 1, 2])


async def test_the_loop_starts_again_when_it_dies_the_operator_is_told_and_nobody_is_forgotten(board, clock, monkeypatch):
    monkeypatch.setattr(tasks, "_AGAIN", Doubling(first=0.05, longest=60))
    board.fractions = {1: 0.1, 2: 0.1}
    told = []
    async with following(board, clock, told) as follower:
        take = follower._rate_limit.take
        faults = [ValueError("broken"), asyncio.CancelledError()]

        async def broken():
            if faults:
                raise faults.pop()
            await take()

        follower._rate_limit.take = broken
        follower.follow(1)
        await board.until(lambda: len(board.shown) == 1)
        follower.follow(2)
        await board.until(lambda: (2, 0.1) in board.shown)
        assert follower._gate._value > 0
    assert [notice.part for notice in told] == [Part.PROGRESS]


async def test_once_quiet_no_edit_is_under_way_and_none_follows(board, clock):
    board.fractions = {1: 0.1}
    board.hold = {1: asyncio.Event()}
    async with following(board, clock) as follower:
        follower.follow(1)
        await asyncio.wait_for(board.held.wait(), timeout=5)
        quiet = asyncio.create_task(follower.quiet(1))
        await asyncio.sleep(0)
        assert not quiet.done()
        board.hold[1].set()
        await asyncio.wait_for(quiet, timeout=5)
        assert len(board.shown) == 1
        assert follower._under_way == {}


def test_a_followed_job_costs_less_than_half_a_kilobyte():
    follower = ProgressUpdater(FollowedJobs.__new__(FollowedJobs), ManualClock(), None)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for job_id in range(10**18, 10**18 + 5_000):
            follower.follow(job_id)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0 < after - before <= 5_000 * 512
