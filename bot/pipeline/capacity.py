"""How many clips a provider takes at a time, asked until it says so. Started once for each provider that takes new clips."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from bot.errors import ProviderError
from bot.ports import Clock, VideoProvider

_log: Final = logging.getLogger(__name__)
_WAIT_MOST: Final = 600.0


async def learn_capacity(provider: VideoProvider, allow: Callable[[str, int], None], clock: Clock) -> None:
    """Hands the number to `allow` once it was told; a provider that does not know leaves it as it is."""
    wait = 1.0
    while True:
        try:
            told = await provider.capacity()
        except ProviderError as error:
            wait = min(wait * 2, _WAIT_MOST)
            _log.warning("%s does not say how many clips it takes at a time: %s", provider.name, error)
            await clock.sleep(wait)
        else:
            break
    if told is not None:
        allow(provider.name, told)
