"""The posters (still pictures) of posted clips, until their cards show them. `DiscordNotifier`, `EndMessages` and `Boards` call
it.

The poster of a clip that was just posted is in memory. If the process dies before the card shows it, a later process reads it
from the file that the bot keeps with the clip. Where that file was not kept, or had to make room, the card has no poster.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.domain.job import Job

KeptPoster = Callable[[Job], Awaitable[bytes | None]]
"""Reads the poster (a JPEG) that is kept of a clip; None where there is none. Raises `StorageError`."""


class PosterPictures:
    def __init__(self, kept: KeptPoster) -> None:
        self.kept = kept
        self._new: dict[int, bytes] = {}

    def came(self, job_id: int, poster: bytes) -> None:
        """The clip of this job was posted."""
        self._new[job_id] = poster

    def new(self, job_id: int) -> bytes | None:
        """The poster of a clip that this process posted; None once `forget` was called."""
        return self._new.get(job_id)

    def forget(self, job_id: int) -> None:
        """The card shows the poster, or will never show it."""
        self._new.pop(job_id, None)
