"""The line of jobs that wait for a slot at their provider, in fair order. `LocalEngine` fills slots from it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from itertools import takewhile

from bot.domain.clip import Kind
from bot.domain.fair_queue import Waiting, in_order
from bot.domain.job import Job


class FairLine:
    """Implements `Line`. Sorted by `in_order`, for which it also keeps each member's jobs under way and their latest turn."""

    def __init__(self) -> None:
        self._waiting: dict[int, Waiting] = {}
        self._order: deque[int] | None = None
        self._positions: dict[int, int] | None = None
        self._under_way: dict[int, int] = {}
        """The member of each unfinished job that is not in line, by the job's id."""
        self._turns = 0
        self._served: dict[int, int] = {}
        self._joined: dict[int, float] = {}

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

    def at(self, provider: str) -> list[Waiting]:
        """The jobs that wait for this provider, in any order."""
        return [each for each in self._waiting.values() if each.provider == provider]

    def join(self, job: Job) -> None:
        """Puts the job in line. One that was sent back keeps the position of its first time there."""
        self._under_way.pop(job.id, None)
        if job.id in self._waiting:
            return
        joined = self._joined.setdefault(job.id, self._turns - 0.5)
        self._waiting[job.id] = Waiting(job.id, job.member_id, job.provider, joined, job.request.kind, job.created_at_ms)
        self._order = self._positions = None

    def leave(self, job_id: int) -> None:
        """The job is neither in line nor under way."""
        waited = self._waiting.pop(job_id, None) is not None
        if self._under_way.pop(job_id, None) is not None or waited:
            self._order = self._positions = None

    def take(self, waiting: Waiting) -> None:
        """Takes a job out of the line to run: it is under way now."""
        del self._waiting[waiting.job_id]
        self._take_from_order(waiting)
        self._under_way[waiting.job_id] = waiting.member_id

    def started(self, job: Job) -> None:
        """The job is under way, not in line, so it counts before its member's waiting ones."""
        self._under_way[job.id] = job.member_id

    def served(self, job: Job) -> None:
        """Counts this as the member's latest turn, so that other members' jobs go first now."""
        self._turns += 1
        self._served[job.member_id] = self._turns
        self._joined.pop(job.id, None)

    def forget(self, job_id: int) -> None:
        """The job has ended: drops all that is kept about it."""
        self.leave(job_id)
        self._joined.pop(job_id, None)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _ordered(self) -> deque[int]:
        if self._order is None:
            running = Counter(self._under_way.values())
            # Members without a job here are dropped: their next job counts from when it joins the line.
            here = {each.member_id for each in self._waiting.values()} | running.keys()
            self._served = {member_id: turn for member_id, turn in self._served.items() if member_id in here}
            self._order = deque(each.job_id for each in in_order(self._waiting.values(), running, self._served))
        return self._order

    def _take_from_order(self, taken: Waiting) -> None:
        """Removes the job from the sorted line, and keeps that order where it is still right.

        It is right if the job was its member's first in line: what counts is the member's waiting and running jobs together. So
        thousands of slots are filled without sorting each time. Otherwise the line is sorted again.
        """
        order = self._ordered()
        earlier = takewhile(lambda each: each != taken.job_id, order)
        if any(self._waiting[each].member_id == taken.member_id for each in earlier):
            self._order = None
        else:
            order.remove(taken.job_id)
        self._positions = None
