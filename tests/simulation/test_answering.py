"""The rule about commands that end in nothing knows the order that a command or a press of Confirm made, and no other."""

from dataclasses import replace

import pytest

from bot.domain.order import by_confirmation
from bot.ports import Outcome
from bot.storage import storage_over
from bot.storage.sqlite import _Statements
from tests.factories import a_new_job, a_new_order, an_address, book, what_was_asked
from tests.simulation.answering import unanswered
from tests.simulation.discord.places import CHANNELS

MEMBER = 7


class Books:
    """Implements `Database` over the world's books, without faults."""

    def __init__(self, world):
        self._statements = _Statements(world.books)

    async def read(self, work):
        return work(self._statements)

    async def write(self, work, *, patience=None, alone=()):
        return work(self._statements)


@pytest.fixture
def storage(world):
    return storage_over(Books(world))


@pytest.fixture
def think(world):
    """Has a member ask for something, and Discord show "thinking", which stays. Returns the address."""

    def thinking():
        asked_id, answer = world.discord.answers.ask(MEMBER, CHANNELS[0], private=False)
        world.discord.answers.take(answer.token, private=False)
        return an_address(asked_id=asked_id, token=answer.token, card_id=answer.message.id)

    return thinking


def confirmed(draft_id, address):
    """An order of two clips whose price was confirmed."""
    jobs = (a_new_job(1), a_new_job(2, seed=43))
    return a_new_order(1, source=by_confirmation(draft_id), address=address, jobs=jobs)


async def test_a_command_whose_order_is_there_keeps_the_rule(world, storage, think):
    address = think()
    await book(storage, replace(a_new_order(address.asked_id), address=address))

    assert not list(unanswered(world))


async def test_a_press_of_confirm_whose_order_is_there_keeps_the_rule(world, storage, think):
    await book(storage, confirmed(5, think()))

    assert not list(unanswered(world))


async def test_a_command_that_is_booked_without_an_order_breaks_the_rule(world, storage, think):
    address = think()
    await storage.asked.add(what_was_asked(address))
    await storage.asked.settle(address.asked_id, Outcome.BOOKED)

    assert list(unanswered(world)) == [f"interaction {address.asked_id} is booked, and there is no order"]


async def test_a_second_press_of_confirm_that_is_booked_breaks_the_rule_though_the_first_has_an_order(world, storage, think):
    first, second = think(), think()
    await book(storage, confirmed(5, first))
    await storage.asked.add(what_was_asked(second))
    await storage.asked.settle(second.asked_id, Outcome.BOOKED)

    assert list(unanswered(world)) == [f"interaction {second.asked_id} is booked, and there is no order"]
