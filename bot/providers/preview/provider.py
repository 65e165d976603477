"""The `VideoProvider` that renders on this machine. Its jobs survive a restart: a submission is on disk
before it is rendered.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, Self

from bot.detail import Detail, DetailCode, said
from bot.disk import put_in_place
from bot.domain.job import PREVIEW, Failure
from bot.domain.request import Request
from bot.errors import ClipMissing, ClipUnavailable, HappyHorseError, ProviderUnavailable
from bot.ports import THE_CLIP, Accepted, ClipLink, Lost, Phase, Recognition, RunStatus, Submission
from bot.providers.preview.availability import PreviewAvailability
from bot.providers.preview.renderer import Renderer
from bot.providers.preview.store import PreviewStore

_P = ParamSpec("_P")

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Run:
    task: asyncio.Task[None]
    fraction: float | None = None


class PreviewProvider:
    """An async context manager. `folder` belongs to it and is kept between runs; `parallel` clips are rendered at a time."""

    def __init__(self, renderer: Renderer, folder: Path, parallel: int = 1) -> None:
        self._store = PreviewStore(folder)
        self._renderer = renderer
        self._renders = asyncio.Semaphore(parallel)
        self._runs: dict[str, _Run] = {}
        self.availability = PreviewAvailability(self._store, folder, parallel)

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._store.open)
        await asyncio.to_thread(self._prune)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops all renders. After the next start each begins again when its status is asked for."""
        runs = list(self._runs.values())
        self._runs.clear()
        for run in runs:
            run.task.cancel()
        await asyncio.gather(*(run.task for run in runs), return_exceptions=True)

    @property
    def name(self) -> str:
        return PREVIEW

    @property
    def free(self) -> bool:
        return True

    async def upload(self, sha256: str, media_type: str, data: bytes) -> str:  # noqa: ARG002  the port's
        """Keeps the bytes; the reference is their SHA-256."""
        await self._disk(self._store.keep_image, sha256, data)
        return sha256

    async def submit(self, submission: Submission) -> Accepted:
        """Raises `ProviderRejected` for an image that was never uploaded, `ProviderUnavailable` when the
        disk can't be written.
        """
        reference = str(submission.job_id)
        for image in submission.images:
            await asyncio.to_thread(self._store.image, image)
        await self._disk(self._store.keep, submission)
        await self._status(reference)
        return Accepted(reference)

    def recognition(self, request: Request) -> Recognition:  # noqa: ARG002  the port's
        """`find` goes by the job's id and needs no seed. The seed only keeps the search for a lost submit from waiting for
        the answers to submits with other seeds.
        """
        return Recognition(seed=True)

    async def find(self, lost: Sequence[Lost], known: Collection[str]) -> Mapping[int, str | None]:  # noqa: ARG002  the port's
        """A submission arrived if it is on disk, under its job's id."""
        ids = [each.submission.job_id for each in lost]
        asked = await asyncio.gather(*(asyncio.to_thread(self._store.submission, str(job_id)) for job_id in ids))
        return {job_id: str(job_id) for job_id, spec in zip(ids, asked, strict=True) if spec is not None}

    async def statuses(self, running: Collection[str]) -> list[RunStatus]:
        return [await self._status(reference) for reference in tuple(running)]

    async def status(self, reference: str) -> RunStatus | None:
        return await self._status(reference)

    async def cancel(self, reference: str) -> bool:
        status = await self._status(reference)
        if status.phase in {Phase.SUCCEEDED, Phase.FAILED}:
            return False
        await self._disk(self._store.mark_cancelled, reference)
        run = self._runs.pop(reference, None)
        if run is not None:
            run.task.cancel()
            await asyncio.wait([run.task])
        return True

    async def fetch(self, reference: str, position: int, target: Path, max_bytes: int) -> int:
        if position != THE_CLIP:
            raise ClipMissing(Detail(DetailCode.PREVIEW_GONE))
        await asyncio.to_thread(_copy, self._store.clip(reference), target, max_bytes)
        return 1

    async def link(self, reference: str, position: int) -> ClipLink | None:  # noqa: ARG002  the port's
        return None

    async def _status(self, reference: str) -> RunStatus:
        run = self._runs.get(reference)
        if run is not None and not run.task.done():
            phase = Phase.WAITING if run.fraction is None else Phase.RUNNING
            return RunStatus(reference, phase, run.fraction)
        ended, spec = await asyncio.to_thread(self._read, reference)
        if ended is not None:
            self._runs.pop(reference, None)
            return ended
        if spec is None:
            detail = Detail(DetailCode.NO_SUCH_PREVIEW)
            return RunStatus(reference, Phase.FAILED, failure=Failure.PROVIDER, detail=detail, billed=False)
        # Two calls may have come here at once; only one of them starts the render.
        if (other := self._runs.get(reference)) is None or other.task.done():
            task = asyncio.create_task(self._render(reference, spec), name=f"preview {reference}")
            self._runs[reference] = _Run(task)
        return RunStatus(reference, Phase.WAITING)

    def _prune(self) -> None:
        self._store.prune(time.time_ns() // 1_000_000)

    def _read(self, reference: str) -> tuple[RunStatus | None, Submission | None]:
        if self._store.cancelled(reference):
            return RunStatus(reference, Phase.CANCELLED, billed=False), None
        if self._store.clip(reference).exists():
            return RunStatus(reference, Phase.SUCCEEDED, 1.0, billed=False), None
        detail = self._store.failed(reference)
        if detail is not None:
            return RunStatus(reference, Phase.FAILED, failure=Failure.OURS, detail=detail, billed=False), None
        return None, self._store.submission(reference)

    async def _render(self, reference: str, spec: Submission) -> None:
        async with self._renders:
            self._heard(reference, 0.0)
            try:
                images = [await asyncio.to_thread(self._store.image, image) for image in spec.images]
                await self._renderer.render(
                    spec, images, self._store.clip(reference), lambda fraction: self._heard(reference, fraction)
                )
            except HappyHorseError as error:
                log.warning("preview %s failed: %s", reference, error)
                await asyncio.to_thread(self._store.mark_failed, reference, error.reason)
            except Exception as error:
                log.exception("preview %s failed", reference)
                await asyncio.to_thread(self._store.mark_failed, reference, said(f"{type(error).__name__}: {error}"))
        await asyncio.to_thread(self._prune)

    def _heard(self, reference: str, fraction: float) -> None:
        run = self._runs.get(reference)
        if run is not None:
            run.fraction = max(run.fraction or 0.0, fraction)

    async def _disk(self, work: Callable[_P, None], /, *args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            await asyncio.to_thread(work, *args, **kwargs)
        except OSError as error:
            raise ProviderUnavailable(Detail(DetailCode.FOLDER_CLOSED, (str(error),))) from error


def _copy(source: Path, target: Path, max_bytes: int) -> None:
    half = target.with_name(f".{target.name}.part")
    try:
        if source.stat().st_size > max_bytes:
            raise ClipUnavailable(Detail(DetailCode.PREVIEW_LARGER_THAN, (max_bytes,)))
        # Copied, not linked: the pipeline may change or delete its working file.
        shutil.copyfile(source, half)
        put_in_place(half, target)
    except FileNotFoundError as error:
        raise ClipUnavailable(Detail(DetailCode.PREVIEW_GONE)) from error
    finally:
        half.unlink(missing_ok=True)
