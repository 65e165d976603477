"""What one process learned of a provider holds for another on the same database, and for the next one after a restart."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.clip import Kind
from bot.domain.job import State
from bot.engines.local import LocalEngine
from bot.errors import ProviderBusy, ProviderMisconfigured, ProviderUnavailable
from bot.ports import Accepted, Why
from tests.unit.pipeline.conftest import World
from tests.waiting import until

REST_SECONDS = 0.05


class Vendor:
    """Refuses clips, or takes them; `gate` holds the answers back while it is shut."""

    def __init__(self, provider):
        self.refusal = None
        self.asked: list[int] = []
        self.at_once = self.most_at_once = 0
        self.gate = asyncio.Event()
        self.gate.set()
        provider.submit = self.submit

    async def submit(self, submission):
        self.asked.append(submission.job_id)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await self.gate.wait()
        self.at_once -= 1
        if self.refusal is not None:
            raise self.refusal
        return Accepted(f"run-{submission.job_id}")


def process(world, slots=4):
    """Another process on the same database, with a vendor of the same name."""
    another = World(world.storage, world.folder, engine=LocalEngine(world.clock, slots), clock=world.clock)
    another.numbers = world.numbers = world.numbers + 1000
    another.provider.submit = world.provider.submit
    another.engine.start(another.runner.run)
    another.looks = 0
    look = another.stages.holds.look

    async def looked():
        another.looks += 1
        await look()

    another.stages.holds.look = looked
    another.noting = asyncio.create_task(another.stages.holds.run())
    return another


async def stop(*processes):
    for each in processes:
        each.noting.cancel()
        await each.engine.stop()


async def asked_of(process, count=1):
    jobs = [await process.new_job(member_id=500 + number) for number in range(count)]
    for job in jobs:
        process.engine.wake(job.id)
    return jobs


async def written(process):
    """Whether the database has exactly the gates that this process knows. That both have none counts only once the process has
    read what others wrote there.
    """
    kept = (await process.storage.provider_states.read("scenario")).gates
    known = process.engine.shared("scenario").shut_gates()
    return [replace(each, probe=None, told=False) for each in kept] == [replace(each, probe=None) for each in known] and (
        kept or process.looks
    )


async def with_the_provider(world, jobs):
    return all([(await world.storage.jobs.get(job.id)).state is State.GENERATING for job in jobs])


@pytest.fixture
async def vendor(world):
    return Vendor(world.provider)


async def test_a_process_that_was_never_refused_obeys_the_rest_that_another_met_and_then_one_clip_tries(world, vendor):
    one, two = process(world), process(world)
    vendor.refusal = ProviderBusy("full", retry_after=REST_SECONDS)
    await asked_of(one)
    await until(lambda: written(one))
    await stop(one)
    vendor.refusal, refused = None, len(vendor.asked)
    vendor.gate.clear()
    jobs = await asked_of(two, 3)
    await until(lambda: len(vendor.asked) > refused)
    assert two.looks
    assert two.engine.standstill("scenario", Kind.TEXT).why is Why.BUSY
    assert vendor.at_once == 1
    vendor.gate.set()
    await until(lambda: with_the_provider(world, jobs))
    await until(lambda: written(two))
    assert (await world.storage.provider_states.read("scenario")).gates == ()
    await stop(two)


async def test_while_the_job_of_one_process_tries_no_other_process_sends_any(world, vendor):
    one, two = process(world), process(world)
    vendor.refusal = ProviderBusy("full", retry_after=REST_SECONDS)
    ours = await asked_of(one)
    await until(lambda: one.engine.standstill("scenario", Kind.TEXT) and not vendor.at_once)
    vendor.refusal, vendor.most_at_once = None, 0
    vendor.gate.clear()
    await until(lambda: vendor.at_once)
    theirs = await asked_of(two, 3)
    await until(lambda: two.looks)
    assert (vendor.most_at_once, vendor.asked) == (1, [ours[0].id, ours[0].id])
    vendor.gate.set()
    await until(lambda: with_the_provider(world, ours))
    await stop(one, two)
    assert not await with_the_provider(world, theirs)


async def test_a_ceiling_that_one_process_was_told_is_read_by_another_that_is_turned_away(world, vendor):
    one, two = process(world), process(world)
    vendor.refusal = ProviderBusy("full", code="parallelCustomJobs", ceiling=1, retry_after=60.0)
    await asked_of(one)
    await until(lambda: one.engine.slots("scenario") == 1 and one.engine.standstill("scenario", Kind.TEXT))
    await until(lambda: not vendor.at_once)
    assert two.engine.slots("scenario") == 4
    await asked_of(two)
    await until(lambda: two.engine.slots("scenario") == 1)
    assert len(vendor.asked) == 1
    await stop(one, two)


@pytest.mark.parametrize(
    ("refusal", "why"),
    [
        (ProviderBusy("full", code="parallelCustomJobs", ceiling=2, retry_after=60.0), Why.BUSY),
        (ProviderUnavailable("connection refused"), Why.UNREACHABLE),
        (ProviderMisconfigured("401"), Why.REFUSED),
    ],
    ids=str,
)
async def test_a_restart_forgets_neither_rest_nor_ceiling_nor_who_tried(world, vendor, refusal, why):
    one = process(world)
    vendor.refusal = refusal
    jobs = await asked_of(one, 2)
    await until(lambda: written(one))
    await until(lambda: all(one.engine.line.position(job.id) for job in jobs))
    before, slots = one.engine.shared("scenario").shut_gates(), one.engine.slots("scenario")
    await stop(one)

    restarted = World(world.storage, world.folder, engine=LocalEngine(world.clock, 4), clock=world.clock)
    await restarted.take_up({"scenario": restarted.stages})
    assert restarted.engine.shared("scenario").shut_gates() == before
    assert before[0].standstill.why is why
    assert restarted.engine.slots("scenario") == slots
    await restarted.engine.stop()


async def test_the_job_that_tries_goes_on_after_a_kill_and_no_other_tries_beside_it(world, vendor):
    one = process(world)
    vendor.refusal = ProviderBusy("full", retry_after=REST_SECONDS)
    await asked_of(one)
    await until(lambda: one.engine.shared("scenario").shut_gates() and not vendor.at_once)
    vendor.gate.clear()
    await until(lambda: vendor.at_once)
    (probe,) = {gate.probe for gate in one.engine.shared("scenario").shut_gates()}
    await stop(one)

    restarted = World(world.storage, world.folder, engine=LocalEngine(world.clock, 4), clock=world.clock)
    await restarted.take_up({"scenario": restarted.stages})
    assert [gate.probe for gate in restarted.engine.shared("scenario").shut_gates()] == [probe]
    await restarted.engine.stop()


@pytest.mark.parametrize(("minutes_ago", "slots"), [(59, 1), (60, 2)])
async def test_a_ceiling_from_long_ago_is_not_believed(world, minutes_ago, slots):
    await world.storage.provider_states.name_ceiling("scenario", 1, world.clock.now)
    world.clock.now += minutes_ago * 60_000
    await world.stages.holds.load(())
    assert world.engine.slots("scenario") == slots


@pytest.mark.parametrize("set_back_ms", [3_600_000, 30 * 86_400_000])
async def test_a_clock_that_was_set_back_makes_no_rest_longer_than_five_minutes(world, set_back_ms):
    await world.stages.holds.load(())
    world.stages.holds.unreachable(ProviderUnavailable("connection refused"))
    await world.stages.holds.note()
    row = "UPDATE provider_gates SET rest_until_ms = :until"
    until_ms = world.clock.now + set_back_ms
    await world.storage.database.write(lambda transaction: transaction.run(row, {"until": until_ms}))
    world.restart()
    await world.stages.holds.load(())
    assert world.engine.holds[-1][1] == 300.0
