"""The working files of clips, in one folder, named after their jobs. `Finishing` calls it."""

from __future__ import annotations

from pathlib import Path

from bot.disk import drop


class WorkingFiles:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def part(self, job_id: int) -> Path:
        """A clip while it is downloaded."""
        return self._folder / f"{job_id}.part"

    def source(self, job_id: int) -> Path:
        """The clip as the provider made it."""
        return self._folder / f"{job_id}.mp4"

    def target(self, job_id: int) -> Path:
        """The clip as it was encoded for its upload, if it had to be."""
        return self._folder / f"{job_id}.fit.mp4"

    def posted(self, job_id: int) -> Path | None:
        """The file that was posted, as far as it can be told after a crash; None where there is none any more."""
        return next((path for path in (self.target(job_id), self.source(job_id)) if path.exists()), None)

    def remove(self, job_id: int) -> None:
        for path in (self.source(job_id), self.target(job_id), self.part(job_id)):
            drop(path)

    def sweep(self, unfinished: set[int]) -> None:
        """Removes the files of jobs that are not in `unfinished` (job ids), and every unfinished file (`.part`).

        The encoder of a killed bot may still run and write into such a file; it must not share the file with the next encoder.
        """
        for path in self._folder.glob("*"):
            stem = path.name.split(".", 1)[0]
            if path.suffix == ".part" or (stem.isdigit() and int(stem) not in unfinished):
                drop(path)
