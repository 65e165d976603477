"""How many clips one provider takes at a time, who has a place there, when to leave it alone. Knows no line and no store."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

_log: Final = logging.getLogger(__name__)
_REST_SECONDS: Final = 5.0
"""How long the line rests after a refusal for which the provider gave no time."""


class Slots:
    """One provider's. `free_again` is called when a rest is over."""

    def __init__(self, provider: str, count: int, free_again: Callable[[], None]) -> None:
        self.count = count
        self._provider = provider
        self._free_again = free_again
        self._held: set[int] = set()
        self._rest: asyncio.TimerHandle | None = None
        self._refused = False
        self._probe: int | None = None

    @property
    def free(self) -> bool:
        """After a refusal one clip goes first, and the others only once it was taken: a crowd would be refused as one."""
        return self._rest is None and len(self._held) < self.count and not (self._refused and self._probe is not None)

    def take(self, job_id: int) -> None:
        """Also more than there are: what was with the provider at a restart is there."""
        self._held.add(job_id)
        if self._refused and self._probe is None:
            self._probe = job_id

    def taken(self, job_id: int) -> None:
        """The provider has this clip."""
        if job_id == self._probe:
            self._refused, self._probe = False, None

    def leave(self, job_id: int) -> None:
        self._held.discard(job_id)
        if job_id == self._probe:
            self._probe = None

    def refuse(self, retry_after: float | None, ceiling: int | None) -> None:
        """No more for now. Of several refusals the one that asks for the longest rest holds."""
        if ceiling is not None and 0 < ceiling < self.count:
            _log.warning("%s takes %d clips at a time, not %d", self._provider, ceiling, self.count)
            self.count = ceiling
        self._refused = True
        # Even with a known ceiling: others may use the same account, and an immediate retry only repeats the refusal.
        loop = asyncio.get_running_loop()
        until = loop.time() + (retry_after or _REST_SECONDS)
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
