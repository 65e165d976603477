"""The plan of a seed, drawn before it starts: who asks for what, what they do later, and how each life ends."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.domain.clip import Kind
from tests.simulation import operators
from tests.simulation.discord.places import CHANNELS, ONES_CHANNEL, THREAD
from tests.simulation.kinds import LISTING_DOWN_MS

if TYPE_CHECKING:
    from tests.simulation.world import World

ASKING_MS: Final = 600_000
"""Members ask within the first ten minutes, if a process runs then."""
WHIMS: Final = (
    ("cancel", 4),
    ("discard", 4),
    ("keep", 2),
    ("moderator's cancel", 2),
    ("moderator's discard", 2),
    ("list", 1),
    ("link", 1),
    ("delete", 1),
    ("again", 1),
    ("final", 1),
    ("retry", 1),
)
"""What members do about a clip that they have asked for, with weights."""
OF_SEVERAL: Final = (*WHIMS, ("cancel all", 3), ("more takes", 3), ("use", 2))
"""The same for one clip of an order of several."""
_SEVERAL: Final = (
    (2, ""),
    (3, ""),
    (4, ""),
    (1, " {Rain|Snow}."),
    (1, " {Rain|Snow|Fog}."),
    (2, " {Rain|Snow|Fog}."),
    (3, " {Rain|Snow}."),
    (1, " {Rain|Snow|Fog} by {day|night}."),
)
"""Takes and alternatives behind the prompt: two to six clips."""
STATES: Final = ("queued", "preparing", "submitting", "generating", "fetching", "fitting", "delivering", "done")
"""Some act when their clip reaches one of these states."""
WRONG_MS: Final = (0, 0, 0, 300_000, 1_200_000, 3_600_000, -300_000, -3_600_000)
"""How many milliseconds the machine's clock may be ahead."""
FUSES: Final = (
    "vendor before submit",
    "vendor after submit",
    "vendor after file",
    "vendor after picture",
    "vendor after job",
    "vendor after asset",
    "discord before POST interactions",
    "discord after POST interactions",
    "discord before POST channels",
    "discord after POST channels",
    "discord after PATCH webhooks",
    "discord after PATCH channels",
    "discord after POST users",
    "database after",
    "ffmpeg",
)
"""Boundaries at which kills are planned."""
_SAME: Final = "Just the same kite."
_POSTS: Final = ("discord after POST channels of a clip", "discord after PATCH webhooks of a clip")
_CLOSED_DIRECTLY: Final = (50007, 50007, 50278)
"""Discord's codes for closed direct messages: switched off, or no server in common any more."""
_CLOSED: Final = ((50013, 600_000), (50001, 120_000), (10003, 1 << 50))
"""Discord's code for a closed channel, and for how many milliseconds."""


@dataclass(frozen=True)
class Wish:
    """One command, `at_ms` after the beginning. `whims` are what the member does about it later: each act with its time.

    The time is a number of milliseconds after the act before it, or a state: then the member acts when the clip reaches it.

    `takes` as the command has them. `presses`: how often the member presses Confirm, where there is such a button.

    `operators` is like `whims`, for what operators do. `pictures` are numbers: the same number is the same picture. `guild` is
    false for a command in direct messages.
    """

    at_ms: int
    member: int
    kind: Kind
    prompt: str
    pictures: tuple[int, ...]
    channel: int
    guild: bool
    private: bool
    threaded: bool
    resolution: str
    duration: int
    whims: tuple[tuple[int | str, str], ...]
    operators: tuple[tuple[int | str, str], ...] = ()
    takes: int = 1
    presses: int = 1


@dataclass(frozen=True)
class Hang:
    """A life that is not ended but hangs (a suspended machine, a debugger), while another starts on the same file.

    It wakes `asleep_seconds` after the other's start, and is killed `awake_seconds` later. Where two run all the time
    (`pairs.py`), it wakes so long after it began to hang.
    """

    asleep_seconds: float
    awake_seconds: float


