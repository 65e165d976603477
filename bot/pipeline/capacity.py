"""Asks a provider how many clips it takes at a time, until it answers. The application starts it once for each provider that
takes new clips.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from bot.domain.backoff import Doubling
from bot.errors import ProviderError
from bot.ports import Clock, VideoProvider

_log: Final = logging.getLogger(__name__)
_PAUSES: Final = Doubling(first=2, longest=600)


async def learn_capacity(provider: VideoProvider, allow: Callable[[str, int], None], clock: Clock) -> None:
    """Calls `allow(provider name, number)` once with the answer; not at all where the provider says that it has no number.

    After a `ProviderError` it asks again in 2 s, then after twice as long each time, up to 10 minutes.
    """
    tried = 0
    while True:
        try:
            told = await provider.availability.capacity()
        except ProviderError as error:
            tried += 1
            _log.warning("%s does not say how many clips it takes at a time: %s", provider.name, error)
            await clock.sleep(_PAUSES.pause(tried))
        else:
            break
    if told is not None:
        allow(provider.name, told)
