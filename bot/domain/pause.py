"""A pause: the operator lets nobody ask for new clips, everywhere or in one server. What runs goes on. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.errors import Paused


@dataclass(frozen=True, slots=True)
class Pause:
    """`until_ms` None: until the operator resumes. `why` in the operator's words, "" where none were given."""

    until_ms: int | None
    why: str

    def holds(self, now_ms: int) -> bool:
        return self.until_ms is None or now_ms < self.until_ms


Pauses = Mapping[int | None, Pause]
"""By server; None is everywhere, direct messages too."""


def pause_of(pauses: Pauses, guild_id: int | None, now_ms: int) -> tuple[int | None, Pause] | None:
    """What keeps clips from being asked for in this server now, and where it holds: everywhere (None) before the one server."""
    for place in dict.fromkeys((None, guild_id)):
        found = pauses.get(place)
        if found is not None and found.holds(now_ms):
            return place, found
    return None


def check(pauses: Pauses, guild_id: int | None, now_ms: int, *, unread: bool = False) -> None:
    """Raises `Paused` where a clip may not be asked for in this server now. `unread` as there."""
    found = pause_of(pauses, guild_id, now_ms)
    if found is not None:
        place, pause = found
        raise Paused(pause.until_ms, pause.why, here=place is not None, unread=unread)
