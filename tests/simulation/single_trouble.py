"""Seeds in which all faults strike the jobs of one member, and nobody else's.

There are no kills, no random faults and no outages. So if another member's clip has to wait, the one member's trouble caused
it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.domain.clip import Kind
from tests.simulation.discord.places import CHANNELS, ONES_CHANNEL
from tests.simulation.plan import Wish, whims

if TYPE_CHECKING:
    from tests.simulation.world import World

EVERY: Final = 5
"""One of so many seeds is of this kind, each with another first trouble."""
MEMBER: Final = 500
"""The member with the trouble."""
PICTURES_FROM: Final = 100
"""Their pictures have this number and higher ones, so that an upload can be recognised as theirs."""
LASTS_MS: Final = 2_700_000
"""How long the trouble lasts; after that their clips end too."""
_ASKING_MS: Final = 1_000_000
_BEFORE: Final = "one member: "
_PICTURES: Final = "pictures take long to check"
_PILE: Final = 14
"""So many requests with pictures come at once where reading pictures is slow, which could keep all decoders
busy for minutes.
"""

TROUBLES: Final[dict[str, tuple[str, ...]]] = {
    "pictures": (_PICTURES,),
    "upload": (
        "upload answers 429",
        "upload answers 503",
        "upload answers 403",
        "upload answers 500",
        "upload is silent",
        "upload is never imported",
    ),
    "submit": (
        "submit answers 429",
        "submit answers 503",
        "submit names a closed model",
        "submit never arrives",
        "submit's answer is lost",
        "submit takes a minute",
    ),
    "id": ("id answers 403", "id answers 404", "id answers 429", "id answers 500", "id is silent"),
    "record": ("record is odd",),
    "clip": ("link answers 500", "link has expired", "file breaks off", "file trickles in"),
    "ffmpeg": ("ffmpeg stumbles", "encoding hangs"),
    "places": ("places are closed", "places are limited for hours"),
}
"""Troubles by boundary, in the order in which a clip meets them. A seed has one trouble at each of some boundaries. Trouble
with questions by id comes together with records that do not show the end.
"""
NAMES: Final = tuple(f"{_BEFORE}{each}" for some in TROUBLES.values() for each in some)
"""The names under which they are counted."""


class SingleTrouble:
    """The trouble of this seed. `member` is None in a seed of another kind."""

    of: Final = MEMBER
    lasts_ms: Final = LASTS_MS

    def __init__(self, world: World) -> None:
        dice = world.chance.of("single trouble")
        self._world = world
        self._dice = dice
        self.until_ms = world.now_ms + LASTS_MS
        self.member = MEMBER if world.seed % EVERY == 0 else None
        number = world.seed // EVERY
        first = NAMES[number % len(NAMES)].removeprefix(_BEFORE)
        boundaries = list(TROUBLES.values())
        where = next(place for place, each in enumerate(boundaries) if first in each)
        # Only boundaries after it: a clip that gets stuck earlier would never meet the first trouble.
        others = boundaries[where + 1 :]
        self.names = {first, *(dice.choice(each) for each in dice.sample(others, min(dice.choice((0, 0, 1, 2)), len(others))))}
        if any(each.startswith("id ") for each in self.names):
            # Otherwise the clip would hardly ever be asked for by its id.
            self.names.add("record is odd")

    def strikes(self, name: str, member: int | None) -> bool:
        """Whether this seed has this trouble and this member has it; it is counted if so."""
        if self.member is None or member != self.member or name not in self.names or not self._world.faults.awake:
            return False
        self._world.faults.count(_BEFORE + name)
        return True

    def among(self, names: tuple[str, ...], member: int | None) -> str | None:
        """The one of these troubles that strikes; None where none does."""
        return next((each for each in names if self.strikes(each, member)), None)

    def wishes(self) -> tuple[list[int], list[Wish]]:
        """The other members, and the wishes of all."""
        dice = self._dice
        others = [101 + number for number in range(dice.choice((2, 3, 4)))]
        wishes = [self._clean(number, dice.choice(others)) for number in range(dice.randint(6, 10))]
        pile = _PILE if _PICTURES in self.names else dice.randint(3, 7)
        wishes += [self._troubled(50 + number) for number in range(pile)]
        return others, sorted(wishes, key=lambda each: each.at_ms)

    def _clean(self, number: int, member: int) -> Wish:
        dice = self._dice
        kind = dice.choice((Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.IMAGE))
        if _PICTURES in self.names:
            # Half of the others' clips have a picture, so that slow reading of pictures could delay them.
            kind = dice.choice((Kind.TEXT, Kind.IMAGE))
        pictures = (dice.randrange(6),) if kind is Kind.IMAGE else ()
        return self._wish(number, member, kind, pictures, dice.choice(CHANNELS), ())

    def _troubled(self, number: int) -> Wish:
        dice = self._dice
        kind = dice.choice((Kind.TEXT, Kind.IMAGE, Kind.CHARACTERS))
        if any(each.startswith(("upload", "pictures")) for each in self.names):
            kind = dice.choice((Kind.IMAGE, Kind.CHARACTERS))
        if "submit names a closed model" in self.names:
            kind = Kind.CHARACTERS
        count = {Kind.TEXT: 0, Kind.IMAGE: 1, Kind.CHARACTERS: 2}[kind]
        pictures = tuple(dice.sample(range(PICTURES_FROM, PICTURES_FROM + 6), count))
        does = whims(dice) if dice.random() < 0.3 else (("unposted", "post it here"),)
        return self._wish(number, MEMBER, kind, pictures, ONES_CHANNEL, does)

    def _wish(
        self,
        number: int,
        member: int,
        kind: Kind,
        pictures: tuple[int, ...],
        channel: int,
        does: tuple[tuple[int | str, str], ...],
    ) -> Wish:
        dice = self._dice
        guild = dice.random() < 0.85
        at_once = dice.random() < 0.4 or _PICTURES in self.names
        return Wish(
            at_ms=dice.randint(0, 20_000 if at_once else _ASKING_MS),
            member=member,
            kind=kind,
            prompt=f"Kite {number} over a quiet harbour, wind and far gulls.",
            pictures=pictures,
            channel=channel if guild else 700_000 + member,
            guild=guild,
            private=dice.random() < 0.3,
            threaded=dice.random() < 0.5,
            resolution=dice.choice(("720P", "1080P")),
            duration=dice.choice((3, 5, 15)),
            whims=does,
        )
