"""How long a loop waits for a provider in trouble, and the word to the operator. Knows errors; not what was asked."""

from __future__ import annotations

import logging
from typing import Final

from bot.errors import ProviderBusy, ProviderError, ProviderMisconfigured
from bot.ports import Notifier
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
_BEAT_MOST: Final = 60.0


class Trouble:
    """One loop's. `beat` is its usual wait in seconds; in trouble it doubles, up to a minute, and Retry-After is obeyed."""

    def __init__(self, provider: str, notifier: Notifier, beat: float) -> None:
        self._provider = provider
        self._notifier = notifier
        self._beat = beat
        self._times = 0
        self._told = False

    def over(self) -> float:
        """All is well: seconds to the next beat."""
        self._times, self._told = 0, False
        return self._beat

    async def wait(self, error: Exception, doing: str) -> float:
        """Seconds until the next try. Never raises; a refused key is told to the operator once, the rest is logged."""
        self._times += 1
        if isinstance(error, ProviderMisconfigured):
            self._told = self._told or await self._tell_operator(error, doing)
            return _BEAT_MOST
        wait = min(self._beat * 2 ** min(self._times, 10), _BEAT_MOST)
        if not isinstance(error, ProviderError):
            _log.error("%s at %s failed, next try in %.0f s", doing, self._provider, wait, exc_info=error)
            return wait
        if isinstance(error, ProviderBusy) and error.retry_after is not None:
            wait = max(wait, error.retry_after)
        _log.warning("%s at %s failed, next try in %.0f s: %s", doing, self._provider, wait, error)
        return wait

    async def _tell_operator(self, error: ProviderMisconfigured, doing: str) -> bool:
        """Whether it was told: what can't be said now is said at the next try."""
        try:
            with own_cancels_only():
                await self._notifier.tell_operator(f"{self._provider} refuses our key, {doing} stands still: {error}")
        except Exception:  # noqa: BLE001  the loop outlives it, and it is logged
            _log.exception("%s refuses our key, and the operator could not be told: %s", self._provider, error)
            return False
        return True
