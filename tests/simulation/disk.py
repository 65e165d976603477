"""The folder for working files: real files, a disk that fills up, and power cuts after which only synced data remain."""

from __future__ import annotations

import errno
import os
from functools import partial
from pathlib import Path, PosixPath
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tests.simulation.world import World

_CHANGES: Final = frozenset({"write", "open", "put_in_place", "take_in"})


class WorkPath(PosixPath):
    """A path whose changes have no effect once the life that makes them is over."""

    disk: Disk | None = None

    def replace(self, target):
        if self._gone():
            return target
        return super().replace(target)

    def unlink(self, missing_ok=False):  # noqa: FBT002  as in pathlib
        if not self._gone():
            super().unlink(missing_ok)

    def write_bytes(self, data):
        return 0 if self._gone() else super().write_bytes(data)

    def hardlink_to(self, target):
        if not self._gone():
            super().hardlink_to(target)

    def mkdir(self, mode=0o777, parents=False, exist_ok=False):  # noqa: FBT002  as in pathlib
        if not self._gone():
            super().mkdir(mode, parents, exist_ok)

    def _gone(self) -> bool:
        return WorkPath.disk is not None and WorkPath.disk.dead


class Disk:
    """The disk as one life uses it. `synced`: by inode, how many bytes are synced; shared with a life that runs beside it."""

    def __init__(self, world: World, beside: Disk | None) -> None:
        self._world = world
        self._synced: dict[int, int] = {} if beside is None else beside._synced
        self.dead = False

    def strike(self, func: Any, args: tuple[Any, ...]) -> None:
        """Raises `OSError` where the disk is full for the work that a thread is about to do."""
        inner = func.args[0] if isinstance(func, partial) and func.args else func
        if getattr(inner, "__name__", "") in _CHANGES and self._world.faults.strikes("disk: full"):
            raise OSError(errno.ENOSPC, "No space left on device")

    def sync(self, descriptor: int) -> None:
        """Stands in for `os.fsync`."""
        status = os.fstat(descriptor)
        self._synced[status.st_ino] = status.st_size

    def lose_power(self, folder: Path) -> None:
        """Cuts files off at a random place after their synced bytes."""
        dice = self._world.chance.of("power")
        for path in sorted((*folder.glob("work/*"), *folder.glob("clips/*"))):
            status = path.stat()
            safe = self._synced.get(status.st_ino, 0)
            if status.st_size > safe:
                os.truncate(path, max(safe, dice.choice((0, status.st_size // 2))))
                self._world.faults.count("disk: cut short by a power cut")
