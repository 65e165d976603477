"""Working files of jobs: what an earlier process left behind of them is removed."""

from __future__ import annotations

from pathlib import Path

from bot.disk import drop


def sweep(folder: Path, unfinished: set[int]) -> None:
    """Removes files that a killed process left behind: those of jobs that are over, and every half one.

    Half ones also because the encoder outlives a killed bot: writing on, it must not share a file with the next.
    """
    for path in folder.glob("*"):
        stem = path.name.split(".", 1)[0]
        if path.suffix == ".part" or (stem.isdigit() and int(stem) not in unfinished):
            drop(path)
