"""Limits how many clips of one provider are downloaded at once, counts failed downloads, and says when to give up.

Used by `Finishing`. The counts are in memory: after a restart they begin at 0.
"""

from __future__ import annotations

import random
from collections import Counter
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Final

from bot.domain.backoff import Backoff
from bot.domain.job import Failure
from bot.errors import ClipMissing, ClipUnavailable, ModerationRefused, NotAClip, ProviderError
from bot.fair_semaphore import FairSemaphore
from bot.pipeline.waits import FETCH, JUDGED, MISSING
from bot.ports import Clock

_AT_ONCE: Final = 4
"""Downloads at once. One member has half of them at most: a download may take a quarter of an hour, and others must not wait
for that."""
_ALONE_AT_ONCE: Final = 2
"""Downloads at once of clips that fail while others arrive; they do not use the places of the others."""
_OTHERS_CAME: Final = 3
"""When so many other clips have arrived since a clip first failed, the provider works and the fault is with that one clip."""
_TOLD_AFTER_MS: Final = 15 * 60_000
"""The operator hears of a paid clip that could not be fetched for so long."""


@dataclass(slots=True)
class _Trouble:
    """The failed downloads of one clip. `came` is how many clips of the provider had arrived when the first one failed."""

    since_ms: int
    came: int
    tries: Counter[str] = field(default_factory=Counter[str])


class FetchTries:
    """The downloads of one provider."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._came = 0
        self._troubles: dict[int, _Trouble] = {}
        self._slots = FairSemaphore(_AT_ONCE // 2, _AT_ONCE)
        self._slots_alone = FairSemaphore(1, _ALONE_AT_ONCE)

    def slot(self, job_id: int, member_id: int) -> AbstractAsyncContextManager[None]:
        """To be held during one download. A clip that fails while others arrive uses places of its own, since it may be tried
        for hours.
        """
        trouble = self._troubles.get(job_id)
        is_alone = trouble is not None and self._came - trouble.came >= _OTHERS_CAME
        return (self._slots_alone if is_alone else self._slots).of(member_id)

    def came(self, job_id: int) -> None:
        self._came += 1
        self.forget(job_id)

    def forget(self, job_id: int) -> None:
        self._troubles.pop(job_id, None)

    def wait(self, job_id: int, error: Exception) -> float | None:
        """Counts this failure. Seconds until the next try; None to give up."""
        trouble = self._troubles.setdefault(job_id, _Trouble(self._clock.now_ms(), self._came))
        if not stays(error):
            # Only bad files that come one after the other count; an outage in between starts that count again.
            trouble.tries.pop("judge", None)
        if isinstance(error, ModerationRefused):
            return None
        if isinstance(error, ClipMissing):
            return _next(MISSING, trouble, "missing")
        if stays(error):
            return _next(JUDGED, trouble, "judge")
        # The clip is paid for: it is tried as long where it alone fails as where all fail.
        return _next(FETCH, trouble, "fetch")

    def is_worth_a_word(self, job_id: int) -> bool:
        """Whether it has failed for so long that the operator should know."""
        trouble = self._troubles.get(job_id)
        return trouble is not None and self._lasted_ms(trouble) >= _TOLD_AFTER_MS

    def _lasted_ms(self, trouble: _Trouble) -> int:
        return self._clock.now_ms() - trouble.since_ms


def stays(error: Exception) -> bool:
    """Whether another fetch within minutes would most likely end the same."""
    return isinstance(error, (ClipUnavailable, NotAClip))


def failure_of(error: Exception) -> Failure:
    """The failure that the member is told of when a clip is given up after this error."""
    if isinstance(error, ModerationRefused):
        return Failure.MODERATION
    return Failure.PROVIDER if stays(error) or isinstance(error, ProviderError) else Failure.OURS


def _next(backoff: Backoff, trouble: _Trouble, what: str) -> float | None:
    trouble.tries[what] += 1
    return backoff.wait(trouble.tries[what], random.random())  # noqa: S311  spreads tries, guards nothing
