"""Longer and longer pauses for a question that the vendor does not answer, so that it delays other questions little. `Watch`
and `Endings` use it.
"""

from __future__ import annotations

import logging
from typing import Final

from bot.domain.backoff import Doubling, obeyed
from bot.errors import ProviderBusy, ProviderError

_log: Final = logging.getLogger(__name__)
_FIRST_SECONDS: Final = 5.0


class Rest:
    """`what` names the question in the log; `most` seconds is the longest rest without a `Retry-After`."""

    __slots__ = ("_seconds", "_times", "_until_ms", "_waits", "_what", "error")

    def __init__(self, what: str, most: float) -> None:
        self._what = what
        self._waits = Doubling(_FIRST_SECONDS, most)
        self._times = 0
        self._seconds = 0.0
        self._until_ms = 0.0
        self.error: ProviderError | None = None
        """The last error; None after a success."""

    def due(self, now_ms: int) -> bool:
        return now_ms >= self._until_ms

    def failed(self, error: ProviderError, now_ms: int) -> None:
        self._times += 1
        seconds = self._waits.pause(self._times)
        if isinstance(error, ProviderBusy) and error.retry_after is not None:
            seconds = max(seconds, obeyed(error.retry_after))
        self._seconds, self._until_ms = seconds, now_ms + seconds * 1000
        self.error = error

    def report(self) -> None:
        """Logs the last error, for a caller that goes on without an answer."""
        _log.warning("%s found no answer, asking again in %.0f s: %s", self._what, self._seconds, self.error)

    def over(self) -> None:
        self._times, self._until_ms, self.error = 0, 0.0, None

    def again(self) -> None:
        """Makes the question due at once, for a caller that waits by itself. The next failure still gets a longer rest."""
        self._until_ms = 0.0
