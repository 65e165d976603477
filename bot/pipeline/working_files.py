"""The working files of clips, in one folder, named after their jobs. `Finishing` calls it.

What is still being written, and what differs from one encoding to the next, also has the fence in its name: a process that hung
may go on and write, long after another took its jobs over.
"""

from __future__ import annotations

from pathlib import Path

from bot.disk import drop
from bot.domain.job import Job


class WorkingFiles:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def part(self, job: Job) -> Path:
        """A clip while it is downloaded."""
        return self._folder / f"{job.id}.{job.fence}.part"

    def source(self, job_id: int) -> Path:
        """The clip as the provider made it."""
        return self._folder / f"{job_id}.mp4"

    def target(self, job: Job) -> Path:
        """The clip as it was encoded for its upload, if it had to be."""
        return self._folder / f"{job.id}.{job.fence}.fit.mp4"

    def posted(self, job_id: int) -> Path | None:
        """The file that was posted, as far as it can be told after a crash; None where there is none any more."""
        latest = max(self._folder.glob(f"{job_id}.*.fit.mp4"), key=_fence_of, default=self.source(job_id))
        return latest if latest.exists() else None

    def remove(self, job_id: int) -> None:
        for path in (self.source(job_id), *self._folder.glob(f"{job_id}.*.fit.mp4"), *self._folder.glob(f"{job_id}.*.part")):
            drop(path)

    def sweep(self, unfinished: set[int]) -> None:
        """Removes the files of jobs that are not in `unfinished` (job ids), and every unfinished file (`.part`).

        The encoder of a killed bot may still run and write into such a file; it must not share the file with the next encoder.
        """
        for path in self._folder.glob("*"):
            stem = path.name.split(".", 1)[0]
            if path.suffix == ".part" or (stem.isdigit() and int(stem) not in unfinished):
                drop(path)


def _fence_of(target: Path) -> int:
    return int(target.name.split(".")[1])
