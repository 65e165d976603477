"""When a gate forgets a job that tried at it, and for how long a ceiling that was met is believed."""

import asyncio

from bot.engines.gate import Gate
from bot.engines.slots import Slots
from bot.ports import CEILING_SECONDS, Standstill, Why
from tests.virtual_time import played

SHUT = Standstill(Why.REFUSED, 0)


def nobody():
    pass


async def test_a_job_that_tried_in_vain_is_forgotten_when_it_ends_though_the_gate_stays_closed():
    gate = Gate(None, nobody, nobody)
    gate.shut(SHUT, 0, 0)
    await asyncio.sleep(0)
    gate.enter(7)
    gate.gone(7)
    assert gate.has_tried(7)

    gate.forget(7)

    assert not gate.has_tried(7)
    assert gate.standstill is SHUT


async def test_a_job_that_ends_while_it_tries_lets_the_next_one_try_and_is_forgotten():
    slots = Slots("scenario", 2, nobody)
    rested = asyncio.Event()
    gate = Gate(None, rested.set, nobody)
    gate.shut(SHUT, 0, 0)
    await rested.wait()
    gate.enter(7)
    slots.take(7)

    gate.forget(7)
    slots.forget(7)

    assert gate.lets
    assert not gate.has_tried(7)
    assert slots.free


def test_a_ceiling_that_was_met_is_believed_for_an_hour_so_that_a_larger_plan_is_used_without_a_restart():
    async def counts():
        slots = Slots("scenario", 4, nobody)
        slots.learn(1, CEILING_SECONDS)
        await asyncio.sleep(1800)
        slots.learn(1, CEILING_SECONDS)
        await asyncio.sleep(3599)
        met = slots.count
        await asyncio.sleep(1)
        return met, slots.count

    assert played(counts()) == (1, 4)
