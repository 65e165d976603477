"""Ends that Discord refuses to show are tried again, ever more seldom. An end that was shown is not."""

from bot.domain.job import State
from bot.domain.post import Purpose
from bot.pipeline.late_ends import AT_ONCE_MOST, LateEnds
from tests.posts import placed

HOUR_MS = 3_600_000


def refusing(world, times, *messages):
    """Has Discord refuse to show the next `times` ends on these messages; on the card where none is named."""
    ended, left = world.notifier.ended, [times]

    async def refused(job):
        await ended(job)
        left[0] -= 1
        return () if left[0] < 0 else messages or (Purpose.CARD,)

    world.notifier.ended = refused


async def nothing_left():
    """Stands in for sending the lines to the operator that could not be sent; here there are none."""


def late_ends(world):
    return LateEnds(world.storage.posts, world.engine, world.runner.took_over, nothing_left, world.clock)


async def looked(world):
    """The jobs that one look wakes, after the engine has run them."""
    woken = len(world.engine.woken)
    await late_ends(world).wake()
    late = world.engine.woken[woken:]
    for job_id in late:
        await world.runner.run(job_id, slot=False)
    return late


async def test_an_end_that_is_refused_is_shown_after_an_hour(world):
    refusing(world, 1)
    job = await world.drive(await world.new_job())
    assert job.state is State.DONE
    assert await looked(world) == []
    world.clock.now += HOUR_MS
    assert await looked(world) == [job.id]
    assert [each.id for each in world.notifier.ends] == [job.id, job.id]
    world.clock.now += 100 * HOUR_MS
    assert await looked(world) == []


async def test_an_end_that_the_progress_message_alone_refuses_is_shown_after_an_hour_too(world):
    refusing(world, 1, Purpose.PROGRESS)
    job = await placed(world.storage, await world.new_job(), progress=8)
    job = await world.drive(job)
    assert await looked(world) == []
    assert (await world.start_again()).unshown == []
    world.clock.now += HOUR_MS
    assert await looked(world) == [job.id]
    assert await world.storage.posts.behind(world.clock.now) == []


async def test_a_restart_changes_nothing_about_that(world):
    refusing(world, 1)
    job = await world.drive(await world.new_job())
    found = await world.start_again()
    assert found.unshown == []
    world.clock.now += HOUR_MS
    assert await looked(world) == [job.id]
    assert await world.storage.posts.behind(world.clock.now) == []


async def test_a_start_shows_it_where_it_is_due_by_then(world):
    refusing(world, 1)
    job = await world.drive(await world.new_job())
    world.clock.now += HOUR_MS
    found = await world.start_again()
    assert [each.id for each in found.unshown] == [job.id]


async def test_it_is_tried_six_times_ever_more_seldom_within_three_days(world):
    refusing(world, 1_000)
    job = await world.drive(await world.new_job())
    began, at = world.clock.now, []
    for _ in range(24 * 7):
        world.clock.now += HOUR_MS
        at += [round((world.clock.now - began) / HOUR_MS) for _ in await looked(world)]
    assert at == [1, 3, 7, 15, 31, 55]
    assert (await world.storage.jobs.get(job.id)).state is State.DONE


async def test_a_place_that_refuses_thousands_is_asked_for_a_few_at_a_time(world):
    refusing(world, 1_000)
    for _ in range(AT_ONCE_MOST + 5):
        await world.drive(await world.new_job())
    world.clock.now += HOUR_MS
    assert [len(await looked(world)) for _ in range(3)] == [AT_ONCE_MOST, 5, 0]
