"""How long a loop waits after a provider's error, and how the operator is told only once of what is met again and again.
`Watcher` and `LostSubmits` wait by it; `Holds`, `Finishing`, `clip_check` and `JobRunner` tell by it.
"""

from __future__ import annotations

import logging
from typing import Final

from bot.domain.backoff import RETRY_AFTER_MOST, Doubling, obeyed
from bot.errors import ProviderBusy, ProviderError, ProviderMisconfigured
from bot.notice import KeyRefused, LongWait, Notice, Part
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
    """The failures of one loop, called `part` in notices. `beat` is its usual wait in seconds. In trouble the wait doubles, up
    to a minute, and Retry-After is obeyed up to `RETRY_AFTER_MOST`.
    """

    def __init__(self, provider: str, notifier: Notifier, clock: Clock, key: RefusedKey, beat: float, part: Part) -> None:
        self._provider = provider
        self._part = part
        self._key = key
        self._notifier = notifier
        self._beat = beat
        self._waits = Doubling(beat * 2, _BEAT_MOST)
        self._times = 0
        # Told once a day: a round that succeeds in between does not mean that the wait is over.
        self._long_waits = LongWaits(provider, notifier, clock, part)

    @property
    def times(self) -> int:
        """Failures in a row."""
        return self._times

    def over(self) -> float:
        """The provider answered: resets the count. Seconds to the next round."""
        self._times = 0
        self._key.over(self)
        return self._beat

    async def wait(self, error: Exception, count: int) -> float:
        """Seconds until the next try; `count` clips wait for it. Never raises.

        The operator is told once of a refused key, and once a day of a wait longer than is obeyed. Everything else is logged.
        """
        self._times += 1
        if isinstance(error, ProviderMisconfigured):
            await self._refused(error, count)
            return _BEAT_MOST
        wait = self._waits.pause(self._times)
        if not isinstance(error, ProviderError):
            _log.error("%s (%d) at %s failed, next try in %.0f s", self._part, count, self._provider, wait, exc_info=error)
            return wait
        if isinstance(error, ProviderBusy) and error.retry_after is not None:
            wait = max(wait, await self._long_waits.heard(error.retry_after))
        _log.warning("%s (%d) at %s failed, next try in %.0f s: %s", self._part, count, self._provider, wait, error)
        return wait

    async def _refused(self, error: ProviderMisconfigured, count: int) -> None:
        _log.warning("%s (%d) at %s is refused, next try in %.0f s: %s", self._part, count, self._provider, _BEAT_MOST, error)
        notice = KeyRefused(self._provider, self._part, count, error.reason)
        if not self._key.known and await tell(self._notifier, notice):
            self._key.told(self)


class LongWaits:
    """Tells the operator once a day when a provider asks `part` for a longer wait than is obeyed."""

    def __init__(self, provider: str, notifier: Notifier, clock: Clock, part: Part) -> None:
        self._provider = provider
        self._notifier = notifier
        self._clock = clock
        self._part = part
        self._told_at_ms: int | None = None

    async def heard(self, seconds: float) -> float:
        """How many of these seconds to wait. Never raises."""
        now = self._clock.now_ms()
        if seconds > RETRY_AFTER_MOST and (self._told_at_ms is None or now - self._told_at_ms >= DAY_MS):
            self._told_at_ms = now
            if not await tell(self._notifier, LongWait(self._provider, self._part, seconds, RETRY_AFTER_MOST)):
                self._told_at_ms = None
        return obeyed(seconds)


async def tell(notifier: Notifier, notice: Notice) -> bool:
    """Sends a notice to the operator; whether that worked. Never raises. The caller repeats it at its next try."""
    try:
        with own_cancels_only():
            await notifier.tell_operator(notice)
    except Exception:  # noqa: BLE001  logged; the caller's work goes on without the notice
        _log.exception("the operator could not be told: %s", notice)
        return False
    return True


class ToldOfJobs:
    """Tells the operator each text about a job once. In memory, so once for each process, however often a step is repeated
    because the database could not be written or a clip is fetched again.
    """

    def __init__(self, notifier: Notifier) -> None:
        self._notifier = notifier
        self._notices: dict[int, set[Notice]] = {}

    async def tell(self, job_id: int, notice: Notice) -> None:
        """Never raises. A notice that can't be sent now is sent when the step is repeated."""
        notices = self._notices.setdefault(job_id, set())
        if notice not in notices and await tell(self._notifier, notice):
            notices.add(notice)

    def forget(self, job_id: int) -> None:
        """The job is over."""
        self._notices.pop(job_id, None)
