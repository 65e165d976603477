"""`KeptClips`: the clips that were posted, in a folder beside the database. Finishing, Fresh link,
`/clips` and Delete call it.

The rows are the truth. A file is put into the folder before its row is written, and removed after its row is gone. So a kill in
between leaves a file without a row, which the next start removes. What was put there for an end that does not list it is
removed by the process that put it there. What can't be removed for a while is tried again. A row whose file is missing all the
same, after a power cut say, counts as one whose file had to make room.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bot.disk import ROOM_LEAST, private_folder
from bot.errors import Interrupted, StorageError
from bot.notice import ClipsNotKept
from bot.ports import Clock, KeptFile, Output, OutputKind
from bot.storage import keys
from bot.storage.clip_folder import ClipFolder, name_of
from bot.storage.database import Database, Row, Transaction
from bot.storage.outputs import forget_outputs
from bot.storage.sql import statement
from bot.tasks import Tell, own_cancels_only

_log: Final = logging.getLogger(__name__)

_OF_JOB = statement("outputs.of_job")
_TOUCH = statement("outputs.touch")
_KEPT = statement("outputs.kept")
_IS_KEPT = statement("outputs.is_kept")
_BYTES_KEPT = statement("outputs.bytes_kept")
_OLDEST = statement("outputs.oldest")
_MAKE_ROOM = statement("outputs.make_room")

CLIPS_FOLDER: Final = "clips"
"""The folder's name, beside the database."""
_KEEP_SECONDS: Final = 10.0
"""After this a clip is not kept: its job must not wait for a disk that hangs. Reading 60 MB for their SHA-256 takes 0.3 s."""
_PATIENCE_SECONDS: Final = 1.5
"""How long a write for a member's press may wait for the database; see `BOOKING_SECONDS`."""
_FRESH_MS: Final = 60 * 60 * 1000
"""A file that is used again within this time does not get a new date: which one goes first is a matter of days."""
_FILLED_TO: Final = 0.95
"""Share of the limit that is left filled when files make room, so that not every new clip has to remove one."""
_AGAIN_SECONDS: Final = 600.0
"""How long until the folder is compared, or a file removed, once more after trouble with the disk or the database."""
_TOLD_EVERY_MS: Final = 24 * 60 * 60 * 1000


@dataclass(eq=False, slots=True)
class _Placed:
    """What was put into the folder for a job whose end is not written yet. Where an end can't be written, its clip is kept once
    more for the next try, which may fail or bring another poster.
    """

    names: dict[str, str] = field(default_factory=dict[str, str])
    """By name, the SHA-256 of every file that is there now, or will be in a moment."""
    outputs: tuple[Output, ...] = ()
    """Those that the end lists."""


