"""Who is next when the provider takes only N clips at a time. Pure: the order depends on the waiting jobs alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.clip import Kind


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job in line. Job ids are interaction snowflakes, so they also order by time.

    `joined` is the turn that was the present one when it first stood in line, less a half: between those who were served
    up to then and those who are served from then on. `asked_ms` is when its member asked for the clip.
    """

    job_id: int
    member_id: int
    provider: str = ""
    joined: float = 0.0
    kind: Kind = Kind.TEXT
    asked_ms: int = 0


def in_order(
    waiting: Iterable[Waiting], running_per_member: Counter[int], served: Mapping[int, int] | None = None
) -> list[Waiting]:
    """The line, first to go first.

    A member's k-th unfinished job waits behind every other member's earlier ones: the key is (k, turn, age), where k
    counts the member's running jobs too. `served` holds the number of the turn in which a member last got a slot; turn is
    that one, or when the job joined the line where that is later. So nobody gets a second clip before everybody got a
    first, also when the first is long finished; and nobody who comes later goes first for having had none lately.
    """
    turns = served or {}
    rank = Counter(running_per_member)
    ranked: list[tuple[int, float, int, Waiting]] = []
    for entry in sorted(waiting, key=lambda each: each.job_id):
        rank[entry.member_id] += 1
        turn = max(turns.get(entry.member_id, entry.joined), entry.joined)
        ranked.append((rank[entry.member_id], turn, entry.job_id, entry))
    return [entry for *_, entry in sorted(ranked, key=lambda item: item[:3])]


def expected_wait_ms(position: int, slots: int, typical_ms: int | None) -> int | None:
    """How long the `place`-th in line (1 is next) waits when `slots` clips run at once and one takes `typical_ms`.

    Rounds of `slots` clips go before it; the one running now is on average half done. None without experience.
    """
    if typical_ms is None:
        return None
    rounds = (position - 1) // max(slots, 1)
    return typical_ms * rounds + typical_ms // 2
