"""A pause: the operator stops requests for new clips, everywhere or in one server. Running jobs go on. `RequestClip`
and the store of bookings check it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.errors import Paused


@dataclass(frozen=True, slots=True)
class Pause:
    """`until_ms` is None for a pause until the operator resumes; `why` is the operator's text, may be ""."""

    until_ms: int | None
    why: str

    def holds(self, now_ms: int) -> bool:
        return self.until_ms is None or now_ms < self.until_ms


Pauses = Mapping[int | None, Pause]
"""By server id; None is everywhere, including direct messages."""


def pause_of(pauses: Pauses, guild_id: int | None, now_ms: int) -> tuple[int | None, Pause] | None:
    """The pause that holds in this server now, after its key in `pauses`. A pause everywhere goes before the server's own."""
    for place in dict.fromkeys((None, guild_id)):
        found = pauses.get(place)
        if found is not None and found.holds(now_ms):
            return place, found
    return None


def check(pauses: Pauses, guild_id: int | None, now_ms: int, *, unread: bool = False) -> None:
    """Raises `Paused` where a clip may not be requested in this server now. `unread` as in `Paused`."""
    found = pause_of(pauses, guild_id, now_ms)
    if found is not None:
        place, pause = found
        raise Paused(pause.until_ms, pause.why, here=place is not None, unread=unread)
