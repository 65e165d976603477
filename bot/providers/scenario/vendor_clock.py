"""The vendor's clock: how far it is ahead of ours, learned from the `Date` of its answers and kept for the next process.

Its listings are asked for by its own times. With a wrong idea of its clock a lost submit is not found there, and billed twice.
"""

from __future__ import annotations

import logging
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

from bot.errors import StorageError
from bot.ports import Clock, KeyValues
from bot.providers.scenario.wire import SANE_MS

_log: Final = logging.getLogger(__name__)
KEY: Final = "clock.scenario"
"""Under which setting it is kept, in whole milliseconds."""
_SECOND_MS: Final = 1000
"""A `Date` names a second, not more."""
_SAME_MS: Final = 2000
"""Differences up to this are the resolution of a `Date` and the way of the answer."""
_KEPT_ANEW_MS: Final = 3000


class VendorClock:
    def __init__(self, clock: Clock, store: KeyValues | None = None) -> None:
        self._clock = clock
        self._store = store
        self._kept_ms = 0.0
        self._doubt_ms: float | None = None
        self.ahead_ms = 0.0
        """How far the vendor's clock is ahead of ours; 0 before anything is known."""
        self.told = False
        """Whether an answer's own `Date` said so in this process; before that it is what was kept, or a guess."""

    def now_ms(self) -> float:
        return self._clock.now_ms() + self.ahead_ms

    def heard(self, date: str | None, asked_ms: int) -> None:
        """An answer with this `Date` came just now to what was asked then (our time)."""
        moment_ms = _moment_ms(date)
        if moment_ms is None:
            return
        now_ms = self._clock.now_ms()
        # It was written at some time between the question and now, and in the second that it names.
        least_ms, most_ms = moment_ms - now_ms, moment_ms + _SECOND_MS - asked_ms
        if least_ms - _SAME_MS <= self.ahead_ms <= most_ms + _SAME_MS:
            self.told, self._doubt_ms = True, None
            return
        ahead_ms = least_ms + _SECOND_MS / 2
        if self.told and (self._doubt_ms is None or abs(self._doubt_ms - ahead_ms) > _SAME_MS):
            # One odd answer moves no clock, a second one that says the same does.
            self._doubt_ms = ahead_ms
            return
        self.ahead_ms, self.told, self._doubt_ms = ahead_ms, True, None
        _log.info("the provider's clock is %+.0f s from ours", ahead_ms / 1000)

    def guess(self, created_ms: float | None) -> None:
        """The vendor says that it made something just now, at this moment of its clock. A `Date` knows better."""
        if created_ms is not None and not self.told and SANE_MS[0] <= created_ms <= SANE_MS[1]:
            self.ahead_ms = created_ms - self._clock.now_ms()

    async def recall(self) -> None:
        """Reads what an earlier process learned."""
        if self._store is None:
            return
        try:
            text = await self._store.read(KEY)
            kept_ms = int(text or 0)
            if abs(kept_ms) <= SANE_MS[1]:
                self._kept_ms = self.ahead_ms = float(kept_ms)
        except (StorageError, ValueError) as error:
            _log.warning("what was known of the provider's clock can't be read: %s", error)

    async def keep(self) -> None:
        """Writes it down where it changed. Never raises: it is written the next time, or learned again."""
        if self._store is None or abs(self.ahead_ms - self._kept_ms) <= _KEPT_ANEW_MS:
            return
        try:
            await self._store.write(KEY, str(round(self.ahead_ms)), self._clock.now_ms())
        except StorageError as error:
            _log.warning("the provider's clock can't be written down for now: %s", error)
        else:
            self._kept_ms = self.ahead_ms


def _moment_ms(date: str | None) -> float | None:
    try:
        moment = parsedate_to_datetime(date or "")
        at_ms = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000
    except (ValueError, TypeError, OverflowError):
        return None
    return at_ms if SANE_MS[0] <= at_ms <= SANE_MS[1] else None
