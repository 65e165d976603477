"""Checks that the messages about an ended job (card, thread, direct message) show its end, or are tried again. `invariants`
calls it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from bot.domain.job import job_code
from tests.simulation.discord.places import EPOCH_MS

if TYPE_CHECKING:
    from tests.simulation.discord.records import Channel, Message
    from tests.simulation.world import World

Row = dict[str, Any]
_ENDED: Final = """
SELECT orders.id, MIN(jobs.id) FROM orders JOIN jobs ON jobs.order_id = orders.id
WHERE orders.ended_at_ms IS NOT NULL AND orders.private = 0 GROUP BY orders.id
"""
_DAYS_MS: Final = 2 * 24 * 3_600_000
_SHOWN: Final = """
SELECT purpose, channel_id, message_id FROM posts
WHERE subject = ? AND purpose IN ('card', 'progress') AND message_id IS NOT NULL AND shown_rev >= wanted_rev AND NOT EXISTS (
    SELECT 1 FROM posts AS card
    WHERE card.subject = posts.subject AND card.purpose = 'card' AND card.message_id = posts.message_id
        AND card.shown_rev < card.wanted_rev
)
"""
"""SQL: the messages of an order that are said to show its end. A card may be the progress message too."""


def shows_its_end(world: World, job: Row) -> bool:
    """Whether each message that could still be edited shows the end; for a private job, whether any message does."""
    if job["private"]:
        return (
            (job["state"] == "done" and job["order_size"] == 1)
            or not is_open_since(world, world.discord.places.direct(job["member_id"]), 0)
            or _told_alone(world, job)
        )
    return all(_says(world, job, message) for message in _in_reach(world, job))


def given_up(world: World) -> Iterator[str]:
    """Messages of ended orders that do not show the end, though the bot has noted that they do, so that it tries no more.

    Private orders are left out, whose messages can't be read, and places that are closed for days: there the bot may give up.
    """
    for order_id, first in world.books.execute(_ENDED).fetchall():
        job = _row(world, "SELECT * FROM whole_jobs WHERE id = ?", first)
        for purpose, channel_id, message_id in world.books.execute(_SHOWN, (f"order:{order_id}",)).fetchall():
            message = _there(world, channel_id, message_id)
            if message is not None and not _is_closed_for_days(world, channel_id) and not _says(world, job, message):
                yield f"the {purpose} of order {order_id} does not show its end, and nobody tries again: {message.text!r}"


def _there(world: World, channel_id: int, message_id: int) -> Message | None:
    channel = world.discord.places.channels.get(channel_id)
    message = None if channel is None else channel.messages.get(message_id)
    return None if message is None or message.deleted or message.ephemeral else message


def _row(world: World, sql: str, *parameters: object) -> Row:
    cursor = world.books.execute(sql, parameters)
    return dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))


def _in_reach(world: World, job: Row) -> Iterator[Message]:
    """The job's card and progress message, if it knows them and their channels were open since it was asked for.

    That time is read from the job's id, since the machine's clock may have been wrong.
    """
    asked_ms = (job["id"] >> 22) + EPOCH_MS
    for channel_id, message_id in ((job["channel_id"], job["card_id"]), (job["thread_id"], job["progress_id"])):
        message = _there(world, channel_id, message_id)
        if message is not None and is_open_since(world, channel_id, asked_ms):
            yield message


def _told_alone(world: World, job: Row) -> bool:
    direct = world.discord.places.channels[world.discord.places.direct(job["member_id"])]
    return any(_says(world, job, message) for message in (*_answer(world, job), *direct.messages.values()))


def _answer(world: World, job: Row) -> list[Message]:
    asked_id = world.answered_by(job["id"])
    return [each.message for each in world.discord.answers.by_token.values() if each.interaction == asked_id]


def _says(world: World, job: Row, message: Message) -> bool:
    """Whether the message shows the end: each end but that of a posted clip shows the job's code.

    If an operator ends a job while its clip is posted, the clip may be where the card was. A process that hung may still send
    while the next one runs; no fence prevents that, only the lock of the database file.
    """
    if message.by_one_of_two:
        return True
    if job["order_size"] > 1:
        return _arrived(world, job) in message.text
    is_the_clip = f"hh:more:{job['id']}" in message.custom_ids
    if job["state"] == "done":
        return is_the_clip or message.text.startswith(("**Done**", "**Deleted**"))
    posted = job["result_id"] is not None and is_the_clip
    return posted or f"Reference `{job_code(job['id'])}`" in message.text


def _arrived(world: World, job: Row) -> str:
    """What board and mention say of all clips together once all have ended. `bot.presentation.views.board_words` words it."""
    rows = world.books.execute("SELECT state, result_id FROM whole_jobs WHERE order_id = ?", (job["order_id"],)).fetchall()
    here, count = sum(state == "done" and result_id is not None for state, result_id in rows), len(rows)
    if here == count:
        return "Both are here" if count == 2 else f"All {count} "
    return f"{here} of {count} " if here else f"None of the {count} "


def _is_closed_for_days(world: World, channel_id: int) -> bool:
    channel = world.discord.places.channels[channel_id]
    untils = (channel.locked[1], 0 if channel.closed is None else channel.closed[1])
    return max(untils) - world.now_ms > _DAYS_MS


def is_open_since(world: World, channel_id: int, since_ms: int) -> bool:
    """Whether the bot could write in this channel all the time since `since_ms`."""
    channel: Channel | None = world.discord.places.channels.get(channel_id)
    if channel is None:
        return False
    shut = (channel.locked, (0, 0) if channel.closed is None else channel.closed[:2])
    return all(until <= since_ms or begins > world.now_ms for begins, until in shut)
