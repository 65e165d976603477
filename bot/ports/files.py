"""The interfaces for files that the bot keeps: members' pictures, which `bot.storage.pictures` implements, and finished clips
with their posters, which `bot.storage.clip_files` implements.
"""

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
    """The files of clips that were posted, under a size limit. The provider has each clip too, so none has to be kept."""

    async def keep(self, job_id: int, clip: Path, poster: bytes | None) -> tuple[Output, ...]:
        """Keeps a clip that was posted, and its poster (a JPEG). Returns what the caller passes to `JobTransitions.end`; ()
        where nothing is kept.

        `clip` stays where it is. Never raises, and takes some seconds at most.
        """
        ...

    def settled(self, job_id: int, *, stays: bool) -> None:
        """The job has ended, or its clip will be fetched anew. `stays`: an end that this process wrote lists what `keep`
        returned last. What else was put there for the job is removed, unless a row lists it.
        """
        ...

    def handed_over(self, job_id: int) -> None:
        """Another process goes on with the job. What was put there stays, since that process may list it."""
        ...

    async def output(self, job_id: int, kind: OutputKind) -> KeptFile | None:
        """What came of a job; None where it was not kept or is not kept any more."""
        ...

    async def erase(self, job_id: int) -> None:
        """Forgets what came of a job, and removes its files where no other job has the same. Safe to repeat."""
        ...


class KeptPictures(Protocol):
    """Checked images by their SHA-256, and the references of providers that have them."""

    async def put(self, data: bytes, media_type: str, at_ms: int) -> str:
        """Stores the bytes and returns their SHA-256 in hex, which is their name. The same bytes are stored once."""
        ...

    async def prune(self, before_ms: int) -> int:
        """Deletes some images that no job and no draft uses and that were last put before that time. How many; 0: none left."""
        ...

    async def get(self, sha256: str) -> tuple[bytes, str] | None:
        """Bytes and media type of an image; None where it is not stored."""
        ...

    async def uploaded(self, provider: str, sha256: str) -> str | None:
        """The provider's reference for this image; None where it was not uploaded."""
        ...

    async def remember_upload(self, provider: str, sha256: str, asset_id: str, at_ms: int) -> None: ...

    async def forget_upload(self, provider: str, sha256: str) -> None:
        """Deletes the reference, because the provider does not know it any more."""
        ...
