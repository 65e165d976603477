"""How long a loop waits after a provider's error, and what it tells the operator. `Watcher` and `LostSubmits` use it."""

from __future__ import annotations

import logging
from typing import Final

from bot.domain.backoff import RETRY_AFTER_MOST, Doubling, obeyed
from bot.errors import ProviderBusy, ProviderError, ProviderMisconfigured
from bot.pipeline.waits import DAY_MS
from bot.ports import Clock, Notifier
from bot.tasks import own_cancels_only

_log: Final = logging.getLogger(__name__)
_BEAT_MOST: Final = 60.0


class RefusedKey:
    """Whether the operator was told that one provider refuses our key. Its loops and its line find that out at about the same
    time, and the first one tells it for all. `by` is the loop or `Holds` that calls.
    """

    def __init__(self) -> None:
        self._told: set[object] = set()

    @property
    def known(self) -> bool:
        return bool(self._told)

    def told(self, by: object) -> None:
        self._told.add(by)

    def over(self, by: object) -> None:
        self._told.discard(by)


class Trouble:
    """One loop's, of which `doing` is the name to the operator. `beat` is its usual wait in seconds; in trouble it doubles, up
    to a minute, and Retry-After is obeyed up to `RETRY_AFTER_MOST`.
    """

    def __init__(self, provider: str, notifier: Notifier, clock: Clock, key: RefusedKey, beat: float, doing: str) -> None:
        self._provider = provider
        self._key = key
        self._notifier = notifier
        self._beat = beat
        self._waits = Doubling(beat * 2, _BEAT_MOST)
        self._times = 0
        # Told once a day: a round that succeeds in between does not mean that the wait is over.
        self._long_waits = LongWaits(provider, notifier, clock, doing)

    @property
    def times(self) -> int:
        """Failures in a row."""
        return self._times

    def over(self) -> float:
        """The provider answered: resets the count. Seconds to the next round."""
        self._times = 0
        self._key.over(self)
        return self._beat

    async def wait(self, error: Exception, doing: str) -> float:
        """Seconds until the next try. Never raises.

        The operator is told once of a refused key, and once a day of a wait longer than is obeyed. Everything else is logged.
        """
        self._times += 1
        if isinstance(error, ProviderMisconfigured):
            await self._refused(error, doing)
            return _BEAT_MOST
        wait = self._waits.pause(self._times)
        if not isinstance(error, ProviderError):
            _log.error("%s at %s failed, next try in %.0f s", doing, self._provider, wait, exc_info=error)
            return wait
        if isinstance(error, ProviderBusy) and error.retry_after is not None:
            wait = max(wait, await self._long_waits.heard(error.retry_after))
        _log.warning("%s at %s failed, next try in %.0f s: %s", doing, self._provider, wait, error)
        return wait

    async def _refused(self, error: ProviderMisconfigured, doing: str) -> None:
        _log.warning("%s at %s is refused, next try in %.0f s: %s", doing, self._provider, _BEAT_MOST, error)
        text = (
            f"{self._provider} refuses our key, {doing} stands still ({error}): look at its key, plan and balance. All goes on"
            " by itself once they are good."
        )
        if not self._key.known and await tell(self._notifier, text):
            self._key.told(self)


class LongWaits:
    """Tells the operator once a day when a provider asks for a longer wait than is obeyed. `doing` names
    the kind of request.
    """

    def __init__(self, provider: str, notifier: Notifier, clock: Clock, doing: str) -> None:
        self._provider = provider
        self._notifier = notifier
        self._clock = clock
        self._doing = doing
        self._told_at_ms: int | None = None

    async def heard(self, seconds: float) -> float:
        """How many of these seconds to wait. Never raises."""
        now = self._clock.now_ms()
        if seconds > RETRY_AFTER_MOST and (self._told_at_ms is None or now - self._told_at_ms >= DAY_MS):
            self._told_at_ms = now
            every = f"every {RETRY_AFTER_MOST / 60:.0f} minutes"
            text = f"{self._provider} asks to be left alone for {seconds:,.0f} s; {self._doing} is tried {every} all the same."
            if not await tell(self._notifier, text):
                self._told_at_ms = None
        return obeyed(seconds)


async def tell(notifier: Notifier, text: str) -> bool:
    """Sends a text to the operator; whether that worked. Never raises. The caller repeats it at its next try."""
    try:
        with own_cancels_only():
            await notifier.tell_operator(text)
    except Exception:  # noqa: BLE001  logged; the caller's work goes on without the text
        _log.exception("the operator could not be told: %s", text)
        return False
    return True


class ToldOfJobs:
    """Tells the operator each text about a job once. In memory, so once for each process, however often a step is repeated
    because the database could not be written or a clip is fetched again.
    """

    def __init__(self, notifier: Notifier) -> None:
        self._notifier = notifier
        self._texts: dict[int, set[str]] = {}

    async def tell(self, job_id: int, text: str) -> None:
        """Never raises. A text that can't be sent now is sent when the step is repeated."""
        texts = self._texts.setdefault(job_id, set())
        if text not in texts and await tell(self._notifier, text):
            texts.add(text)

    def forget(self, job_id: int) -> None:
        """The job is over."""
        self._texts.pop(job_id, None)
