"""Remembers why a job does not move, by the error of its last try. The stages note it; `JobProgressReader` reads it."""

from __future__ import annotations

import errno
import os
from typing import Final

from bot.errors import DeliveryError, ProviderError
from bot.ports import Hitch

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_FULL: Final = (os.strerror(errno.ENOSPC), "disk is full")
"""The words for a full disk in error messages of ffmpeg and of SQLite."""


class Hitches:
    """The latest hitch of each job of one provider. In memory: after a restart the next failed try notes its reason again."""

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
    """Looks through the causes as well: adapters raise errors of their own `from` the one that the disk gave."""
    at: BaseException | None = error
    while at is not None:
        if (isinstance(at, OSError) and at.errno in _NO_ROOM) or any(words in str(at) for words in _FULL):
            return True
        at = at.__cause__
    return False
