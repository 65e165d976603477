"""A `CancelledError` from inside a library: no stage loses its job, and no loop ends."""

import asyncio

import pytest

from bot.domain.job import State
from bot.ops.pruning import EVERY_SECONDS, Pruning
from bot.pipeline.provider_stages import ProviderStages
from bot.ports import Phase, RunStatus
from tests.fakes import ManualClock, RecordingNotifier
from tests.virtual_time import played


class CancelledOnce:
    """Wraps a call: the first `times` calls are cancelled from inside, later ones work."""

    def __init__(self, real, times=1):
        self.real = real
        self.left = times
        self.calls = 0

    async def __call__(self, *args, **kwargs):
        self.calls += 1
        if self.left:
            self.left -= 1
            future = asyncio.get_running_loop().create_future()
            future.cancel()
            await future
        return await self.real(*args, **kwargs)


@pytest.mark.parametrize(
    ("part", "method"),
    [
        ("provider", "submit"),
        ("provider", "fetch"),
        ("media", "probe"),
        ("media", "fit"),
        ("notifier", "announce"),
        ("notifier", "deliver"),
        ("notifier", "ended"),
    ],
)
async def test_a_clip_comes_all_the_same_submitted_charged_and_posted_once(world, part, method):
    holder = getattr(world, part)
    broken = CancelledOnce(getattr(holder, method))
    setattr(holder, method, broken)
    job = await world.drive(await world.new_job())
    assert (job.state, job.charged) == (State.DONE, job.cost)
    assert len(world.provider.submitted) == 1
    assert [job_id for job_id, _ in world.notifier.posted] == [job.id]
    assert await world.booked(job) == {"reserve": -job.cost, "settle": 0}
    assert broken.calls >= 1


async def test_a_paid_clip_is_not_given_up_after_hours_of_cancellations(world):
    world.provider.fetch = CancelledOnce(world.provider.fetch, times=30)
    job = await world.drive(await world.new_job(), rounds=100)
    assert job.state is State.DONE


async def test_the_watcher_goes_on(world):
    job = await world.at(State.GENERATING)
    world.stages.watcher.watch(job)
    world.provider.running[f"run-{job.id}"] = RunStatus(f"run-{job.id}", Phase.SUCCEEDED)
    world.provider.statuses = CancelledOnce(world.provider.statuses)
    await _until(world.stages.watcher.run(), lambda: job.id in world.engine.woken)


async def test_the_search_for_lost_submits_goes_on(world):
    job = await world.at(State.SUBMITTING)
    world.provider.found[job.id] = "run-x"
    world.provider.find = CancelledOnce(world.provider.find)
    world.restart()
    job = await world.drive(job)
    assert job.provider_reference == "run-x"


async def test_the_pruning_goes_on():
    clock = ManualClock()

    class Pictures:
        async def prune(self, before_ms):
            return 0

    class Others:
        async def prune(self, at_ms):
            pass

    kept_pictures = Pictures()
    kept_pictures.prune = CancelledOnce(kept_pictures.prune)
    began = clock.now
    await _until(Pruning(kept_pictures, Others(), Others(), clock).run(), lambda: kept_pictures.prune.calls > 1)
    assert clock.now - began >= EVERY_SECONDS * 1000


class Loop:
    """A loop of a provider's stages that fails `deaths` times, then runs on."""

    def __init__(self, deaths=0):
        self.left = deaths
        self.began = 0
        self.ended = 0

    async def run(self):
        self.began += 1
        try:
            if self.left:
                self.left -= 1
                raise ValueError("broken")
            await asyncio.Event().wait()
        finally:
            self.ended += 1


def test_one_loop_of_a_provider_that_dies_starts_again_and_leaves_the_other_alone():
    watcher, lost, notifier = Loop(deaths=2), Loop(), RecordingNotifier(None)

    async def play():
        running = asyncio.create_task(ProviderStages(watcher, lost, Loop(), None, None, None, notifier).run())
        await asyncio.sleep(60)
        assert (watcher.began, watcher.ended) == (3, 2)
        assert (lost.began, lost.ended) == (1, 0)
        running.cancel()
        await asyncio.wait([running])

    played(play())
    assert lost.ended == 1
    assert len(notifier.told) == 1
    assert "the look at running clips" in notifier.told[0]


async def _until(loop, condition):
    task = asyncio.create_task(loop)
    async with asyncio.timeout(5):
        while not condition():
            assert not task.done()
            await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
