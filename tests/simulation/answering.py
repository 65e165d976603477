"""The rules about commands: none that Discord showed as "thinking" ends in nothing. `invariants` calls it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tests.simulation.discord.records import Message
    from tests.simulation.world import World

Row = dict[str, Any]
_BOOKED: Final = """
SELECT orders.id FROM orders JOIN posts AS card ON card.subject = 'order:' || orders.id AND card.purpose = 'card'
WHERE orders.source = 'interaction:' || :id OR (orders.source LIKE 'draft:%' AND card.asked_id = :id)
"""
"""SQL: the orders that an interaction made. What was confirmed has its draft as source, so that a second press makes no second
order; its card says which press made it. The card of another order may answer a later press, which made nothing."""


def unanswered(world: World) -> Iterator[str]:
    """Commands that still show "thinking", though nothing was booked for them and their members were told nothing.

    A member whose direct messages are closed at some time may not be reached.
    """
    for answer in world.discord.answers.by_token.values():
        if not (answer.asks and answer.message.loading) or answer.message.deleted:
            continue
        [asked] = _rows(world, "SELECT * FROM asked WHERE id = :id", id=answer.interaction) or [None]
        booked = _rows(world, _BOOKED, id=answer.interaction)
        if asked is None or asked["outcome"] in {None, "telling", "answered"}:
            outcome = None if asked is None else asked["outcome"]
            yield f"interaction {answer.interaction} is thinking, outcome {outcome}, booked {len(booked)}"
        elif asked["outcome"] == "lost" and world.discord.places.channel(_direct_of(world, asked)).closed is None:
            yield f"interaction {answer.interaction} is lost, and its member could have been told"
        elif asked["outcome"] == "booked" and not booked:
            yield f"interaction {answer.interaction} is booked, and there is no order"


def told_twice(world: World) -> Iterator[str]:
    """Commands whose members were told twice that nothing was begun: by two direct messages, or by one from a process that had
    answered them and knew it.

    What was shown with a command's token is its answer, in direct messages too. A process that is killed between an answer and
    the note of it leaves that to the next one, which can't ask Discord what it shows once the token has expired.
    """
    by_token = world.discord.answers.by_token.values()
    answers = {
        answer.interaction: [each for each in answer.shown if _gives_back(each, answer.interaction)] for answer in by_token
    }
    for asked in _rows(world, "SELECT * FROM asked WHERE outcome = 'told'"):
        direct, answer = world.discord.places.channel(_direct_of(world, asked)), answers[asked["id"]]
        told = [each for each in direct.messages.values() if _gives_back(each, asked["id"]) and each not in answer]
        world.faults.struck["members: told that nothing was begun"] += 1
        if len(told) > 1:
            yield f"interaction {asked['id']}: {len(told)} messages"
        if {id(each.sender) for each in answer if each.known} & {id(each.sender) for each in told}:
            yield f"interaction {asked['id']}: one more message though it was answered"


def _gives_back(message: Message, interaction: int) -> bool:
    """Whether its button brings back what was typed with that command."""
    return f"hh:draft:{interaction}" in message.custom_ids


def _direct_of(world: World, asked: Row) -> int:
    [person] = _rows(world, "SELECT * FROM people WHERE id = :id", id=asked["person_id"])
    return world.discord.places.direct(person["discord_id"])


def _rows(world: World, sql: str, **parameters: object) -> list[Row]:
    cursor = world.books.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
