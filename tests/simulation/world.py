"""Everything that survives a process: the database, the disk, both services, clocks, and the plan of what members do."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.simulation.chance import Chance
from tests.simulation.clock import HostClock
from tests.simulation.database import new_books
from tests.simulation.discord.state import DiscordState
from tests.simulation.faults import Faults
from tests.simulation.kinds import kind_of
from tests.simulation.plan import Plan
from tests.simulation.single_trouble import SingleTrouble
from tests.simulation.telling import Telling
from tests.simulation.trace import Trace
from tests.simulation.vendor.account import VendorAccount
from tests.simulation.waits import Waits
from tests.simulation.watching import Watching

if TYPE_CHECKING:
    from tests.simulation.lives import Life

EPOCH_MS: Final = 1_780_000_000_000
"""True time when a seed begins: 28 May 2026, 20:26 UTC."""


class World:
    """`now_ms` is the true time, which Discord's clock shows. The machine and the vendor have other clocks."""

    def __init__(self, seed: int, folder: Path, *, traced: bool = False) -> None:
        self.seed = seed
        self.kind = kind_of(seed)
        self.folder = folder
        self.chance = Chance(seed)
        self.loop: asyncio.AbstractEventLoop | None = None
        self._base_ms: float = EPOCH_MS
        self.lives: list[Life] = []
        self.running: list[Life] = []
        """The lives that run at the same time, where two do all the time."""
        self.single_trouble = SingleTrouble(self)
        self.faults = Faults(self.chance, calm=self.single_trouble.member is not None)
        self.trace = Trace(kept=traced)
        self.clock = HostClock(self)
        self.books = new_books()
        self._members: dict[int | None, int] = {}
        self.vendor = VendorAccount(self)
        self.discord = DiscordState(self)
        self.plan = Plan(self)
        self.watching = Watching(self)
        self.waits = Waits(self)
        self.telling = Telling(self)
        self.operator: list[str] = []
        """Texts that the operator was told, at least in the log."""
        self.unfit: set[int] = set()
        """Jobs whose clip once fitted no upload, so that a link may be posted instead."""
        self.meddled: list[str] = []
        """Things that a process did to jobs which another had taken over."""
        self.stumbles: list[str] = []
        """Unexpected exceptions of the bot, with the place in the code."""

    def member_of(self, job_id: int | None) -> int | None:
        """Whose job it is; None where there is no such job."""
        if job_id not in self._members and job_id is not None:
            row = self.books.execute("SELECT member_id FROM whole_jobs WHERE id = ?", (job_id,)).fetchone()
            if row is not None:
                self._members[job_id] = row[0]
        return self._members.get(job_id)

    def answered_by(self, job_id: int) -> int | None:
        """The interaction that the job's card answers; None for a job that the operator booked."""
        [answer] = self.books.execute("SELECT answer FROM whole_jobs WHERE id = ?", (job_id,)).fetchone()
        return None if answer is None else int(answer.split()[0])

    @property
    def now_ms(self) -> int:
        return int(self._base_ms + (0 if self.loop is None else int(self.loop.time() * 1000)))

    def note(self, what: str) -> None:
        self.trace.note(self.now_ms, what)

    def enter(self, loop: asyncio.AbstractEventLoop, since_ms: int) -> None:
        """Makes this life the current one; its loop's time was 0 at `since_ms`."""
        self.loop = loop
        self._base_ms = since_ms

    def stand_at(self, now_ms: float) -> None:
        """The true time, while no life runs."""
        self._base_ms = now_ms
        self.loop = None

    def leave(self, idle_ms: int) -> None:
        """The life is over; no process runs for `idle_ms` milliseconds."""
        self._base_ms = self.now_ms + idle_ms
        self.loop = None
