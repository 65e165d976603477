"""A gate before a provider: a refusal shuts it for some time, and then one clip at a time may try until one is taken. `Gates`
has those of one provider.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from bot.domain.backoff import obeyed
from bot.domain.clip import Kind
from bot.ports import Standstill


class Gate:
    """Open until `shut` is called. `kinds` are the kinds of clips that have to pass it, None for all; `free_again` is called
    when its time of rest is over."""

    def __init__(self, kinds: frozenset[Kind] | None, free_again: Callable[[], None]) -> None:
        self._kinds = kinds
        self._free_again = free_again
        self._rest: asyncio.TimerHandle | None = None
        self._probe: int | None = None
        self._tried: set[int] = set()
        self.standstill: Standstill | None = None
        """Why it is shut; None while it is open."""

    @property
    def for_all(self) -> bool:
        return self._kinds is None

    def concerns(self, kind: Kind) -> bool:
        return self._kinds is None or kind in self._kinds

    @property
    def lets(self) -> bool:
        """Whether one more clip may pass. After a refusal that is one clip at a time, until one is taken."""
        return self.standstill is None or (self._rest is None and self._probe is None)

    def has_tried(self, job_id: int) -> bool:
        """Whether this job has tried in the current round, so that jobs that have not go first."""
        return job_id in self._tried

    def next_round(self, waiting: Collection[int]) -> None:
        """Begins a new round if all jobs in `waiting` have tried."""
        if waiting and self._tried.issuperset(waiting):
            self._tried.clear()

    def enter(self, job_id: int) -> None:
        """A job passes the gate. If the gate is shut, this is the one that tries."""
        if self.standstill is not None and self._probe is None:
            self._probe = job_id

    def passed(self, job_id: int) -> None:
        """The provider took this clip. If it was one that tried, the gate opens, unless a rest was asked for since.

        A clip that passed before the refusal says nothing about it.
        """
        if job_id == self._probe or job_id in self._tried:
            self._probe = None
            if self._rest is None:
                self.standstill = None
                self._tried.clear()

    def gone(self, job_id: int) -> None:
        """This job's try is over without an answer that opens the gate. Others go before it now."""
        if job_id == self._probe:
            self._probe = None
            self._tried.add(job_id)

    def forget(self, job_id: int) -> None:
        """The job has ended: drops all that is kept about it."""
        if job_id == self._probe:
            self._probe = None
        self._tried.discard(job_id)

    def shut(self, standstill: Standstill, seconds: float) -> None:
        """Shuts the gate for so many seconds, `RETRY_AFTER_MOST` at most. Of several refusals the longest rest counts."""
        self.standstill = standstill
        loop = asyncio.get_running_loop()
        until = loop.time() + obeyed(seconds)
        if self._rest is not None:
            until = max(until, self._rest.when())
            self._rest.cancel()
        self._rest = loop.call_at(until, self._rested)

    def stop(self) -> None:
        if self._rest is not None:
            self._rest.cancel()

    def _rested(self) -> None:
        self._rest = None
        self._free_again()
