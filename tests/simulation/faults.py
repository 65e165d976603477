"""All faults by boundary and name, how likely each is, and how often it has struck. The boundaries carry them out."""

from __future__ import annotations

from collections import Counter
from typing import Final

from tests.simulation.chance import Chance
from tests.simulation.single_trouble import NAMES

RATES: Final[dict[str, float]] = {
    "database: write refused": 0.012,
    "database: answer lost after the commit": 0.006,
    "database: read refused": 0.004,
    "database: locked for seconds": 0.01,
    "disk: full": 0.03,
    "ffmpeg: stumbles": 0.12,
    "ffmpeg: fits nothing": 0.02,
    "ffmpeg: no poster": 0.1,
    "ffmpeg: cancelled from inside": 0.01,
    "discord: connection breaks before": 0.03,
    "discord: connection breaks after": 0.03,
    "discord: 5xx before": 0.02,
    "discord: 5xx after": 0.01,
    "discord: rate limit of minutes": 0.01,
    "discord: blocked by its proxy": 0.01,
    "discord: too large": 0.04,
    "discord: threads limited for minutes": 0.15,
    "discord: thread is archived": 0.02,
    "discord: thread of an answer is archived": 0.1,
    "discord: direct messages opened too fast": 0.1,
    "discord: cancelled from inside before": 0.004,
    "discord: cancelled from inside after": 0.004,
    "vendor: never connected": 0.02,
    "vendor: connection breaks before": 0.03,
    "vendor: connection breaks after": 0.03,
    "vendor: 5xx before": 0.03,
    "vendor: 5xx after": 0.02,
    "vendor: silent": 0.01,
    "vendor: answers nonsense": 0.01,
    "vendor: answers without end": 0.002,
    "vendor: too many requests": 0.03,
    "vendor: submit lost before": 0.06,
    "vendor: submit lost after": 0.08,
    "vendor: submit busy with another limit": 0.06,
    "vendor: asks for a wait of hours": 0.1,
    "vendor: upload refused": 0.1,
    "vendor: upload slow": 0.08,
    "vendor: clip breaks off": 0.08,
    "vendor: clip's link expired": 0.05,
    "vendor: image forgotten": 0.03,
    "vendor: took too long to be asked": 0.02,
    "vendor: cancelled from inside before": 0.006,
    "vendor: cancelled from inside after": 0.006,
}
"""Probability for each crossing of the boundary; each seed scales them.

"Cancelled from inside": something that a library waits for was cancelled, and it raises `CancelledError` although nobody
cancels the task."""

DRAWN: Final = (
    "life: killed",
    "life: stopped in order",
    "life: hangs and wakes beside the next",
    "clock: wrong at the start",
    "clock: steps",
    "members: post it here",
    "members: several clips are ordered",
    "operators: end",
    "operators: retry",
    "operators: another try is booked",
    "disk: cut short by a power cut",
    "discord: closed with 10003",
    "discord: closed with 50001",
    "discord: closed with 50007",
    "discord: closed with 50013",
    "discord: closed with 50278",
    "discord: words blocked",
    "discord: title blocked",
    "discord: thread is locked",
    "discord: a server's limit changes",
    "discord: beyond a place's limit",
    "vendor: 403 by id",
    "vendor: 404 by id",
    "vendor: 500 by id",
    "vendor: busy",
    "vendor: submits down",
    "vendor: listing down",
    "vendor: listing down for long",
    "vendor: submits' answers lost",
    "vendor: all down",
    "vendor: key refused",
    "vendor: no credit",
    "vendor: model closed",
    "vendor: odd record of ours",
    "vendor: file is no video",
    "vendor: success without an asset",
    "vendor: clip lacks length",
    "vendor: clip lacks sound",
    "vendor: clip is only packed otherwise",
    "vendor: clip is coded otherwise",
    *NAMES,
)
"""Faults that a plan, a life or a spell brings about; they are only counted here."""


class Faults:
    """`awake` is False at the end, when no faults strike any more. `calm`: faults with a rate do not strike."""

    def __init__(self, chance: Chance, *, calm: bool) -> None:
        self.struck: Counter[str] = Counter()
        self.awake = True
        weather = chance.of("weather")
        self._factor = {noun: weather.choice((0.0, 0.3, 1.0, 1.0, 2.5)) for noun in dict.fromkeys(map(_noun, RATES))}
        if calm:
            self._factor = dict.fromkeys(self._factor, 0.0)
        self._dice = {name: chance.of(_noun(name)) for name in RATES}
        self._rates = {name: rate * self._factor[_noun(name)] for name, rate in RATES.items()}

    def strikes(self, name: str) -> bool:
        """Whether the fault strikes now; it is counted if so."""
        drawn = self._dice[name].random()
        if not self.awake or drawn >= self._rates[name]:
            return False
        self.struck[name] += 1
        return True

    def count(self, name: str) -> None:
        """Counts a fault that was drawn elsewhere (a kill, a spell, an odd record)."""
        self.struck[name] += 1


def _noun(name: str) -> str:
    return name.partition(":")[0]
