"""A start with rows that can't be read or ended: all other jobs are taken over, and the operator is told what to do."""

from bot.domain.job import State
from bot.ports import Next

TORN = "UPDATE jobs SET request = '{' WHERE id = :id"
REFUSING = "CREATE TRIGGER no BEFORE UPDATE ON jobs WHEN NEW.state = 'failed' BEGIN SELECT RAISE(ABORT, 'full'); END"


async def torn(world, job):
    await world.storage.database.write(lambda transaction: transaction.run(TORN, {"id": job.id}))


async def start(world):
    return await world.start_again()


async def test_a_row_that_can_not_be_read_holds_nobody_up_and_the_operator_is_told_once_a_start(world):
    first, broken, last, over = [await world.at(State.QUEUED) for _ in range(4)]
    await world.storage.transitions.end(over, State.FAILED, world.clock.now, charged=0)
    for job in (broken, over):
        await torn(world, job)
    paid = world.folder / f"{broken.id}.mp4"
    paid.write_bytes(b"a paid clip")

    found = await start(world)

    assert ([job.id for job in found.unfinished], found.unshown) == ([first.id, last.id], [])
    assert paid.exists()
    (told,) = world.notifier.told
    both = f"{broken.job_code}, {over.job_code}"
    assert told.startswith(f"2 jobs ({both}) can't be read by this version of the bot and stay as they are")
    assert f"happyhorse job show {broken.job_code}" in told
    assert f"happyhorse job end {broken.job_code}" in told
    for job in found.unfinished:
        await world.drive(job)
        assert (await world.storage.jobs.get(job.id)).state is State.DONE


async def test_a_single_unreadable_row_is_told_in_the_singular(world):
    broken = await world.at(State.QUEUED)
    await torn(world, broken)
    await start(world)
    (told,) = world.notifier.told
    assert told.startswith(f"Job {broken.job_code} can't be read by this version of the bot and stays as it is")


async def test_a_start_over_good_rows_tells_nobody(world):
    await world.at(State.QUEUED)
    await start(world)
    assert world.notifier.told == []


async def test_a_wake_of_a_row_that_can_not_be_read_leaves_nothing_behind(world):
    broken = await world.at(State.QUEUED)
    await torn(world, broken)
    assert (await world.runner.run(broken.id, slot=True)).next is Next.ENDED
    assert (world.engine.moves, world.notifier.ends) == ([], [])


async def test_an_end_that_the_database_refuses_stops_no_start(world):
    gone, good = await world.at(State.QUEUED, provider="elsewhere"), await world.at(State.QUEUED)
    await world.storage.database.write(lambda transaction: transaction.run(REFUSING, {}))

    assert [job.id for job in (await start(world)).unfinished] == [good.id]
    assert (await world.storage.jobs.get(gone.id)).state is State.QUEUED
