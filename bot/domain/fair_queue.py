"""The order in which waiting jobs get a slot at the provider. Engines sort their line with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.clip import Kind


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job in line. Job ids are made of the time, so they also order by time, and those of one order by their position.

    A member has a turn each time a provider takes a clip of theirs; turns of all members are numbered from 1. `joined` is the
    number of the latest turn when the job was booked, minus a half, so the job sorts before those of the member who had that
    turn, and after those of members who had earlier ones. `asked_ms` is when its member asked for the clip.
    """

    job_id: int
    member_id: int
    provider: str = ""
    joined: float = 0.0
    kind: Kind = Kind.TEXT
    asked_ms: int = 0


class Rank(NamedTuple):
    """What a line is sorted by: the smallest is next."""

    nth: int
    """1 for a member's first unfinished job, 2 for the second and so on, running jobs included."""
    turn: float
    """The number of the member's last turn (see `Waiting`), or `joined` where that is later."""
    job_id: int


def rank_of(entry: Waiting, nth: int, served: Mapping[int, int]) -> Rank:
    """`served` has for each member the number of their last turn."""
    return Rank(nth, max(served.get(entry.member_id, entry.joined), entry.joined), entry.job_id)


def in_order(
    waiting: Iterable[Waiting], running_per_member: Counter[int], served: Mapping[int, int] | None = None
) -> list[Rank]:
    """The ranks of the waiting jobs, the next one first.

    Nobody gets a second clip before everybody got a first one, even if the first is finished long ago, and a newcomer does
    not pass those who waited longer.
    """
    unfinished = Counter(running_per_member)
    ranked: list[Rank] = []
    for entry in sorted(waiting, key=lambda each: each.job_id):
        unfinished[entry.member_id] += 1
        ranked.append(rank_of(entry, unfinished[entry.member_id], served or {}))
    return sorted(ranked)


def expected_wait_ms(position: int, slots: int, typical_ms: int | None) -> int | None:
    """How long the job at `position` in line (1 is next) waits when `slots` clips run at once and one takes `typical_ms`.

    Full rounds of `slots` clips go before it; the running round is on average half done. None when `typical_ms` is None.
    """
    if typical_ms is None:
        return None
    rounds = (position - 1) // max(slots, 1)
    return typical_ms * rounds + typical_ms // 2
