"""A cancellation from elsewhere counts as an error, and work that fails is reported and started again."""

import asyncio

import pytest

from bot.errors import Interrupted
from bot.notice import Part, PartDied
from bot.tasks import kept, own_cancels_only, unless
from tests.virtual_time import played


async def _cancelled_from_inside():
    """Raises `CancelledError` like a library whose own future was cancelled."""
    future = asyncio.get_running_loop().create_future()
    future.cancel()
    await future


async def test_a_cancellation_from_inside_is_trouble():
    with pytest.raises(Interrupted), own_cancels_only():
        await _cancelled_from_inside()


async def test_a_child_that_was_cancelled_is_trouble_for_who_waits_for_it():
    async def child():
        await asyncio.Event().wait()

    task = asyncio.create_task(child())
    asyncio.get_running_loop().call_soon(task.cancel)
    with pytest.raises(Interrupted), own_cancels_only():
        await asyncio.gather(task)


async def test_a_task_that_is_asked_to_end_ends():
    async def work():
        with own_cancels_only():
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_a_time_limit_around_it_stays_a_time_limit():
    async def work():
        async with asyncio.timeout(0):
            with own_cancels_only():
                await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await work()


class Work:
    """Raises each of `deaths` in turn, then returns. Records when it began and what the operator was told."""

    def __init__(self, *deaths, lasts=0.0):
        self.deaths = list(deaths)
        self.lasts = lasts
        self.began = []
        self.told = []
        self.deaf = 0

    async def __call__(self):
        self.began.append(asyncio.get_running_loop().time())
        if not self.deaths:
            return
        await asyncio.sleep(self.lasts)
        death = self.deaths.pop(0)
        if death is asyncio.CancelledError:
            await _cancelled_from_inside()
        raise death

    async def tell(self, notice):
        if self.deaf:
            self.deaf -= 1
            raise OSError("no network")
        self.told.append(notice)

    async def keep(self):
        await kept(Part.PRUNING, self, self.tell)


def test_work_that_dies_starts_again_ever_later_and_is_told_once():
    work = Work(ValueError("a"), asyncio.CancelledError, KeyError("b"))
    played(work.keep())
    assert work.began == [0.0, 1.0, 3.0, 7.0]
    assert len(work.told) == 1
    assert work.told == [PartDied(Part.PRUNING, "ValueError")]


def test_no_pause_is_longer_than_a_minute():
    work = Work(*[ValueError("a")] * 10)
    played(work.keep())
    assert max(later - sooner for sooner, later in zip(work.began, work.began[1:], strict=False)) == 60.0


def test_work_that_was_well_for_long_is_told_anew_and_starts_soon():
    work = Work(ValueError("a"), ValueError("b"), lasts=601.0)
    played(work.keep())
    assert len(work.told) == 2
    assert work.began == [0.0, 602.0, 1204.0]


def test_an_operator_who_could_not_be_told_is_told_the_next_time():
    work = Work(ValueError("a"), KeyError("b"))
    work.deaf = 1
    played(work.keep())
    assert len(work.told) == 1
    assert work.told[0].error == "KeyError"


async def test_kept_work_ends_when_it_is_asked_to():
    work = Work(lasts=3600.0)
    work.deaths = [ValueError("never reached")]
    task = asyncio.create_task(work.keep())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert work.told == []


async def test_work_that_is_not_stopped_gives_its_result():
    async def work():
        return 7

    assert await unless(asyncio.Event(), work()) == 7


async def test_a_stop_ends_the_work_and_nothing_comes_of_it():
    stop, cut = asyncio.Event(), []

    async def work():
        try:
            stop.set()
            await asyncio.Event().wait()
        finally:
            cut.append(True)

    assert await unless(stop, work()) is None
    assert cut == [True]


async def test_work_that_fails_by_itself_says_so():
    async def work():
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await unless(asyncio.Event(), work())


async def test_work_that_fails_as_it_is_stopped_is_stopped_all_the_same():
    stop = asyncio.Event()

    async def work():
        stop.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise RuntimeError("the session is closed") from None

    assert await unless(stop, work()) is None


def test_work_that_does_not_end_is_not_waited_for_for_ever():
    async def play():
        stop = asyncio.Event()

        async def work():
            stop.set()
            for _ in range(60):
                try:
                    await asyncio.sleep(10)
                except asyncio.CancelledError:
                    continue

        await unless(stop, work())
        return asyncio.get_running_loop().time()

    assert played(play()) < 60
