"""What a job stands still for, by its last try: noted where a try fails, read by who shows progress."""

from __future__ import annotations

import errno
import os
from typing import Final

from bot.errors import DeliveryError, ProviderError
from bot.ports import Hitch

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_FULL: Final = (os.strerror(errno.ENOSPC), "disk is full")
"""How ffmpeg and SQLite word it."""


class Hitches:
    """In memory: after a restart the next try finds out anew."""

    def __init__(self) -> None:
        self._of: dict[int, Hitch] = {}

    def note(self, job_id: int, error: BaseException) -> None:
        self._of[job_id] = hitch_of(error)

    def over(self, job_id: int) -> None:
        self._of.pop(job_id, None)

    def of(self, job_id: int) -> Hitch | None:
        return self._of.get(job_id)


def hitch_of(error: BaseException) -> Hitch:
    if _is_full(error):
        return Hitch.DISK
    if isinstance(error, DeliveryError):
        return Hitch.DISCORD
    return Hitch.PROVIDER if isinstance(error, ProviderError) else Hitch.OURS


def _is_full(error: BaseException) -> bool:
    """Adapters word what the disk said in errors of their own, and keep it as the cause."""
    at: BaseException | None = error
    while at is not None:
        if (isinstance(at, OSError) and at.errno in _NO_ROOM) or any(words in str(at) for words in _FULL):
            return True
        at = at.__cause__
    return False
