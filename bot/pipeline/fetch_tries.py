"""Whose turn it is to be fetched, how often a clip was fetched in vain, and when that is enough. A restart tries anew."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Final

from bot.domain.job import Failure
from bot.errors import ClipMissing, ClipUnavailable, ModerationRefused, NotAClip, ProviderError
from bot.fair_semaphore import FairSemaphore
from bot.pipeline.waits import FETCH, JUDGED, MISSING, Backoff
from bot.ports import Clock

_AT_ONCE: Final = 4
"""One member has half at most: a download may take a quarter of an hour, and others must not wait for that."""
_ALONE_AT_ONCE: Final = 2
_OTHERS_CAME: Final = 3
"""So many clips that came since a clip's trouble began say that the provider is well, and that the trouble is its own."""
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
        self._slots = FairSemaphore(_AT_ONCE // 2, _AT_ONCE)
        self._slots_alone = FairSemaphore(1, _ALONE_AT_ONCE)

    def slot(self, job_id: int, member_id: int) -> AbstractAsyncContextManager[None]:
        """Around one download. A clip that alone does not come is tried for hours, and takes nobody else's turn meanwhile."""
        trouble = self._troubles.get(job_id)
        is_alone = trouble is not None and self._came - trouble.came >= _OTHERS_CAME
        return (self._slots_alone if is_alone else self._slots).of(member_id)

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
        # It is paid for, whosever the trouble is: its own is waited out as long as everybody's.
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
