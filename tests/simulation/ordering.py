"""The rules about whole orders, of one clip or of several. `invariants` calls it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from tests.simulation.discord.places import EPOCH_MS
from tests.simulation.showing import is_open_since

if TYPE_CHECKING:
    from tests.simulation.discord.records import Message
    from tests.simulation.world import World

Row = dict[str, Any]
WHOLE: Final = "an order is whole or not there"
CONFIRMED: Final = "several clips are confirmed first"
MENTIONED: Final = "an order has one mention"
UNMENTIONED: Final = "who gets something to look at is told"
_MENTION: Final = "SELECT state, message_id FROM posts WHERE subject = 'order:' || ? AND purpose = 'mention'"


def broken(world: World, jobs: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """The broken rules, and what was found."""
    clips: defaultdict[int, list[Row]] = defaultdict(list)
    for job in jobs:
        clips[job["order_id"]].append(job)
    for order_id, source, size, ended_at_ms in world.books.execute("SELECT id, source, size, ended_at_ms FROM orders"):
        own = clips.pop(order_id, [])
        if sorted(job["position"] for job in own) != list(range(size)):
            yield WHOLE, f"order {order_id} of {size} has the jobs {[job['id'] for job in own]}"
        over = all(job["ended_at_ms"] is not None for job in own)
        if over != (ended_at_ms is not None):
            yield WHOLE, f"order {order_id} ended at {ended_at_ms}, and its jobs at {[job['ended_at_ms'] for job in own]}"
        if size > 1 and not source.startswith("draft:"):
            yield CONFIRMED, f"order {order_id} of {size} was asked for by {source}"
        if size > 1 and over and (found := _mentions(world, own)):
            yield MENTIONED, f"order {order_id} of {size}: {found}"
        if over and own and (missing := _line_missing(world, own) if size > 1 else _unheard(world, own[0])):
            yield UNMENTIONED, f"order {order_id} of {size}: {missing}"
    if clips:
        yield WHOLE, f"jobs without an order: {sorted(clips)}"


def _mentions(world: World, jobs: Sequence[Row]) -> str:
    """What is wrong with the messages that notify an order's member; "" where nothing is.

    Each clip comes silently, and one line links the card once all have ended. A line in a place that was closed afterwards can
    not be found again, and a process that hung may send one late.
    """
    loud = [job["id"] for job in jobs if any(each.mentions for each in _clips(world, job["id"]))]
    if loud:
        return f"the clips of jobs {loud} notify too"
    card = f"/{jobs[0]['card_id']})"
    lines = [each for each in _messages(world) if each.mentions and not each.by_one_of_two and card in each.text]
    if sum(world.discord.places.is_open(each.channel_id) for each in lines) > 1:
        return f"{len(lines)} lines mention its member"
    return ""


def _line_missing(world: World, jobs: Sequence[Row]) -> str:
    """What is wrong with the line that tells an order's member of several clips; "" where it came, or no place took it."""
    job = jobs[0]
    row = world.books.execute(_MENTION, (job["order_id"],)).fetchone()
    state, message_id = row or (None, None)
    if state == "refused":
        direct, asked_ms = world.discord.places.direct(job["member_id"]), (job["id"] >> 22) + EPOCH_MS
        return "its line was refused, and direct messages were open" if is_open_since(world, direct, asked_ms) else ""
    if state == "sent":
        return "" if any(each.id == message_id and each.mentions for each in _messages(world)) else "its line notifies nobody"
    return "" if state == "deleted" else f"its line is {state}"


def _unheard(world: World, job: Row) -> str:
    """The same for a single clip, which notifies its member itself. What takes an answer's place, or is private, does not."""
    if job["state"] != "done" or job["result_id"] is None or job["private"] or job["way"] == "answer":
        return ""
    there = [each for each in _messages(world) if each.id == job["result_id"]]
    return "" if all(each.mentions for each in there) else "its clip notifies nobody"


def _clips(world: World, job_id: int) -> list[Message]:
    posts = world.discord.posts.clips[job_id]
    return [each for each in _messages(world) if each.id in posts]


def _messages(world: World) -> Iterator[Message]:
    for channel in world.discord.places.channels.values():
        yield from channel.messages.values()
