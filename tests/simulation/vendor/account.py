"""One team's account at the simulated provider: its jobs, pictures and limit of clips, as functions of time."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

from tests.simulation.vendor.jobs import VendorJob, new_job
from tests.simulation.vendor.oddities import foreign_jobs, oddity
from tests.simulation.vendor.spells import Spells

if TYPE_CHECKING:
    from tests.simulation.world import World

_CLOCK_WRONG_MS: Final = (0, 0, 0, -200_000, 90_000, 200_000)
_CANCEL_OBEYED_SHARE: Final = 0.8


class Upload:
    """An upload in parts that becomes a picture."""

    def __init__(self, upload_id: str, count: int) -> None:
        self.id = upload_id
        self.count = count
        self.imported_at_ms: int | None = None
        self.asset: str | None = None


class VendorAccount:
    def __init__(self, world: World) -> None:
        dice = world.chance.of("vendor's ways")
        self._world = world
        self._dice = world.chance.of("vendor's clips")
        self._numbers = itertools.count(1)
        self.jobs: dict[str, VendorJob] = {
            job.id: job for job in foreign_jobs(dice, world.now_ms, strangers=world.kind.strangers)
        }
        self.pictures: set[str] = set()
        self.uploads: dict[str, Upload] = {}
        self.ceiling = dice.choice((1, 2, 2, 3, 4, 8))
        self.ahead_ms = dice.choice(_CLOCK_WRONG_MS)
        self.newest_first = dice.random() < 0.7
        self.cancels = dice.choice((0.0, 0.3, 0.9))
        self.spells = Spells(world)

    @property
    def now_ms(self) -> int:
        """True time; `clock_ms` is the time of the provider's own clock."""
        return self._world.now_ms

    @property
    def clock_ms(self) -> int:
        return self._world.now_ms + self.ahead_ms

    def running(self) -> int:
        now = self._world.now_ms
        return sum(job.takes_room(now) for job in self.jobs.values())

    def start(self, for_job: int, model: str, inputs: dict[str, Any]) -> VendorJob:
        """Starts a clip and bills it."""
        job = new_job(next(self._numbers), for_job, model, inputs, self._dice, self._world.now_ms)
        if self._world.kind.listing_down and not any(each.for_job for each in self.jobs.values()):
            job.outcome = "stuck"
        job.odd = oddity(job, self._dice, self._world.faults)
        self.jobs[job.id] = job
        return job

    def cancel(self, job: VendorJob) -> bool:
        """Whether the cancel is accepted; the clip may still be made."""
        if job.end(self._world.now_ms) is not None or self._dice.random() >= self.cancels:
            return False
        if self._dice.random() < _CANCEL_OBEYED_SHARE:
            job.canceled_ms = self._world.now_ms
        return True

    def keep_picture(self) -> str:
        asset = f"asset_p{next(self._numbers)}"
        self.pictures.add(asset)
        return asset

    def forget_pictures(self) -> None:
        self.pictures.clear()

    def begin_upload(self, count: int) -> Upload:
        upload = Upload(f"upload_{next(self._numbers)}", count)
        self.uploads[upload.id] = upload
        return upload

    def listed(self, status: str | None, after_ms: float, *, by_update: bool) -> list[tuple[float, VendorJob]]:
        """The indexed jobs that were changed (or created) since `after_ms`, with that time, by the provider's clock."""
        now = self._world.now_ms
        found = [
            (at, job)
            for job in self.jobs.values()
            if max(job.listed_from_ms, job.created_ms) <= now
            and (status is None or job.end(now) == status)
            and (at := (job.updated_ms(now) if by_update else job.created_ms) + self.ahead_ms) > after_ms
        ]
        found.sort(key=lambda each: (each[0], each[1].id), reverse=self.newest_first or not by_update)
        return found

    def of(self, job_id: int) -> list[VendorJob]:
        """All clips that were started for this job of the bot."""
        return [job for job in self.jobs.values() if job.for_job == job_id]
