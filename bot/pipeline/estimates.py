"""How long similar clips took, from the stored jobs. Kept for 30 seconds, so that many progress bars cost few queries.
`JobProgressReader` asks for it.
"""

from __future__ import annotations

from typing import Final

from bot.domain.clip import ClipRequest
from bot.domain.progress import Experience, experience
from bot.ports import Clock, JobReader

LIKE_CLIPS: Final = 50
"""How many of the latest similar clips count: enough for a 90th percentile, few enough to follow the provider's speed today."""
_FRESH_MS: Final = 30_000


class ClipEstimates:
    """Implements `Estimates` over the stored jobs."""

    def __init__(self, jobs: JobReader, clock: Clock) -> None:
        self._jobs = jobs
        self._clock = clock
        self._known: dict[tuple[str, str, str, int], tuple[int, Experience | None]] = {}

    async def like(self, provider: str, request: ClipRequest) -> Experience | None:
        key = (provider, request.kind.value, request.resolution.value, request.duration)
        now = self._clock.now_ms()
        known = self._known.get(key)
        if known is not None and now - known[0] < _FRESH_MS:
            return known[1]
        took = await self._jobs.took_ms(provider, request.kind, request.resolution, request.duration, LIKE_CLIPS)
        learned = experience(took)
        self._known[key] = (now, learned)
        return learned
