"""A gate before a provider: a refusal shuts it for some time, and then one clip at a time may try until one is taken. `Gates`
has those of one provider.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from bot.domain.backoff import obeyed
from bot.domain.clip import Kind
from bot.ports import Kinds, ShutGate, Standstill


class Gate:
    """Open until `shut` is called. `kinds` are the kinds of clips that have to pass it, None for all; `free_again` is called
    when its time of rest is over, `changed` when it opens or when another job has tried."""

    def __init__(self, kinds: Kinds, free_again: Callable[[], None], changed: Callable[[], None]) -> None:
        self.kinds = kinds
        self._free_again = free_again
        self._changed = changed
        self._rest_until_ms = 0
        self._rest: asyncio.TimerHandle | None = None
        self._probe: int | None = None
        self._tried: set[int] = set()
        self.standstill: Standstill | None = None
        """Why it is shut; None while it is open."""

    def concerns(self, kind: Kind) -> bool:
        return self.kinds is None or kind in self.kinds

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
            self._changed()

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
                self.standstill, self._rest_until_ms = None, 0
                self._tried.clear()
            self._changed()

    def gone(self, job_id: int) -> None:
        """This job's try is over without an answer that opens the gate. Others go before it now."""
        if job_id == self._probe:
            self._probe = None
            self._tried.add(job_id)
            self._changed()

    def forget(self, job_id: int) -> None:
        """The job has ended: drops all that is kept about it."""
        if job_id == self._probe:
            self._probe = None
        if job_id in self._tried:
            self._tried.discard(job_id)
            self._changed()

    def shut(self, standstill: Standstill, seconds: float, until_ms: int) -> None:
        """Shuts the gate for so many seconds, `RETRY_AFTER_MOST` at most. Of several refusals the longest rest counts.

        `until_ms` is when the rest ends by the clock, for other processes. This one waits by elapsed time, since a clock may be
        set meanwhile.
        """
        self.standstill = standstill
        self._rest_until_ms = max(self._rest_until_ms, until_ms)
        self._leave_alone(seconds)

    def learn(self, gate: ShutGate, seconds: float) -> None:
        """Takes over what another process, or an earlier one, knows of this gate. `seconds` as for `shut`."""
        if self.standstill is None:
            self.standstill = gate.standstill
        self._tried |= gate.tried
        self._probe = self._probe or gate.probe
        if gate.rest_until_ms > self._rest_until_ms or self._rest is None:
            self._rest_until_ms = max(self._rest_until_ms, gate.rest_until_ms)
            self._leave_alone(seconds)

    def seen(self) -> ShutGate | None:
        """What other processes need to know of it; None while it is open."""
        if self.standstill is None:
            return None
        return ShutGate(self.standstill, self._rest_until_ms, self._probe, frozenset(self._tried))

    def _leave_alone(self, seconds: float) -> None:
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
