"""The folder of finished clips and posters, each file named by its SHA-256. `clip_files` calls it on a thread: it blocks.

Every method may raise `OSError`.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from pathlib import Path
from typing import Final

from bot.disk import private_folder, room, sync_file, sync_folder
from bot.ports import Output, OutputKind

CLIP_TYPE: Final = "video/mp4"
POSTER_TYPE: Final = "image/jpeg"
_SUFFIXES: Final = {CLIP_TYPE: ".mp4", POSTER_TYPE: ".jpg"}
_HALF: Final = ".part"


def name_of(sha256: str, media_type: str) -> str:
    """The name of a file in the folder. Its ending lets people open it."""
    return sha256 + _SUFFIXES.get(media_type, "")


class ClipFolder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def outputs_of(self, clip: Path, poster: bytes | None) -> tuple[Output, ...]:
        """Describes a clip and its poster, without keeping them."""
        with clip.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            outputs = [Output(OutputKind.CLIP, digest, CLIP_TYPE, file.tell())]
        if poster:
            outputs.append(Output(OutputKind.POSTER, hashlib.sha256(poster).hexdigest(), POSTER_TYPE, len(poster)))
        return tuple(outputs)

    def take_in(self, job_id: int, outputs: tuple[Output, ...], clip: Path, poster: bytes | None) -> None:
        """Puts both into the folder. After a power cut each is complete, or not there. What fails leaves no half of a file."""
        private_folder(self.path)
        for output in outputs:
            target = self.path / name_of(output.sha256, output.media_type)
            if _size(target) == output.size:
                continue
            half = self.path / f"{job_id}.{output.kind}{_HALF}"
            half.unlink(missing_ok=True)
            try:
                if output.kind is OutputKind.POSTER:
                    half.write_bytes(poster or b"")
                    sync_file(half)
                else:
                    _same(clip, half)
                half.chmod(0o600)
                half.replace(target)
            except OSError:
                with contextlib.suppress(OSError):
                    half.unlink(missing_ok=True)
                raise
        sync_folder(self.path)

    def sizes(self) -> dict[str, int]:
        """The sizes of all complete files, by name."""
        if not self.path.is_dir():
            return {}
        return {path.name: path.stat().st_size for path in self.path.iterdir() if path.suffix != _HALF}

    def halves(self) -> list[tuple[int, str]]:
        """Job ids and names of the files that are not complete. Their job may be at work on them now."""
        found = self.path.glob(f"*{_HALF}") if self.path.is_dir() else ()
        return [(int(path.name.split(".", 1)[0]), path.name) for path in found if path.name.split(".", 1)[0].isdigit()]

    def holds(self, name: str, size: int) -> bool:
        """Whether a file of this name and size is there."""
        return _size(self.path / name) == size

    def remove(self, name: str) -> None:
        (self.path / name).unlink(missing_ok=True)

    def room(self) -> int:
        """Free bytes on the folder's disk."""
        return room(self.path)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _same(clip: Path, half: Path) -> None:
    """Gives the clip a second name, which takes no room and no time; where the drive knows none, copies it.

    The clip's bytes are on the disk since it was fetched or fitted.
    """
    try:
        half.hardlink_to(clip)
    except OSError:
        with contextlib.suppress(FileNotFoundError):
            half.unlink()
        shutil.copyfile(clip, half)
        sync_file(half)
