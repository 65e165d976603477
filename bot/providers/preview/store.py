"""The files of `PreviewProvider`: images by SHA-256, and for each job its submission and its end. Its functions block, so they
are called on threads.

images/<sha256>        the bytes of an image
jobs/<job id>/         spec.json, then one of clip.mp4, failed.txt, cancelled
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from bot.detail import Detail, DetailCode, detail_of, text_of
from bot.disk import private_folder, put_in_place
from bot.errors import ProviderRejected
from bot.ports import Submission

CLIPS_KEPT_SECONDS: Final = 24 * 3600
IMAGES_KEPT_SECONDS: Final = 30 * 24 * 3600
"""Longer than clips: the bot remembers uploads, and uses an image again without another upload."""

_REFERENCE: Final = re.compile(r"[0-9]{1,20}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_SPEC: Final = TypeAdapter(Submission)


class PreviewStore:
    """One folder, owned by one process."""

    def __init__(self, folder: Path) -> None:
        self._images = folder / "images"
        self._jobs = folder / "jobs"

    def open(self) -> None:
        """Makes the folders. Raises `OSError` where they can't be made."""
        for each in (self._images.parent, self._images, self._jobs):
            private_folder(each)

    def keep_image(self, sha256: str, data: bytes) -> None:
        """Raises `ProviderRejected` when `sha256` is not the hash of `data`."""
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ProviderRejected(Detail(DetailCode.WRONG_IMAGE), code="image_mismatch")
        _write_whole(self._images / sha256, data)

    def image(self, sha256: str) -> bytes:
        """Raises `ProviderRejected` with code `unknown_image` when it is not here (any more)."""
        try:
            if not _SHA256.fullmatch(sha256):
                raise FileNotFoundError(sha256)
            path = self._images / sha256
            os.utime(path)  # used now, so keep it for another month
            return path.read_bytes()
        except OSError as error:
            raise ProviderRejected(Detail(DetailCode.NO_SUCH_IMAGE, (sha256[:12],)), code="unknown_image") from error

    def keep(self, submission: Submission) -> None:
        """Writes the submission to disk, durable on return. A second call for the same job keeps the first submission."""
        spec = self._of(str(submission.job_id)) / "spec.json"
        if not spec.exists():
            spec.parent.mkdir(exist_ok=True)
            _write_whole(spec, _SPEC.dump_json(submission, indent=1))

    def submission(self, reference: str) -> Submission | None:
        """The submission with this reference; None where there is none, or it can't be read."""
        try:
            return _submission_of((self._of(reference) / "spec.json").read_bytes())
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def clip(self, reference: str) -> Path:
        """Where the finished clip is or will be."""
        return self._of(reference) / "clip.mp4"

    def failed(self, reference: str) -> Detail | None:
        """Why it failed; None when it did not."""
        with contextlib.suppress(OSError):
            return detail_of((self._of(reference) / "failed.txt").read_text(encoding="utf-8", errors="replace"))
        return None

    def cancelled(self, reference: str) -> bool:
        return (self._of(reference) / "cancelled").exists()

    def mark_failed(self, reference: str, detail: Detail) -> None:
        _write_whole(self._of(reference) / "failed.txt", text_of(detail).encode())

    def mark_cancelled(self, reference: str) -> None:
        _write_whole(self._of(reference) / "cancelled", b"")

    def prune(self, now_ms: int) -> None:
        """Drops jobs that ended a day ago, images that were not used for a month, and files of killed renders.

        `now_ms` is by the machine's clock, which also dates the files.
        """
        now = now_ms / 1000
        for job in self._jobs.iterdir():
            for left in job.glob(".render-*"):
                if now - left.stat().st_mtime > CLIPS_KEPT_SECONDS:
                    shutil.rmtree(left, ignore_errors=True)
            ends = [end for name in ("clip.mp4", "failed.txt", "cancelled") if (end := job / name).exists()]
            if ends and now - max(end.stat().st_mtime for end in ends) > CLIPS_KEPT_SECONDS:
                shutil.rmtree(job, ignore_errors=True)
        for image in self._images.iterdir():
            if now - image.stat().st_mtime > IMAGES_KEPT_SECONDS:
                image.unlink(missing_ok=True)

    def _of(self, reference: str) -> Path:
        # A reference comes from the database; one that is no number must not become a path.
        return self._jobs / (reference if _REFERENCE.fullmatch(reference) else "none")


def _write_whole(path: Path, data: bytes) -> None:
    """Writes the file completely or not at all: if the process is killed meanwhile, the old content stays."""
    half = path.with_name(f".{path.name}.part")
    half.write_bytes(data)
    put_in_place(half, path)


def _submission_of(content: bytes) -> Submission:
    """Raises `ValueError`, `TypeError` or `KeyError` for what this version does not understand.

    The earlier format has no `request`: the fields of the request are at the top level, and its pictures are only hashes in
    `images`, all of the size `frame`. It is read too.
    """
    spec: dict[str, Any] = json.loads(content)
    if "request" not in spec:
        width, height = spec["frame"]
        pictures = [{"sha256": each, "width": width, "height": height} for each in spec["images"]]
        request = {name: spec.pop(name) for name in ("kind", "prompt", "duration", "resolution", "aspect")}
        spec["request"] = {**request, "references": pictures}
    return _SPEC.validate_python(spec)
