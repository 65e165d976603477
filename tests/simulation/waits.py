"""Measures how long each clip waits: in line while the provider is full, in line while it has room, and after its turn.

It reads the database in virtual time. The limits are for two kinds of seeds:

- Where only one member has trouble, each clip of another member may take its time at the provider, the time in line while all
  slots were in use, and `ALLOWED_SECONDS`. Whether slots are shared fairly is checked by `watching.py`.
- In every other seed, after the last fault, no job may be in line for longer than `IDLE_SECONDS` while the provider has room.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.domain.backoff import RETRY_AFTER_MOST
from tests.simulation.discord.places import EPOCH_MS
from tests.simulation.media import ENCODING_SECONDS_MOST

if TYPE_CHECKING:
    from tests.simulation.world import World

EVERY_SECONDS: Final = 5.0
ALLOWED_SECONDS: Final = 180.0
"""How long a clip takes without faults, apart from its making and the line: the command and the submit (some requests of up to
16 s each), the question that finds its end (15 s apart, four requests, a listing 25 s late, two questions by id unanswered for
20 s each), fetch, encoder, post and the end on the card."""
_ALLOWED_MORE: Final[dict[str, float]] = {
    # Only further refusals show that one job is at fault: the whole line waits up to three times before only that job waits.
    "submit answers 429": 3 * RETRY_AFTER_MOST,
    "submit answers 503": 3 * RETRY_AFTER_MOST,
    # A refused upload counts as a refused key and holds the line for up to 75 s: the first one, and a second one if other
    # pictures were accepted in between.
    "upload answers 403": 2 * 75.0,
    # Two questions by id of the bot's watcher (overdue clips) and two of `ScenarioProvider` (clips that no listing shows), 20 s
    # each.
    "id is silent": 80.0,
    "id answers 429": 80.0,
}
"""More allowed seconds, by the one member's trouble."""
_ENCODER: Final = "encoding hangs"
"""Each clip of the one member is in the common encoder once; later tries use the encoder for clips that failed."""
IDLE_SECONDS: Final = RETRY_AFTER_MOST + 2 * 75.0
"""The line may wait because of a refusal before the end of the last fault, and once more after a try that is refused too."""
_UNFINISHED: Final = "SELECT id, state, not_before_ms FROM jobs WHERE ended_at_ms IS NULL"
_ASKED: Final = """
    SELECT whole_jobs.id, whole_jobs.member_id, whole_jobs.state, orders.source
    FROM whole_jobs JOIN orders ON orders.id = whole_jobs.order_id ORDER BY whole_jobs.id
"""
_IN_SLOTS: Final = frozenset({"preparing", "submitting", "generating"})


@dataclass
class Wait:
    """Seconds in line: `full` while every slot was in use, `idle` while there was room."""

    full: float = 0.0
    idle: float = 0.0


class Waits:
    def __init__(self, world: World) -> None:
        self._world = world
        self._waits: dict[int, Wait] = {}
        self._shown_ms: dict[int, int] = {}
        self.slots: Counter[int] = Counter()

    async def watch(self, seconds: float) -> None:
        """Measures for so many seconds."""
        for _ in range(int(seconds / EVERY_SECONDS)):
            await asyncio.sleep(EVERY_SECONDS)
            self.look(EVERY_SECONDS)

    def look(self, seconds: float) -> None:
        """Adds these seconds to the wait of each job that is in line now."""
        jobs = self._world.books.execute(_UNFINISHED).fetchall()
        in_slots = [job_id for job_id, state, _ in jobs if state in _IN_SLOTS]
        # The provider may still make clips that the bot has given up.
        full = max(len(in_slots), self._world.vendor.running()) >= self._world.vendor.ceiling
        self.slots.update(in_slots)
        for job_id, state, not_before_ms in jobs:
            if state != "queued" or (not_before_ms or 0) > self._world.now_ms:
                continue
            wait = self._waits.setdefault(job_id, Wait())
            if full:
                wait.full += seconds
            else:
                wait.idle += seconds

    def shown(self, job_id: int) -> None:
        """Notes that the job's messages show its end."""
        self._shown_ms.setdefault(job_id, self._world.now_ms)

    def too_long(self) -> Iterator[str]:
        """Descriptions of the waits that were too long."""
        trouble = self._world.single_trouble
        if trouble.member is None:
            for job_id, wait in self._waits.items():
                if wait.idle > IDLE_SECONDS:
                    yield f"job {job_id} stood in line for {wait.idle:.0f} s with room, all being well"
            return
        jobs = self._world.books.execute(_ASKED).fetchall()
        allowed = ALLOWED_SECONDS + sum(_ALLOWED_MORE.get(each, 0.0) for each in trouble.names)
        if _ENCODER in trouble.names:
            allowed += ENCODING_SECONDS_MOST * sum(member_id == trouble.member for _, member_id, _, _ in jobs)
        for job_id, member_id, state, source in jobs:
            if member_id == trouble.member:
                continue
            clips, shown_ms = self._world.vendor.of(job_id), self._shown_ms.get(job_id)
            if state != "done" or len(clips) != 1 or shown_ms is None:
                yield f"job {job_id} of member {member_id} is {state}, and {', '.join(sorted(trouble.names))} is another's"
                continue
            wait = self._waits.get(job_id, Wait())
            took = (shown_ms - EPOCH_MS - (_asked_by(source) >> 22) - clips[0].takes_ms) / 1000 - wait.full
            if took > allowed:
                yield (
                    f"job {job_id} of member {member_id} took {took:.0f} s more than its making and the full line, of them"
                    f" {wait.idle:.0f} s in line with room; {allowed:.0f} s are allowed ({', '.join(sorted(trouble.names))})"
                )


def _asked_by(source: str) -> int:
    """The interaction that asked for an order: a wait begins with it, long before the order where pictures are read first."""
    return int(source.removeprefix("interaction:"))
