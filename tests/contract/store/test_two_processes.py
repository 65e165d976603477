"""Two processes run jobs on one store: a job is the business of one of them, and who loses one gives back what it took up."""

import pytest

from bot.domain.job import State
from bot.engines.local import LocalEngine
from bot.ops.ids import draw_fence
from bot.pipeline.estimates import ClipEstimates
from bot.pipeline.held_jobs import HeldProgress
from bot.pipeline.job_progress import JobProgressReader
from bot.ports import Next
from tests.fakes import ManualClock
from tests.unit.pipeline.conftest import World
from tests.waiting import until


@pytest.fixture
async def processes(opened, tmp_path):
    """Two processes, each with a connection of its own, and with one slot at the provider."""
    clock, folder = ManualClock(), tmp_path / "work"
    folder.mkdir()
    async with opened() as first, opened() as second:
        worlds = [
            World(storage, folder, engine=LocalEngine(clock, slots=1), clock=clock, numbers=number, fence=draw_fence())
            for number, storage in ((100, first), (1000, second))
        ]
        yield worlds
        for each in worlds:
            await each.engine.stop()


def progress_of(process):
    """What the messages of this process show of a job."""
    storage, engine, clock = process.storage, process.engine, process.clock
    estimates = ClipEstimates(storage.jobs, clock)
    reader = JobProgressReader(storage.jobs, storage.job_messages, engine, {"scenario": process.stages}, estimates, clock)
    return HeldProgress(reader, process.held, engine).progress_of


async def running(process, job):
    return (await process.storage.jobs.get(job.id)).state is State.GENERATING


async def two_under_way(process):
    """A job that has the only slot, and one that waits for it."""
    process.engine.start(process.runner.run)
    with_slot, in_line = await process.new_job(), await process.new_job(member_id=8)
    process.engine.wake(with_slot.id)
    await until(lambda: running(process, with_slot))
    process.engine.wake(in_line.id)
    await until(lambda: process.engine.line.position(in_line.id))
    return with_slot, in_line


async def test_a_new_job_is_made_by_the_process_that_booked_it_whoever_else_is_woken_for_it(processes):
    one, two = processes
    job = await one.new_job()
    for slot in (False, True):
        assert (await two.runner.run(job.id, slot=slot)).next is Next.ENDED
    await one.runner.run(job.id, slot=False)
    assert (await one.runner.run(job.id, slot=True)).next is Next.PARKED
    assert await running(one, job)
    assert [len(each.provider.submitted) for each in processes] == [1, 0]
    assert [each.notifier.announced for each in processes] == [[job.id], []]
    assert two.notifier.lost == {job.id}


async def test_who_lost_its_jobs_gives_back_slot_and_place_in_line_once_their_progress_is_to_be_shown(processes):
    one, two = processes
    with_slot, in_line = await two_under_way(one)
    await two.start_again()
    for job in (with_slot, in_line):
        assert await progress_of(one)(job.id) is None
    await until(lambda: one.notifier.lost == {with_slot.id, in_line.id})
    assert one.engine.line.position(in_line.id) is None
    own = await one.new_job(member_id=9)
    one.engine.wake(own.id)
    await until(lambda: running(one, own))
    assert (await progress_of(two)(with_slot.id)).job.id == with_slot.id


async def test_what_another_process_ended_is_shown_by_the_one_that_has_the_job_once_its_progress_is_to_be_shown(processes):
    one, two = processes
    _, in_line = await two_under_way(one)
    found = await two.storage.jobs.get(in_line.id)
    await two.storage.transitions.end(found, State.CANCELLED, two.clock.now, charged=0)
    await two.runner.run(in_line.id, slot=False)
    assert await progress_of(one)(in_line.id) is None
    await until(lambda: [job.id for job in one.notifier.ends] == [in_line.id])
    assert one.engine.line.position(in_line.id) is None
    assert two.notifier.ends == []
