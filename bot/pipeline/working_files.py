"""Removes working files that an earlier process left in the folder. `Finishing` calls it at the start."""

from __future__ import annotations

from pathlib import Path

from bot.disk import drop


def sweep(folder: Path, unfinished: set[int]) -> None:
    """Removes the files of jobs that are not in `unfinished` (job ids), and every unfinished file (`.part`).

    The encoder of a killed bot may still run and write into such a file; it must not share the file with the next encoder.
    """
    for path in folder.glob("*"):
        stem = path.name.split(".", 1)[0]
        if path.suffix == ".part" or (stem.isdigit() and int(stem) not in unfinished):
            drop(path)
