"""How long each clip waits, and what for: in line while the provider is full, in line with room there, after its turn.

Looked at in virtual time, from outside. The bounds are of two kinds of seeds:

- Where all trouble is one member's, everybody else's clip takes what it takes at the provider, the time in which every slot
  was in use while it stood in line, and `ALLOWED_SECONDS`, whatever befalls the one. How the slots are shared is fairness,
  which `watching.py` holds.
- In every other seed, once nothing goes wrong any more, nobody stands in line with room at the provider for longer than
  `IDLE_SECONDS`.
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
"""What a clip takes beside its making and the line, on the best of days: the command and the submit (some requests of up to
16 s each), the look that sees its end (15 s apart, four requests, a listing 25 s late, two questions by id unanswered for
20 s each), fetch, encoder, post and the end on the card."""
_ALLOWED_MORE: Final[dict[str, float]] = {
    # Only a refusal tells that it is one job's alone: the line rests for it, then it may be the one that tries, and once more.
    "submit answers 429": 3 * RETRY_AFTER_MOST,
    "submit answers 503": 3 * RETRY_AFTER_MOST,
    # The first refusal of a key holds the line for a minute and a quarter, and a second one after other pictures were taken.
    "upload answers 403": 2 * 75.0,
    # Of the watcher's questions about overdue clips and of the provider's own about quiet ones two each, 20 s long.
    "id is silent": 80.0,
    "id answers 429": 80.0,
}
"""Seconds, by what the one member's trouble is."""
_ENCODER: Final = "encoding hangs"
"""Each of the one's clips is in everybody's encoder once; later it has one of its own."""
IDLE_SECONDS: Final = RETRY_AFTER_MOST + 2 * 75.0
"""A rest that began before all was well again, and a try after it that was refused by then."""
_UNFINISHED: Final = "SELECT id, state, not_before_ms FROM jobs WHERE ended_at_ms IS NULL"
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
        """For so long."""
        for _ in range(int(seconds / EVERY_SECONDS)):
            await asyncio.sleep(EVERY_SECONDS)
            self.look(EVERY_SECONDS)

    def look(self, seconds: float) -> None:
        """What stands in line now has done so for these seconds."""
        jobs = self._world.books.execute(_UNFINISHED).fetchall()
        in_slots = [job_id for job_id, state, _ in jobs if state in _IN_SLOTS]
        # The provider may still make clips that were given up here.
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
        """Its end is on its messages."""
        self._shown_ms.setdefault(job_id, self._world.now_ms)

    def too_long(self) -> Iterator[str]:
        """What does not hold, in words."""
        trouble = self._world.single_trouble
        if trouble.member is None:
            for job_id, wait in self._waits.items():
                if wait.idle > IDLE_SECONDS:
                    yield f"job {job_id} stood in line for {wait.idle:.0f} s with room, all being well"
            return
        jobs = self._world.books.execute("SELECT id, member_id, state FROM jobs ORDER BY id").fetchall()
        allowed = ALLOWED_SECONDS + sum(_ALLOWED_MORE.get(each, 0.0) for each in trouble.names)
        if _ENCODER in trouble.names:
            allowed += ENCODING_SECONDS_MOST * sum(member_id == trouble.member for _, member_id, _ in jobs)
        for job_id, member_id, state in jobs:
            if member_id == trouble.member:
                continue
            clips, shown_ms = self._world.vendor.of(job_id), self._shown_ms.get(job_id)
            if state != "done" or len(clips) != 1 or shown_ms is None:
                yield f"job {job_id} of member {member_id} is {state}, and {', '.join(sorted(trouble.names))} is another's"
                continue
            wait = self._waits.get(job_id, Wait())
            took = (shown_ms - EPOCH_MS - (job_id >> 22) - clips[0].takes_ms) / 1000 - wait.full
            if took > allowed:
                yield (
                    f"job {job_id} of member {member_id} took {took:.0f} s more than its making and the full line, of them"
                    f" {wait.idle:.0f} s in line with room; {allowed:.0f} s are allowed ({', '.join(sorted(trouble.names))})"
                )
