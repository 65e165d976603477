"""The line of jobs that wait for a slot at their provider, in fair order. `LocalEngine` fills slots from it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from itertools import takewhile

from bot.domain.clip import Kind
from bot.domain.fair_queue import Waiting, in_order
from bot.domain.job import Job


class FairLine:
    """Implements `Line`. Sorted by `in_order`, for which it also keeps each member's jobs under way and their latest turn."""

    def __init__(self) -> None:
        self._waiting: dict[int, Waiting] = {}
        self._waiting_of: Counter[int] = Counter()
        """How many jobs wait, by member id."""
        self._waiting_for: Counter[str] = Counter()
        """How many jobs wait, by provider."""
        self._order: deque[int] | None = None
        self._positions: dict[int, int] | None = None
        self._under_way: dict[int, int] = {}
        """The member of each unfinished job that is not in line, by the job's id."""
        self._served: dict[int, int] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    # -- the port ------------------------------------------------------------------------------------------------------

    def position(self, job_id: int) -> int | None:
        if job_id not in self._waiting:
            return None
        if self._positions is None:
            before: Counter[str] = Counter()
            self._positions = {}
            for each in self.in_order():
                before[each.provider] += 1
                self._positions[each.job_id] = before[each.provider]
        return self._positions.get(job_id)

    def waiting(self, provider: str, kinds: frozenset[Kind] | None, asked_before_ms: int | None = None) -> list[int]:
        return [
            each.job_id
            for each in self.at(provider)
            if (kinds is None or each.kind in kinds) and (asked_before_ms is None or each.asked_ms < asked_before_ms)
        ]

    # -- for the engine ------------------------------------------------------------------------------------------------

    def in_order(self) -> Iterator[Waiting]:
        """The waiting jobs, the next one first. The line must not change meanwhile."""
        return (self._waiting[job_id] for job_id in self._ordered())

    def waits_for(self, provider: str) -> bool:
        """Whether a job waits for this provider."""
        return self._waiting_for[provider] > 0

    def at(self, provider: str) -> list[Waiting]:
        """The jobs that wait for this provider, in any order."""
        return [each for each in self._waiting.values() if each.provider == provider]

    def join(self, job: Job) -> None:
        """Puts the job in line. Its turn is stored with it, so that one that was sent back keeps its position."""
        self._under_way.pop(job.id, None)
        if job.id in self._waiting:
            return
        self._waiting[job.id] = Waiting(
            job.id, job.member_id, job.provider, job.turn - 0.5, job.request.kind, job.created_at_ms
        )
        self._waiting_of[job.member_id] += 1
        self._waiting_for[job.provider] += 1
        self._order = self._positions = None

    def leave(self, job_id: int) -> None:
        """The job is neither in line nor under way."""
        waited = self._waiting.pop(job_id, None)
        if waited is not None:
            self._waits_no_more(waited)
        if self._under_way.pop(job_id, None) is not None or waited is not None:
            self._order = self._positions = None

    def take(self, waiting: Waiting) -> None:
        """Takes a job out of the line to run: it is under way now."""
        del self._waiting[waiting.job_id]
        self._waits_no_more(waiting)
        self._take_from_order(waiting)
        self._under_way[waiting.job_id] = waiting.member_id

    def started(self, job: Job) -> None:
        """The job is under way, not in line, so it counts before its member's waiting ones."""
        self._under_way[job.id] = job.member_id

    def had(self, turns: Mapping[int, int]) -> None:
        """The members' last turns, by member id, as earlier processes wrote them down."""
        self._served.update(turns)
        self._order = self._positions = None

    def served(self, job: Job) -> None:
        """The provider took this clip. That was its member's turn, so that other members' jobs go first now."""
        self._served[job.member_id] = max(job.turn, self._served.get(job.member_id, 0))
        if self._waiting_of[job.member_id]:
            self._order = self._positions = None

    # -- inside --------------------------------------------------------------------------------------------------------

    def _waits_no_more(self, waiting: Waiting) -> None:
        self._waiting_for[waiting.provider] -= 1
        self._waiting_of[waiting.member_id] -= 1
        if not self._waiting_of[waiting.member_id]:
            del self._waiting_of[waiting.member_id]

    def _ordered(self) -> deque[int]:
        if self._order is None:
            running = Counter(self._under_way.values())
            # Members without a job here are dropped: their next job counts from the latest turn, which stays for that.
            here = {each.member_id for each in self._waiting.values()} | running.keys()
            latest = max(self._served.values(), default=0)
            self._served = {each: turn for each, turn in self._served.items() if each in here or turn == latest}
            self._order = deque(each.job_id for each in in_order(self._waiting.values(), running, self._served))
        return self._order

    def _take_from_order(self, taken: Waiting) -> None:
        """Removes the job from the sorted line, and keeps that order where it is still right.

        It is right if the job was its member's first in line: the member's other waiting jobs keep their rank, since the rank
        counts running jobs too. So thousands of slots are filled without sorting each time. Otherwise the line is sorted again.
        """
        order = self._ordered()
        earlier = takewhile(lambda each: each != taken.job_id, order)
        if any(self._waiting[each].member_id == taken.member_id for each in earlier):
            self._order = None
        else:
            order.remove(taken.job_id)
        self._positions = None
