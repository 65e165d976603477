"""The rule about blocked titles blames the bot where a name was the reason for no thread, and not where the place was."""

import pytest

from tests.simulation.discord.places import CHANNELS
from tests.simulation.discord.records import Refusal
from tests.simulation.invariants import RULES, Case

HERE = CHANNELS[0]
BLOCKED, TAKEN = "A harbour at dawn", "A clip"


@pytest.fixture
def card(world):
    return world.discord.places.new_message(world.discord.places.channel(HERE))


def close(world, _card):
    world.discord.places.close(HERE, world.now_ms, world.now_ms + 60_000, 50013)


def delete(_world, card):
    card.deleted = True


def ask(world, card, name):
    """Asks for a thread. The code with which Discord refuses, or None."""
    try:
        world.discord.threads.open(HERE, card.id, name)
    except Refusal as refusal:
        return refusal.code
    return None


def in_place_is_right(world, card):
    """Whether a job that stays on its card, without a thread, keeps the rule."""
    job = {"in_place": True, "card_id": card.id}
    return RULES["a blocked title costs no thread"](Case(world, job, [], None, [], [], []))


def test_a_job_that_gives_its_thread_up_for_its_name_breaks_the_rule(world, card):
    assert ask(world, card, BLOCKED) == 200001

    assert not in_place_is_right(world, card)


@pytest.mark.parametrize("name", [BLOCKED, TAKEN])
@pytest.mark.parametrize(("befalls", "code"), [(close, 50013), (delete, 10008)])
def test_a_job_whose_place_or_card_is_gone_since_its_name_was_blocked_keeps_the_rule(world, card, befalls, code, name):
    ask(world, card, BLOCKED)
    befalls(world, card)
    assert ask(world, card, name) == code

    assert in_place_is_right(world, card)


def test_a_name_that_is_blocked_again_once_the_place_is_open_breaks_the_rule(world, card):
    close(world, card)
    ask(world, card, BLOCKED)
    world.stand_at(world.now_ms + 60_000)
    assert ask(world, card, BLOCKED) == 200001

    assert not in_place_is_right(world, card)
