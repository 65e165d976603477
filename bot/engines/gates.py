"""Whether a provider takes more at all: a gate shuts with a refusal, rests, and then lets one clip at a time try."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from bot.domain.clip import Kind
from bot.domain.fair_queue import RETRY_AFTER_MOST
from bot.ports import Standstill


class Gate:
    """Open until `shut`. `kinds` are the kinds of clips that have to pass it, None for all; `free_again` is called when a
    rest is over."""

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
        """After a refusal one clip goes first, and the others only once it was taken: a crowd would be refused as one."""
        return self.standstill is None or (self._rest is None and self._probe is None)

    def has_tried(self, job_id: int) -> bool:
        """Whether this one was the last to try, or one of the last, while others have not tried yet."""
        return job_id in self._tried

    def next_round(self, waiting: Collection[int]) -> None:
        """All that wait and may go have tried in vain: from the first again."""
        if waiting and self._tried.issuperset(waiting):
            self._tried.clear()

    def enter(self, job_id: int) -> None:
        if self.standstill is not None and self._probe is None:
            self._probe = job_id

    def passed(self, job_id: int) -> None:
        """The provider has this clip. One that was under way before the refusal proves nothing about it; and a rest that
        was asked for meanwhile is kept."""
        if job_id == self._probe or job_id in self._tried:
            self._probe = None
            if self._rest is None:
                self.standstill = None
                self._tried.clear()

    def gone(self, job_id: int) -> None:
        """It does not try any more; where it is in line again, others go before it."""
        if job_id == self._probe:
            self._probe = None
            self._tried.add(job_id)

    def forget(self, job_id: int) -> None:
        """It is over, and tries nowhere any more."""
        if job_id == self._probe:
            self._probe = None
        self._tried.discard(job_id)

    def shut(self, standstill: Standstill, seconds: float) -> None:
        """No more for now. Of several refusals the one that asks for the longest rest holds, up to the longest of all."""
        self.standstill = standstill
        loop = asyncio.get_running_loop()
        until = loop.time() + min(max(seconds, 0.0), RETRY_AFTER_MOST)
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
