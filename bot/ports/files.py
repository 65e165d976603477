"""The interface for finished clips and their posters that the bot keeps itself. `bot.storage.clip_files` implements it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class OutputKind(StrEnum):
    """What came of a job. The values stand in the database."""

    CLIP = "clip"
    POSTER = "poster"


@dataclass(frozen=True, slots=True)
class Output:
    """A file that a job's end lists as what came of the job. `media_type` and `size` (bytes) are those of the file."""

    kind: OutputKind
    sha256: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that is kept, of `size` bytes. It may be removed at any time, so opening it may raise `FileNotFoundError`."""

    path: Path
    size: int


class KeptClips(Protocol):
    """The files of clips that were posted, under a size limit. The provider has each clip too, so none of them must be kept."""

    async def keep(self, job_id: int, clip: Path, poster: bytes | None) -> tuple[Output, ...]:
        """Keeps a clip that was posted, and its poster (a JPEG). The caller writes the answer with the job's end.

        `clip` stays where it is. Never raises, and takes some seconds at most; () where nothing is kept.
        """
        ...

    def settled(self, job_id: int) -> None:
        """The job's end is written, or this process has no more to do with the job."""
        ...

    async def output(self, job_id: int, kind: OutputKind) -> KeptFile | None:
        """What came of a job; None where it was not kept or is not kept any more."""
        ...

    async def erase(self, job_id: int) -> None:
        """Forgets what came of a job, and removes its files where no other job has the same. Safe to repeat."""
        ...
