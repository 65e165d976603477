"""Spells: times in which the whole provider has trouble. Drawn before a seed starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.simulation.kinds import LISTING_DOWN_MS

if TYPE_CHECKING:
    from tests.simulation.world import World

_LOST: Final = "submits' answers lost"
KINDS: Final = {
    "busy": "submits answer 429 without a ceiling",
    "submits down": "submits answer 503",
    "listing down": "listings answer 500",
    _LOST: "submits have their effect, and their answers are lost",
    "all down": "no call goes through",
    "key refused": "every call answers 401",
    "no credit": "submits answer 402",
    "model closed": "submits of clips with characters answer 403",
}
"""The trouble during each kind of spell."""
LONG: Final = "listing down for long"
"""In some seeds listings answer 503 for most of the time."""
_STARTS_WITHIN_MS: Final = 900_000
_LASTS_MS: Final = (10_000, 60_000, 240_000)


@dataclass(frozen=True)
class Spell:
    kind: str
    from_ms: int
    until_ms: int


class Spells:
    def __init__(self, world: World) -> None:
        dice = world.chance.of("spells")
        self._world = world
        self._spells: list[Spell] = []
        if world.single_trouble.member is not None:
            return
        if world.kind.listing_down:
            self._spells.append(Spell(LONG, world.now_ms, world.now_ms + LISTING_DOWN_MS))
        if world.kind.twins or world.kind.strangers:
            self._spells.append(Spell(_LOST, world.now_ms, world.now_ms + _LASTS_MS[1]))
        for kind in KINDS:
            rare = kind == "model closed"
            if dice.random() < (0.6 if rare else 0.2):
                start = world.now_ms + dice.randint(0, _STARTS_WITHIN_MS)
                self._spells.append(Spell(kind, start, start + (_LASTS_MS[-1] if rare else dice.choice(_LASTS_MS))))

    def on(self, kind: str) -> bool:
        if not self._world.faults.awake:
            return False
        now = self._world.now_ms
        on = any(each.kind == kind and each.from_ms <= now < each.until_ms for each in self._spells)
        if on:
            self._world.faults.count(f"vendor: {kind}")
        return on

    def any_since(self, at_ms: int) -> bool:
        """Whether any spell lasted at some time between `at_ms` and now."""
        return any(each.until_ms > at_ms and each.from_ms <= self._world.now_ms for each in self._spells)
