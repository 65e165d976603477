"""How often each finished clip was fetched in vain, and when that is enough. In memory: a restart tries anew."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from bot.domain.job import Failure
from bot.errors import ClipMissing, ClipUnavailable, ModerationRefused, NotAClip, ProviderError
from bot.pipeline.retry import FETCH, JUDGED, MISSING, Backoff
from bot.ports import Clock

_OTHERS_CAME: Final = 3
"""So many clips that came since a clip's trouble began say that the provider is well, and that the trouble is its own."""
_OWN_MOST_MS: Final = 30 * 60_000
"""How long trouble of its own is waited out. An outage of all is waited out for hours, see `FETCH`."""
_TOLD_AFTER_MS: Final = 15 * 60_000
"""By then the operator may look at a clip that is paid for."""


@dataclass(slots=True)
class _Trouble:
    """`came` is how many clips had come when it began."""

    since_ms: int
    came: int
    tries: Counter[str] = field(default_factory=Counter[str])


class FetchTries:
    """One provider's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._came = 0
        self._troubles: dict[int, _Trouble] = {}

    def came(self, job_id: int) -> None:
        self._came += 1
        self.forget(job_id)

    def forget(self, job_id: int) -> None:
        self._troubles.pop(job_id, None)

    def wait(self, job_id: int, error: Exception) -> float | None:
        """Seconds until the next try after this failure; None when it is enough."""
        trouble = self._troubles.setdefault(job_id, _Trouble(self._clock.now_ms(), self._came))
        if not stays(error):
            # What stays as it is does so in fetches one after the other.
            trouble.tries.pop("judge", None)
        if isinstance(error, ModerationRefused):
            return None
        if isinstance(error, ClipMissing):
            return _next(MISSING, trouble, "missing")
        if stays(error):
            return _next(JUDGED, trouble, "judge")
        # A full disk of ours is nobody's own.
        is_its_own = not isinstance(error, OSError) and self._came - trouble.came >= _OTHERS_CAME
        if is_its_own and self._lasted_ms(trouble) >= _OWN_MOST_MS:
            return None
        return _next(FETCH, trouble, "fetch")

    def is_worth_a_word(self, job_id: int) -> bool:
        """Whether it has not come for so long that the operator should know."""
        trouble = self._troubles.get(job_id)
        return trouble is not None and self._lasted_ms(trouble) >= _TOLD_AFTER_MS

    def _lasted_ms(self, trouble: _Trouble) -> int:
        return self._clock.now_ms() - trouble.since_ms


def stays(error: Exception) -> bool:
    """Whether another fetch soon finds the same."""
    return isinstance(error, (ClipUnavailable, NotAClip))


def failure_of(error: Exception) -> Failure:
    """What the member is told of a clip that did not come."""
    if isinstance(error, ModerationRefused):
        return Failure.MODERATION
    return Failure.PROVIDER if stays(error) or isinstance(error, ProviderError) else Failure.OURS


def _next(backoff: Backoff, trouble: _Trouble, what: str) -> float | None:
    trouble.tries[what] += 1
    return backoff.wait(trouble.tries[what], random.random())  # noqa: S311  spreads tries, guards nothing
