"""How far the vendor's clock is ahead of ours, learned from the `Date` of its answers and kept on disk. `Client` owns it.

The vendor's listings are filtered by the vendor's times. With a wrong offset a lost submit would not be found, and be billed
twice.
"""

from __future__ import annotations

import logging
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

from bot.errors import StorageError
from bot.ports import Clock, ProviderStates
from bot.providers.scenario.wire import SANE_MS

_log: Final = logging.getLogger(__name__)
_SECOND_MS: Final = 1000
"""A `Date` is exact to the second only."""
_SAME_MS: Final = 2000
"""Differences up to this come from the resolution of `Date` and the time on the network."""
_KEPT_ANEW_MS: Final = 3000
"""A change of the offset by more than this is written to disk."""


class VendorClock:
    def __init__(self, clock: Clock, provider: str = "", states: ProviderStates | None = None) -> None:
        self._clock = clock
        self._provider = provider
        self._states = states
        self._kept_ms = 0.0
        self._doubt_ms: float | None = None
        self.ahead_ms = 0.0
        """How far the vendor's clock is ahead of ours; 0 before anything is known."""
        self.told = False
        """Whether `ahead_ms` comes from a `Date` seen by this process; before that it was read from disk, or guessed."""

    def now_ms(self) -> float:
        return self._clock.now_ms() + self.ahead_ms

    def heard(self, date: str | None, asked_ms: int) -> None:
        """Learns from the `Date` of an answer that came just now; `asked_ms` is when its request was sent (our time)."""
        moment_ms = _moment_ms(date)
        if moment_ms is None:
            return
        now_ms = self._clock.now_ms()
        # The date was written between the request and now, somewhere in the second that it names.
        least_ms, most_ms = moment_ms - now_ms, moment_ms + _SECOND_MS - asked_ms
        if least_ms - _SAME_MS <= self.ahead_ms <= most_ms + _SAME_MS:
            self.told, self._doubt_ms = True, None
            return
        ahead_ms = least_ms + _SECOND_MS / 2
        if self.told and (self._doubt_ms is None or abs(self._doubt_ms - ahead_ms) > _SAME_MS):
            # One deviating answer changes nothing; a second one with the same offset does.
            self._doubt_ms = ahead_ms
            return
        self.ahead_ms, self.told, self._doubt_ms = ahead_ms, True, None
        _log.info("the provider's clock is %+.0f s from ours", ahead_ms / 1000)

    def guess(self, created_ms: float | None) -> None:
        """Takes the offset from the creation time of something that the vendor made just now, unless a `Date` was seen."""
        if created_ms is not None and not self.told and SANE_MS[0] <= created_ms <= SANE_MS[1]:
            self.ahead_ms = created_ms - self._clock.now_ms()

    async def recall(self) -> None:
        """Reads the offset that an earlier process kept. Never raises."""
        if self._states is None:
            return
        try:
            kept_ms = await self._states.clock_skew_ms(self._provider)
            if abs(kept_ms) <= SANE_MS[1]:
                self._kept_ms = self.ahead_ms = float(kept_ms)
        except StorageError as error:
            _log.warning("what was known of the provider's clock can't be read: %s", error)

    async def keep(self) -> None:
        """Writes the offset to disk where it changed. Never raises: the next call writes it, or it is learned again."""
        if self._states is None or abs(self.ahead_ms - self._kept_ms) <= _KEPT_ANEW_MS:
            return
        try:
            await self._states.keep_clock_skew(self._provider, round(self.ahead_ms))
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
