"""What the operator is told about a provider that takes no clips: once when it begins, and once when it is over."""

import pytest

from bot.domain.clip import Kind
from bot.domain.job import State
from bot.errors import DeliveryError, ProviderBusy, ProviderMisconfigured
from bot.ports import Next
from tests.factories import storage_error
from tests.unit.pipeline.provider_tries import restarted, tried


async def looked(world):
    """Asks about running clips, which the provider refuses, as the watcher does."""
    with pytest.raises(ProviderMisconfigured) as refused:
        await world.stages.watcher.poll()
    await world.stages.watcher._trouble.wait(refused.value, 1)


@pytest.mark.parametrize("first", ["look", "submit"])
async def test_a_key_that_looks_and_submits_find_refused_is_told_once(world, first):
    async def refused(_running):
        raise ProviderMisconfigured("revoked", code="401")

    statuses, world.provider.statuses = world.provider.statuses, refused
    world.stages.watcher.watch(await world.at(State.GENERATING))
    job = await world.new_job()
    world.provider.faults.extend([ProviderMisconfigured("revoked", code="401")] * 3)
    for turn in (looked, tried, looked, tried) if first == "look" else (tried, looked, tried, looked):
        await (turn(world) if turn is looked else turn(world, job))
    (told,) = world.notifier.told
    assert "look at its key, plan and balance" in told
    await restarted(world)
    await tried(world, job)
    await looked(world)
    assert len(world.notifier.told) == 1

    # Submits work again, but not the questions about running clips: the operator is told that.
    world.provider.statuses = statuses
    await world.drive(job)
    assert "takes clips again" in world.notifier.told[1]
    world.provider.statuses = refused
    await looked(world)
    assert len(world.notifier.told) == 3


async def test_a_refusal_that_is_over_while_it_is_told_is_told_as_over(world):
    tell, job = world.notifier.tell_operator, await world.new_job()

    async def slowly(text):
        await tell(text)
        if len(world.notifier.told) == 1:
            world.stages.holds.accepted(Kind.TEXT, world.stages.holds.refusals)

    world.notifier.tell_operator = slowly
    world.provider.faults.append(ProviderMisconfigured("401"))
    await tried(world, job)
    assert "takes clips again" in world.notifier.told[1]


async def test_that_a_refusal_is_over_is_told_by_the_next_process_where_this_one_dies_before_it_can(world):
    tell = world.notifier.tell_operator

    async def nobody_hears(notice):
        raise DeliveryError("Discord is away")

    world.provider.faults.append(ProviderMisconfigured("401"))
    await tried(world, await world.new_job())
    world.notifier.tell_operator = nobody_hears
    await tried(world, await world.new_job())
    # Meanwhile the line goes on.
    assert (await world.drive(await world.new_job())).state is State.DONE
    assert len(world.notifier.told) == 1

    world.notifier.tell_operator = tell
    await restarted(world)
    await tried(world, await world.new_job())
    assert "takes clips again" in world.notifier.told[1]
    await restarted(world)
    await tried(world, await world.new_job())
    assert len(world.notifier.told) == 2


async def test_a_refusal_that_comes_and_goes_is_told_once_and_again_where_it_lasts(world):
    """The balance is enough for short clips only: each long one is refused, each short one is taken."""
    for _ in range(10):
        world.provider.faults.append(ProviderMisconfigured("not enough units", code="402"))
        await tried(world, await world.new_job())
        assert (await world.drive(await world.new_job())).state is State.DONE
        world.clock.now += 60_000
    assert len(world.notifier.told) == 2, "when it began, and when it was over for the first time"
    last = await world.new_job()
    for _ in range(6):
        world.provider.faults.append(ProviderMisconfigured("not enough units", code="402"))
        await tried(world, last)
        world.clock.now += 60_000
    assert len(world.notifier.told) == 3


async def test_a_wait_of_a_month_is_told_to_the_operator_once(world):
    job = await world.new_job()
    world.provider.faults.extend([ProviderBusy("later", retry_after=30 * 86_400.0)] * 3)
    for _ in range(3):
        await tried(world, job)
    assert len(world.notifier.told) == 1
    assert "2,592,000 s" in world.notifier.told[0]


async def test_a_wait_of_a_month_that_others_get_past_is_told_once_a_day(world):
    for _ in range(3):
        world.provider.faults.append(ProviderBusy("later", retry_after=30 * 86_400.0))
        await tried(world, await world.new_job())
        assert (await world.drive(await world.new_job())).state is State.DONE
    assert len(world.notifier.told) == 1


async def test_a_database_that_cannot_be_written_and_an_operator_who_cannot_be_told_stop_nothing(world, caplog):
    write, tell, broken = world.storage.provider_states.change_gates, world.notifier.tell_operator, [True]

    async def full_disk(*values):
        if broken[0]:
            raise storage_error("disk full")
        await write(*values)

    async def no_discord(text):
        if broken[0]:
            raise RuntimeError("no Discord")
        await tell(text)

    world.storage.provider_states.change_gates = full_disk
    world.notifier.tell_operator = no_discord
    job = await world.new_job()
    world.provider.faults.extend([ProviderMisconfigured("401")] * 2)
    assert (await tried(world, job)).next is Next.IN_LINE
    assert "disk full" in caplog.text
    broken[0] = False
    await tried(world, job)
    assert len(world.notifier.told) == 1
    await restarted(world)
    assert len(world.engine.holds) == 3