class ClipFiles:
    """`limit` is how many bytes may be kept; 0 keeps nothing."""

    def __init__(self, database: Database, folder: Path, limit: int, clock: Clock) -> None:
        self._database = database
        self._folder = ClipFolder(folder)
        self._limit = limit
        self._clock = clock
        self._placed: dict[int, _Placed] = {}
        # Names of files that are being removed.
        self._leaving: set[str] = set()
        # By name, the SHA-256 of files that are to be removed, or could not be.
        self._left: dict[str, str] = {}
        # Jobs whose clip was deleted before their end was written.
        self._erased: set[int] = set()
        # An estimate, which a removal corrects: a clip that was there already is counted twice.
        self._bytes = 0
        self._trouble: Exception | None = None
        self._told_at_ms: int | None = None
        self._changed = asyncio.Event()

    async def keep(self, job_id: int, clip: Path, poster: bytes | None) -> tuple[Output, ...]:
        if not self._limit:
            return ()
        outputs: tuple[Output, ...] = ()
        try:
            async with asyncio.timeout(_KEEP_SECONDS):
                with own_cancels_only():
                    outputs = await self._keep(job_id, clip, poster)
        except (OSError, Interrupted) as error:
            _log.warning("the clip of job %d is not kept: %s: %s", job_id, type(error).__name__, error)
            self._trouble = error
            self._changed.set()
        if job_id in self._placed:
            self._placed[job_id].outputs = outputs
        return outputs

    async def _keep(self, job_id: int, clip: Path, poster: bytes | None) -> tuple[Output, ...]:
        if await asyncio.to_thread(self._folder.room) < ROOM_LEAST:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        outputs = await asyncio.to_thread(self._folder.outputs_of, clip, poster)
        if self._leaving.intersection(_names(outputs)):
            # The same clip of another job was deleted in this moment. It is rare, and the provider has the clip.
            return ()
        placed = self._placed.setdefault(job_id, _Placed())
        placed.names.update((name_of(output.sha256, output.media_type), output.sha256) for output in outputs)
        loop = asyncio.get_running_loop()
        taking = loop.run_in_executor(None, self._folder.take_in, job_id, outputs, clip, poster)
        taking.add_done_callback(lambda done: self._taken_in(job_id, placed, done))
        # A thread can't be stopped. If the disk hangs, it may put the files there long after nobody waits for them any more.
        await asyncio.shield(taking)
        return outputs

    def _taken_in(self, job_id: int, placed: _Placed, done: asyncio.Future[None]) -> None:
        if not done.cancelled():
            done.exception()  # Else asyncio logs it where nobody waited for it any more.
        if self._placed.get(job_id) is not placed and placed.names:
            self._left.update(placed.names)
            self._changed.set()

    def settled(self, job_id: int, *, stays: bool) -> None:
        placed = self._placed.pop(job_id, None)
        if placed is None:
            return
        listed = placed.outputs if stays else ()
        self._bytes += sum(output.size for output in listed)
        self._left.update((name, sha256) for name, sha256 in placed.names.items() if name not in _names(listed))
        self._changed.set()

    def handed_over(self, job_id: int) -> None:
        placed = self._placed.pop(job_id, None)
        if placed is not None:
            # Also for `_taken_in`, if the disk still hangs.
            placed.names.clear()

    async def output(self, job_id: int, kind: OutputKind) -> KeptFile | None:
        parameters = {"job_id": job_id, "kind": kind.value}
        row = await self._database.read(lambda transaction: transaction.one(_OF_JOB, parameters))
        if row is None:
            return None
        name, size = _name(row), int(row["bytes"])
        try:
            if not await asyncio.to_thread(self._folder.holds, name, size):
                return None
        except OSError as error:
            _log.warning("%s can't be read: %s", name, error)
            return None
        await self._touch(row)
        return KeptFile(self._folder.path / name, size)

    async def _touch(self, row: Row) -> None:
        now = self._clock.now_ms()
        if now - row["used_ms"] < _FRESH_MS:
            return
        parameters = {"id": row["id"], "at_ms": now}
        # Without a new date the file may have to make room earlier.
        with suppress(StorageError):
            await self._database.write(lambda transaction: transaction.run(_TOUCH, parameters), patience=_PATIENCE_SECONDS)

    async def erase(self, job_id: int) -> None:
        if job_id in self._placed:
            self._erased.add(job_id)
        unused = await self._database.write(
            lambda transaction: forget_outputs(transaction, job_id), patience=_PATIENCE_SECONDS, alone=(keys.FILES,)
        )
        try:
            for sha256, media_type in unused:
                await self._remove(sha256, name_of(sha256, media_type))
        finally:
            if self._left:
                self._changed.set()

    async def run(self, tell: Tell) -> None:
        """Compares folder and rows once; then keeps to the limit, removes what is left to remove, and tells the operator of
        trouble. Until cancelled.
        """
        compared = False
        while True:
            compared = compared or await self._attempt(self.sweep())
            await self._attempt(self._make_room())
            await self._attempt(self._erase_late())
            for name, sha256 in list(self._left.items()):
                await self._attempt(self._remove(sha256, name))
            await self._tell(tell)
            with suppress(TimeoutError):
                async with asyncio.timeout(_AGAIN_SECONDS if self._left or self._erased or not compared else None):
                    await self._changed.wait()
            self._changed.clear()

    async def sweep(self) -> None:
        """Removes files without a row, and notes which rows have no file. Raises `StorageError` and `OSError`."""
        if self._limit:
            await asyncio.to_thread(private_folder, self._folder.path)
        rows = await self._database.read(lambda transaction: transaction.rows(_KEPT, {}))
        # Read after the rows: a file is in the folder before its row is written, so the file of each row read above is there.
        sizes = await asyncio.to_thread(self._folder.sizes)
        missing = [row for row in rows if sizes.get(_name(row)) != row["bytes"]]
        if missing:
            await self._database.write(lambda transaction: _leave(transaction, missing), alone=(keys.FILES,))
        there = {_name(row) for row in rows} - {_name(row) for row in missing}
        for name in sizes.keys() - there:
            await self._remove(name.split(".", 1)[0], name)
        for job_id, half in await asyncio.to_thread(self._folder.halves):
            if job_id not in self._placed:
                await asyncio.to_thread(self._folder.remove, half)
        if missing or sizes.keys() - there:
            _log.info("kept clips: %d were missing, %d had no job", len(missing), len(sizes.keys() - there))
        self._bytes += sum(int(row["bytes"]) for row in rows)

    async def _make_room(self) -> None:
        """Removes the files that were not used for longest, until the limit is kept to and the disk has room for work."""
        lacking = ROOM_LEAST - await asyncio.to_thread(self._folder.room)
        if self._bytes <= self._limit and (lacking <= 0 or not self._bytes):
            return
        total = await self._database.read(lambda transaction: transaction.one(_BYTES_KEPT, {}))
        kept = 0 if total is None else int(total["bytes"])
        over = kept - int(self._limit * _FILLED_TO) if kept > self._limit else 0
        left = max(over, lacking)
        rows: list[Row] = []
        if left > 0:
            for row in await self._database.read(lambda transaction: transaction.rows(_OLDEST, {})):
                if left <= 0:
                    break
                rows.append(row)
                left -= int(row["bytes"])
        if rows:
            await self._database.write(lambda transaction: _leave(transaction, rows), alone=(keys.FILES,))
        self._bytes = kept - sum(int(row["bytes"]) for row in rows)
        for row in rows:
            await self._remove(row["sha256"], _name(row))

    async def _erase_late(self) -> None:
        for job_id in [each for each in self._erased if each not in self._placed]:
            await self.erase(job_id)
            self._erased.discard(job_id)

    async def _remove(self, sha256: str, name: str) -> None:
        """Removes a file whose row is gone, unless it has one again or gets one. What fails is tried again by `run`."""
        if name in self._leaving:
            return
        if any(name in placed.names for placed in self._placed.values()):
            self._left.pop(name, None)
            return
        self._leaving.add(name)
        self._left[name] = sha256
        try:
            if await self._database.read(lambda transaction: transaction.one(_IS_KEPT, {"sha256": sha256})) is None:
                await asyncio.to_thread(self._folder.remove, name)
            del self._left[name]
        except (OSError, StorageError) as error:
            _log.warning("%s could not be removed, which is tried again: %s", name, error)
        finally:
            self._leaving.discard(name)

    async def _attempt(self, work: Coroutine[Any, Any, None]) -> bool:
        """Whether the work was done."""
        try:
            with own_cancels_only():
                await work
        except (OSError, StorageError, Interrupted) as error:
            _log.warning("kept clips could not be tidied up: %s", error)
            if isinstance(error, OSError):
                self._trouble = error
            return False
        return True

    async def _tell(self, tell: Tell) -> None:
        trouble, now = self._trouble, self._clock.now_ms()
        self._trouble = None
        if trouble is None or (self._told_at_ms is not None and now - self._told_at_ms < _TOLD_EVERY_MS):
            return
        self._told_at_ms = now
        said = trouble.strerror if isinstance(trouble, OSError) else None
        await tell(ClipsNotKept(str(self._folder.path), said or type(trouble).__name__))


def _name(row: Row) -> str:
    return name_of(row["sha256"], row["type"])


def _names(outputs: Iterable[Output]) -> list[str]:
    return [name_of(output.sha256, output.media_type) for output in outputs]


def _leave(transaction: Transaction, rows: Iterable[Row]) -> None:
    """Notes that these files are not there any more. They have to be removed next."""
    for row in rows:
        transaction.run(_MAKE_ROOM, {"id": row["id"]})
