"""How a job ends: its state and charge for each answer of the provider, and that the end is always stored and shown."""

import pytest

from bot.detail import said
from bot.domain.job import Failure, State
from bot.errors import DeliveryError
from bot.ports import Next, Phase, RunStatus
from tests.factories import storage_error
from tests.fakes import failing_first


async def test_an_end_that_cannot_be_written_for_a_while_is_tried_ever_more_seldom_and_told_once(world):
    job = await world.at(State.FETCHING)
    await world.storage.transitions.want_discard(job.id, True, world.clock.now, by=999)
    world.storage.transitions.end = failing_first(world.storage.transitions.end, faults := [storage_error("disk full")] * 8)
    waits = []
    while faults:
        step = await world.runner.run(job.id, slot=False)
        waits.append(step.seconds)
    assert (waits[0] < 3, waits[-1] >= 45) == (True, True)
    assert (await world.drive(job)).state is State.CANCELLED
    assert len(world.notifier.told) == 1


async def test_an_end_that_is_shown_while_it_cannot_be_noted_is_noted_later(world):
    world.storage.posts.shown = failing_first(world.storage.posts.shown, [storage_error("disk full")] * 3)
    job = await world.drive(await world.new_job())
    assert (job.state, await world.storage.posts.behind(world.clock.now)) == (State.DONE, [])


def _failed(detail, failure=None, billed=None):
    return RunStatus("", Phase.FAILED, failure=failure, detail=said(detail), billed=billed)


@pytest.mark.parametrize(
    ("status", "state", "failure", "charged"),
    [
        (_failed("nsfw", Failure.MODERATION, billed=False), State.FAILED, Failure.MODERATION, False),
        (_failed("gpu", Failure.PROVIDER, billed=False), State.FAILED, Failure.PROVIDER, False),
        (_failed("gpu", billed=True), State.FAILED, Failure.PROVIDER, False),
        (_failed("unknown there"), State.FAILED, Failure.PROVIDER, False),
        (RunStatus("", Phase.CANCELLED, billed=False), State.CANCELLED, None, False),
        (RunStatus("", Phase.CANCELLED, billed=True), State.CANCELLED, None, False),
        (RunStatus("", Phase.CANCELLED), State.CANCELLED, None, False),
    ],
)
async def test_what_the_provider_says_at_the_end_decides_state_and_charge(world, status, state, failure, charged):
    job = await world.at(State.GENERATING)
    world.provider.running[f"run-{job.id}"] = RunStatus(
        f"run-{job.id}", status.phase, failure=status.failure, detail=status.detail, billed=status.billed
    )
    job = await world.drive(job)
    assert (job.state, job.failure, job.charged) == (state, failure, job.cost if charged else 0)
    assert bool(world.notifier.told) == (status.billed is not False), "what is charged to nobody is told to the operator"


@pytest.mark.parametrize(
    ("by", "billed", "charged", "told"),
    [
        ("its owner", True, True, False),
        ("its owner", None, False, True),
        ("its owner", False, False, False),
        ("a moderator", True, False, True),
        ("a moderator", None, False, True),
        ("a moderator", False, False, False),
    ],
)
async def test_a_cancelled_clip_that_was_billed_is_paid_by_its_owner_or_told_to_the_operator(world, by, billed, charged, told):
    job = await world.at(State.GENERATING)
    who = job.member_id if by == "its owner" else job.member_id + 1
    await world.storage.transitions.want_discard(job.id, True, world.clock.now, by=who)
    world.provider.running[f"run-{job.id}"] = RunStatus(f"run-{job.id}", Phase.CANCELLED, billed=billed)
    job = await world.drive(job)
    assert (job.state, job.charged) == (State.CANCELLED, job.cost if charged else 0)
    assert len(world.notifier.told) == told
    assert all(f"run-{job.id}" in text and f"{'was' if billed else 'may be'} billed" in text for text in world.notifier.told)


async def test_a_stuck_clip_is_given_up_refunded_and_told_to_the_operator(world):
    job = await world.at(State.GENERATING)
    world.clock.now += 3_600_001
    job = await world.drive(job)
    assert (job.state, job.failure, job.charged) == (State.FAILED, Failure.TIMEOUT, 0)
    assert f"run-{job.id}" in world.notifier.told[0]


async def test_an_unwanted_clip_is_thrown_away_on_arrival_and_stays_paid(world):
    job = await world.at(State.GENERATING)
    await world.storage.transitions.want_discard(job.id, True, world.clock.now, by=job.member_id)
    world.provider.running[f"run-{job.id}"] = RunStatus(f"run-{job.id}", Phase.SUCCEEDED)
    job = await world.drive(job)
    assert (job.state, job.charged) == (State.CANCELLED, job.cost)
    assert world.notifier.posted == []


@pytest.mark.parametrize("passing", [DeliveryError("503"), storage_error("disk is full")])
async def test_an_end_that_can_not_be_shown_for_now_is_shown_later(world, passing):
    world.notifier.ended = failing_first(world.notifier.ended, [passing] * 3)
    job = await world.drive(await world.new_job())
    assert job.state is State.DONE
    assert [each.id for each in world.notifier.ends] == [job.id]
    assert await world.storage.posts.behind(world.clock.now) == []


async def test_an_end_is_shown_again_soon_and_in_long_trouble_once_a_minute_for_as_long_as_it_takes(world):
    job, left = await world.drive(await world.new_job()), 20
    ended = world.notifier.ended

    async def troubled(job):
        nonlocal left
        left -= 1
        if left >= 0:
            raise DeliveryError("503")
        return await ended(job)

    world.notifier.ended = troubled
    steps = [await world.runner.run(job.id, slot=False) for _ in range(21)]
    assert steps[-1].next is Next.ENDED
    waits = [step.seconds for step in steps[:-1]]
    assert 1.5 <= waits[0] <= 2.5
    assert all(45 <= wait <= 75 for wait in waits[5:])


@pytest.mark.parametrize("state", [State.GENERATING, State.FETCHING, State.FITTING])
async def test_what_a_moderator_threw_away_is_not_charged_and_told_to_the_operator(world, state):
    job = await world.at(state)
    await world.storage.transitions.want_discard(job.id, True, world.clock.now, by=999)
    world.provider.running[f"run-{job.id}"] = RunStatus(f"run-{job.id}", Phase.SUCCEEDED)
    job = await world.drive(job)
    assert (job.state, job.charged, world.notifier.posted) == (State.CANCELLED, 0, [])
    [told] = world.notifier.told
    assert f"run-{job.id}" in told


async def test_a_free_clip_that_a_moderator_threw_away_is_not_told_to_the_operator(world):
    world.provider.free = True
    job = await world.at(State.FETCHING)
    await world.storage.transitions.want_discard(job.id, True, world.clock.now, by=999)
    assert (await world.drive(job)).state is State.CANCELLED
    assert world.notifier.told == []


@pytest.mark.parametrize(("by", "charged"), [(7, 30), (999, 0)])
async def test_a_billed_cancel_is_paid_by_its_owner_unless_a_moderator_cancelled(world, by, charged):
    job = await world.at(State.GENERATING)
    await world.storage.transitions.want_discard(job.id, True, world.clock.now, by=by)
    world.provider.running[f"run-{job.id}"] = RunStatus(f"run-{job.id}", Phase.CANCELLED, billed=True)
    job = await world.drive(job)
    assert (job.state, job.charged, job.cost) == (State.CANCELLED, charged, 30)
    assert len(world.notifier.told) == (charged == 0)
