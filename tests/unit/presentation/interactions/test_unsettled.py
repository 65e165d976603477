"""A member has had their answer, and what follows it fails: they are answered once all the same."""

import asyncio

import pytest

from bot.ports import Outcome
from bot.presentation.interactions.going_on import go_on
from bot.presentation.interactions.unsettled import Unsettled
from tests.factories import storage_error
from tests.fakes import ManualClock, failing_first
from tests.fixtures.simcord_bot import labels, shown, text

TOKEN_AND_MORE_SECONDS = 21 * 60


class Rounds:
    """SimCord's time for the loop that tells members what could not be answered. It goes round, once more after each thing that
    happens `between`, and is then cancelled from inside. By the end of a round all it began is over, but for `hanging` tasks.
    """

    def __init__(self, server, between, hanging):
        self.now_ms = server.backend.clock.now_ms
        self._server, self._between, self._hanging = server, [None, *between], hanging

    async def sleep(self, seconds):
        while len(begun := [task for task in asyncio.all_tasks() if task.get_name().startswith("going-on")]) > self._hanging:
            await asyncio.wait(begun, return_when=asyncio.FIRST_COMPLETED)
        if not self._between:
            raise asyncio.CancelledError
        if happens := self._between.pop(0):
            await happens(self._server)


async def looks_for_what_is_open(server, between=(), hanging=0):
    """Rounds of the loop that tells members what could not be answered."""
    client, asked = server.backend.now, server.backend.storage.asked
    with pytest.raises(asyncio.CancelledError):
        await go_on(client, asked, Rounds(server, between, hanging), client.unsettled, [])


async def open_ids(server):
    return [each.id for each in await server.backend.storage.asked.left()]


def direct(server):
    channel = server.alice.user.dm_channel
    return [] if channel is None else list(channel.history())


async def asked_to_confirm(server, monkeypatch):
    result = await server.alice.slash(server.channel, "video text", prompt="A red kite", takes=2)
    assert "Confirm" in labels(shown(result))


async def told_of_a_fault(server, monkeypatch):
    async def broken(*_):
        raise storage_error("database is locked")

    with monkeypatch.context() as trouble:
        trouble.setattr(type(server.backend.storage.bookings), "create", broken)
        result = await server.alice.slash(server.channel, "video text", prompt="A red kite")
    assert len(server.env.errors) == 1
    assert "What you typed is kept" in text(shown(result))


async def is_not_answered(server):
    await server.alice.slash(server.channel, "video text", prompt="A red kite", takes=2)
    await server.env.advance_time(TOKEN_AND_MORE_SECONDS)


@pytest.mark.parametrize("answered", [asked_to_confirm, told_of_a_fault])
async def test_who_was_answered_is_not_told_later_that_nobody_could_answer_though_that_was_not_stored(
    server, monkeypatch, answered
):
    settled = server.backend.now.use_cases.dependencies.asked
    monkeypatch.setattr(settled, "settle", failing_first(settled.settle, [storage_error("database or disk is full")]))
    await answered(server, monkeypatch)
    [asked_id] = await open_ids(server)
    await server.env.advance_time(TOKEN_AND_MORE_SECONDS)
    await looks_for_what_is_open(server)
    assert direct(server) == []
    assert await open_ids(server) == [asked_id], "nothing wrote over what became of it"


async def test_who_could_not_be_answered_is_told_later(server, monkeypatch):
    server.env.inject_error("PATCH", "/webhooks/**", status=400, code=50035, times=None)
    await is_not_answered(server)
    await looks_for_what_is_open(server)
    [told] = direct(server)
    assert "Your clip was not begun" in text(told)
    assert await open_ids(server) == []
    assert len(server.env.errors) == 1


async def test_a_member_who_can_not_be_told_for_hours_keeps_nobody_else_waiting(server, monkeypatch):
    server.env.inject_error("PATCH", "/webhooks/**", status=400, code=50035, times=None)
    await is_not_answered(server)
    [first] = await open_ids(server)
    answers = server.backend.notifier.late_answers
    tell = answers.tell

    async def the_first_waits(asked, page):
        if asked.id == first:
            await asyncio.Event().wait()
        return await tell(asked, page)

    monkeypatch.setattr(answers, "tell", the_first_waits)
    await looks_for_what_is_open(server, [is_not_answered], hanging=1)
    assert len(direct(server)) == 1
    assert await open_ids(server) == [first]
    assert len(server.env.errors) == 2


async def test_the_wait_that_everybody_sees_stays_where_it_cannot_be_deleted_and_the_member_is_answered_once(server):
    server.env.inject_error("DELETE", "/webhooks/**", status=403, code=50013)
    picture = ("cat.png", b"no picture at all")
    result = await server.alice.slash(server.channel, "video image", prompt="A cat that wakes up", image=picture)
    assert "Not started" in text(result.response)
    [told] = result.followups
    assert "to change" in text(told)
    assert await open_ids(server) == []
    assert server.env.errors == []


async def test_outcomes_are_stored_as_soon_as_the_database_takes_them():
    unsettled, clock, stored = Unsettled(), ManualClock(), asyncio.Queue()

    class Store:
        async def settle(self, *outcome):
            await stored.put(outcome)

    store = Store()
    store.settle = failing_first(store.settle, [storage_error("database or disk is full")] * 2)
    for asked_id in (1, 2):
        unsettled.keep(asked_id, Outcome.ANSWERED)
    began, running = clock.now_ms(), asyncio.create_task(unsettled.run(store, clock))
    assert [await stored.get(), await stored.get()] == [(1, Outcome.ANSWERED), (2, Outcome.ANSWERED)]
    assert clock.now_ms() - began == (1 + 2 + 4) * 1000
    unsettled.keep(3, Outcome.LOST)
    assert await stored.get() == (3, Outcome.LOST)
    running.cancel()