@dataclass(frozen=True)
class LifePlan:
    """`seconds` it runs at most; `ends` is kill, power cut or stop.

    `clock`: seconds after its start, and how many milliseconds the machine's clock is ahead from then on.
    It is killed early at the `fuse`-th crossing of a boundary, of `boundary` where that is not empty. With a `hang` it hangs
    there instead.
    """

    seconds: float
    fuse: int | None
    boundary: str
    ends: str
    clock: tuple[tuple[float, int], ...]
    idle_ms: int
    hang: Hang | None = None


class Plan:
    def __init__(self, world: World) -> None:
        dice = world.chance.of("members")
        if world.single_trouble.member is not None:
            self._draw_calm(world)
            return
        self.members = [101 + number for number in range(dice.choice((2, 3, 4, 6)))]
        start = world.now_ms
        self.wishes = sorted((self._wish(dice, number) for number in range(dice.randint(5, 11))), key=lambda each: each.at_ms)
        self.lives = [_life(world.chance.of("kills")) for _ in range(world.chance.of("kills").choice((1, 2, 3, 4, 5)))]
        if world.kind.twins:
            self._let_some_be_equal(world.chance.of("twins"))
        if world.kind.several:
            self._let_some_be_several(world.chance.of("several"))
        self._let_some_die_posting(world.chance.of("posts"))
        self._let_some_hang(world.chance.of("hangs"))
        by_operators = [operators.whims(world.chance.of("operators")) for _ in self.wishes]
        self.wishes = [replace(each, operators=more) for each, more in zip(self.wishes, by_operators, strict=True)]
        self.operators = any(by_operators)
        """Whether operators do anything in this seed."""
        self.last_faults_seconds = dice.choice((0.0, 60.0, 300.0, 900.0))
        """How long faults go on in the last life."""
        if world.kind.listing_down:
            self.lives, self.last_faults_seconds = [], LISTING_DOWN_MS / 1000
        for member in self.members:
            direct = world.discord.places.direct(member)
            if dice.random() < 0.4:
                code = dice.choice(_CLOSED_DIRECTLY)
                world.discord.places.close(direct, start, start + dice.choice((300_000, 1 << 50)), code)
        for channel in CHANNELS:
            if dice.random() < 0.3:
                code, lasts = dice.choice(_CLOSED)
                begins = start + dice.randint(0, ASKING_MS)
                world.discord.places.close(channel, begins, begins + lasts, code)
        if dice.random() < 0.3:
            begins = start + dice.randint(0, ASKING_MS)
            world.discord.threads.lock(begins, begins + dice.choice((300_000, 1 << 50)))

    def _let_some_be_equal(self, dice: random.Random) -> None:
        """Makes some requests equal in prompt, length and seed, at nearly the same time; channels and members differ."""
        for number in dice.sample(range(len(self.wishes)), dice.randint(2, 4)):
            same = {"prompt": _SAME, "kind": Kind.TEXT, "pictures": (), "resolution": "720P", "duration": 5}
            self.wishes[number] = replace(self.wishes[number], at_ms=dice.randint(0, 8_000), **same)
        self.wishes.sort(key=lambda each: each.at_ms)

    def _let_some_be_several(self, dice: random.Random) -> None:
        """Makes most requests ask for several clips. Some members confirm them twice, or do not confirm them."""
        for number, wish in enumerate(self.wishes):
            if dice.random() < 0.3:
                continue
            takes, words = dice.choice(_SEVERAL)
            self.wishes[number] = replace(
                wish,
                takes=takes,
                prompt=f"{wish.prompt}{words}",
                duration=dice.choice((3, 5)),
                presses=dice.choice((0, 1, 1, 1, 2, 2)),
                whims=whims(dice, OF_SEVERAL) if dice.random() < 0.7 else wish.whims,
            )

    def _let_some_die_posting(self, dice: random.Random) -> None:
        """Lets some lives die just after a clip is posted. The next one starts when Discord has forgotten the post's nonce."""
        for number, life in enumerate(self.lives):
            if dice.random() < 0.15:
                boundary = dice.choice(_POSTS)
                seconds, idle_ms = dice.uniform(200, 400), dice.choice((320_000, 1_000_000))
                self.lives[number] = replace(life, seconds=seconds, fuse=dice.randint(1, 3), boundary=boundary, idle_ms=idle_ms)

    def _let_some_hang(self, dice: random.Random) -> None:
        """Lets some lives hang, but not the last one, so that one process alone runs at the end, or two of a pair."""
        for number, life in enumerate(self.lives[:-1]):
            if dice.random() < 0.4:
                hang = Hang(dice.choice((1.0, 20.0, 100.0, 200.0)) * dice.uniform(0.2, 1), dice.choice((2.0, 20.0, 120.0)))
                self.lives[number] = replace(life, hang=hang)

    def _draw_calm(self, world: World) -> None:
        """Plans one life without kills; all places are open, except maybe those of the one member with trouble."""
        trouble, start = world.single_trouble, world.now_ms
        self.members, self.wishes = trouble.wishes()
        self.lives = []
        self.operators = False
        self.last_faults_seconds = trouble.lasts_ms / 1000
        places = (ONES_CHANNEL, world.discord.places.direct(trouble.of))
        world.discord.places.ones.update(places)
        if "places are closed" in trouble.names:
            for channel, code in zip(places, (50013, 50007), strict=True):
                world.discord.places.close(channel, start, start + trouble.lasts_ms, code)
        for member in self.members:
            world.discord.places.direct(member)

    def _wish(self, dice: random.Random, number: int) -> Wish:
        kind = dice.choice((Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.IMAGE, Kind.CHARACTERS))
        member = dice.choice(self.members)
        guild = dice.random() < 0.85
        pictures = {Kind.TEXT: 0, Kind.IMAGE: 1, Kind.CHARACTERS: 2}[kind]
        private = dice.random() < 0.3
        does = whims(dice) if dice.random() < 0.5 else (("unposted", "post it here"),) * dice.randint(0, 2)
        if private and dice.random() < 0.5:
            does = (("generating", "dismiss"), *does, ("unposted", "post it here"))
        prompt = f"Kite {number} over a quiet harbour, wind and far gulls."
        if dice.random() < 0.05:
            prompt = _SAME
        return Wish(
            at_ms=dice.randint(0, ASKING_MS) if dice.random() < 0.6 else dice.randint(0, 20_000),
            member=member,
            kind=kind,
            prompt=prompt,
            pictures=tuple(dice.sample(range(6), pictures)),
            channel=dice.choice((*CHANNELS, *CHANNELS, THREAD)) if guild else 700_000 + member,
            guild=guild,
            private=private,
            threaded=dice.random() < 0.5,
            resolution=dice.choice(("720P", "1080P")),
            duration=dice.choice((3, 5, 15)),
            whims=does,
        )


def whims(dice: random.Random, among: Sequence[tuple[str, int]] = WHIMS) -> tuple[tuple[int | str, str], ...]:
    names, weights = zip(*among, strict=True)
    chosen = dice.choices(names, weights, k=dice.randint(1, 3))
    return tuple((_when(dice), each) for each in chosen)


def _when(dice: random.Random) -> int | str:
    if dice.random() < 0.4:
        return dice.choice(STATES)
    return dice.choice((2_000, 20_000, 120_000, 400_000)) * dice.randint(1, 10) // 5


def _life(dice: random.Random) -> LifePlan:
    aimed = dice.random() < 0.5
    return LifePlan(
        seconds=dice.choice((5, 30, 120, 300)) * (0.3 + dice.random()),
        fuse=dice.randint(1, 6 if aimed else 400) if dice.random() < 0.7 else None,
        boundary=dice.choice(FUSES) if aimed else "",
        ends=dice.choice(("kill", "kill", "power cut", "stop")),
        clock=(
            (0.0, dice.choice(WRONG_MS)),
            *((dice.random() * 100, dice.choice(WRONG_MS)) for _ in range(dice.choice((0, 0, 1)))),
        ),
        idle_ms=dice.choice((0, 2_000, 30_000, 320_000)),
    )
