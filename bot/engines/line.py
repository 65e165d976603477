"""The line of jobs that wait for a slot at their provider, in fair order. `LocalEngine` fills slots from it."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterator, Mapping

from bot.domain.clip import Kind
from bot.domain.fair_queue import Rank, Waiting, in_order, rank_of
from bot.domain.job import Job


class FairLine:
    """Implements `Line`. Sorted by `in_order`, for which it also keeps each member's jobs under way and their latest turn."""

    def __init__(self) -> None:
        self._waiting: dict[int, Waiting] = {}
        self._waiting_of: Counter[int] = Counter()
        """How many jobs wait, by member id."""
        self._waiting_for: Counter[str] = Counter()
        """How many jobs wait, by provider."""
        self._order: list[Rank] | None = None
        """The waiting jobs, the next one first; None when it must be sorted anew."""
        self._ranks: dict[int, Rank] = {}
        """What is in `_order`, by the job's id."""
        self._under_way: dict[int, int] = {}
        """The member of each unfinished job that is not in line, by the job's id."""
        self._under_way_of: Counter[int] = Counter()
        """How many of these there are, by member id."""
        self._latest_of: dict[int, int] = {}
        """The largest id of the jobs that joined, by the id of a member who has a job in line."""
        self._served: dict[int, int] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    # -- the port ------------------------------------------------------------------------------------------------------

    def position(self, job_id: int) -> int | None:
        waiting = self._waiting.get(job_id)
        if waiting is None:
            return None
        order = self._ordered()
        before = bisect_left(order, self._ranks[job_id])
        if self._waiting_for[waiting.provider] < len(order):
            before = sum(self._waiting[each.job_id].provider == waiting.provider for each in order[:before])
        return before + 1

    def waiting(self, provider: str, kinds: frozenset[Kind] | None, asked_before_ms: int | None = None) -> list[int]:
        return [
            each.job_id
            for each in self.at(provider)
            if (kinds is None or each.kind in kinds) and (asked_before_ms is None or each.asked_ms < asked_before_ms)
        ]

    # -- for the engine ------------------------------------------------------------------------------------------------

    def in_order(self) -> Iterator[Waiting]:
        """The waiting jobs, the next one first. The line must not change meanwhile."""
        return (self._waiting[rank.job_id] for rank in self._ordered())

    def waits_for(self, provider: str) -> bool:
        """Whether a job waits for this provider."""
        return self._waiting_for[provider] > 0

    def at(self, provider: str) -> list[Waiting]:
        """The jobs that wait for this provider, in any order."""
        return [each for each in self._waiting.values() if each.provider == provider]

    def join(self, job: Job) -> None:
        """Puts the job in line. Its turn is stored with it, so that one that was sent back keeps its position."""
        self._ends(job.id)
        if job.id in self._waiting:
            return
        joined = Waiting(job.id, job.member_id, job.provider, job.turn - 0.5, job.request.kind, job.created_at_ms)
        self._waiting[job.id] = joined
        self._waiting_of[job.member_id] += 1
        self._waiting_for[job.provider] += 1
        self._put_in_order(joined)

    def leave(self, job_id: int) -> None:
        """The job is neither in line nor under way."""
        waited = self._waiting.pop(job_id, None)
        if waited is not None:
            self._waits_no_more(waited)
            self._sort_anew()
        self._ends(job_id)

    def take(self, waiting: Waiting) -> None:
        """Takes a job out of the line to run: it is under way now."""
        self._take_from_order(waiting)
        del self._waiting[waiting.job_id]
        self._waits_no_more(waiting)
        self._begins(waiting.job_id, waiting.member_id)

    def started(self, job: Job) -> None:
        """The job is under way, not in line, so it counts before its member's waiting ones."""
        if job.id not in self._under_way:
            self._begins(job.id, job.member_id)
            self._ranks_changed(job.member_id)

    def had(self, turns: Mapping[int, int]) -> None:
        """The members' last turns, by member id, as earlier processes wrote them down."""
        self._served.update(turns)
        self._sort_anew()

    def served(self, job: Job) -> None:
        """The provider took this clip. That was its member's turn, so that other members' jobs go first now."""
        self._served[job.member_id] = max(job.turn, self._served.get(job.member_id, 0))
        self._ranks_changed(job.member_id)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _waits_no_more(self, waiting: Waiting) -> None:
        self._waiting_for[waiting.provider] -= 1
        self._waiting_of[waiting.member_id] -= 1
        if not self._waiting_of[waiting.member_id]:
            del self._waiting_of[waiting.member_id], self._latest_of[waiting.member_id]

    def _begins(self, job_id: int, member_id: int) -> None:
        self._under_way[job_id] = member_id
        self._under_way_of[member_id] += 1

    def _ends(self, job_id: int) -> None:
        member_id = self._under_way.pop(job_id, None)
        if member_id is not None:
            self._under_way_of[member_id] -= 1
            if not self._under_way_of[member_id]:
                del self._under_way_of[member_id]
            self._ranks_changed(member_id)

    def _ranks_changed(self, member_id: int) -> None:
        """Each of the member's jobs in line, if there are any, has another rank now."""
        if member_id in self._waiting_of:
            self._sort_anew()

    def _sort_anew(self) -> None:
        self._order = None
        self._ranks = {}

    def _ordered(self) -> list[Rank]:
        if self._order is None:
            # Members without a job here are dropped: their next job counts from the latest turn, which stays for that.
            here = self._waiting_of.keys() | self._under_way_of.keys()
            latest = max(self._served.values(), default=0)
            self._served = {each: turn for each, turn in self._served.items() if each in here or turn == latest}
            self._order = in_order(self._waiting.values(), self._under_way_of, self._served)
            self._ranks = {rank.job_id: rank for rank in self._order}
        return self._order

    def _put_in_order(self, joined: Waiting) -> None:
        """Puts the job into the sorted line, and keeps that order where it is still right.

        It is right if the job is its member's last: it counts after the others, whose ranks stay. So a line of thousands is not
        sorted again for each job that joins it.
        """
        latest = self._latest_of.get(joined.member_id, 0)
        self._latest_of[joined.member_id] = max(latest, joined.job_id)
        if self._order is None:
            return
        if joined.job_id < latest:
            self._sort_anew()
            return
        unfinished = self._waiting_of[joined.member_id] + self._under_way_of[joined.member_id]
        rank = self._ranks[joined.job_id] = rank_of(joined, unfinished, self._served)
        insort(self._order, rank)

    def _take_from_order(self, taken: Waiting) -> None:
        """Removes the job from the sorted line, and keeps that order where it is still right.

        It is right if the job was its member's first in line: the member's other waiting jobs keep their rank, since the rank
        counts running jobs too. So thousands of slots are filled without sorting each time. Otherwise the line is sorted again.
        """
        order = self._ordered()
        place = bisect_left(order, self._ranks.pop(taken.job_id))
        if any(self._waiting[each.job_id].member_id == taken.member_id for each in order[:place]):
            self._sort_anew()
        else:
            del order[place]
