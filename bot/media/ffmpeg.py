"""Runs ffmpeg as a child process with a time limit and bounded output; killed when its caller is cancelled.

`probe`, `fit`, `local`, `animatic` and the doctor call it. A broken file can hang or crash this child, never the bot.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import imageio_ffmpeg  # pyright: ignore[reportMissingTypeStubs]  the wheel ships none; one function of it is used

from bot.detail import Detail, DetailCode
from bot.errors import MediaError
from bot.media.child_environment import environment

NICENESS: Final = 10
"""Lower priority than the bot, which answers members."""
INSPECTIONS_AT_ONCE: Final = max(2, os.cpu_count() or 2)
"""Without this limit a restart with a hundred clips to deliver would start a hundred children, and none would end in time."""
OUTPUT_BYTES_MAX: Final = 4_000_000
_STDERR_HEAD_BYTES: Final = 32_768
_STDERR_TAIL_BYTES: Final = 8_192
_DETAIL_CHARACTERS: Final = 600
_SHOT: Final = frozenset({-signal.SIGTERM, -getattr(signal, "SIGKILL", signal.SIGTERM)})
"""Exit codes of a child that the system killed, mostly for lack of memory. A crashing decoder has other codes."""
_NOT_STARTED: Final = frozenset({126, 127})
"""Exit codes of `nice` when it can't start the program."""
_NO_ROOM: Final = (
    *(os.strerror(each) for each in (errno.ENOMEM, errno.ENOSPC, errno.EMFILE, errno.ENFILE)),
    "pthread_create failed",
)
"""Texts in ffmpeg's errors when the machine has no memory, disk, file or thread left. EIO is not among them, because ffmpeg
also reports it for files that are cut off.
"""

_PIXELS_MOST: Final = 7680 * 4320
"""8K. Clips of the models have a sixteenth of that. A small file may contain a picture that decodes to gigabytes."""
SAFE_INPUT: Final = (
    # A clip is one file: no playlist or reference inside it may open another file or the network.
    *("-protocol_whitelist", "file"),
    *("-format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,avi,flv"),
    *("-max_pixels", str(_PIXELS_MOST)),
)
"""Options before every `-i` of a file that came from outside."""


class Flood(MediaError):
    """ffmpeg wrote more to its output than `OUTPUT_BYTES_MAX`."""


@dataclass(frozen=True, slots=True)
class Ran:
    """The result of a run. Of a long `stderr` the middle is cut out. `stdout` is empty where progress was reported."""

    code: int
    stderr: str
    stdout: bytes

    @property
    def hindered(self) -> bool:
        """Whether it failed because of the machine (memory, disk, ...): a temporary error that says nothing about the file."""
        return self.code in _SHOT | _NOT_STARTED or (self.code != 0 and any(each in self.stderr for each in _NO_ROOM))

    @property
    def detail(self) -> str:
        """The end of ffmpeg's errors, for the log: one printable line, since they may quote titles from the file."""
        said = "".join(each if each.isprintable() else " " for each in self.stderr[-_DETAIL_CHARACTERS:])
        return " ".join(said.split())


def ffmpeg_path() -> str:
    """The ffmpeg of the package imageio-ffmpeg, or `IMAGEIO_FFMPEG_EXE`. Raises `MediaError` where there is none."""
    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise MediaError(Detail(DetailCode.NO_FFMPEG)) from error


class FFmpeg:
    """Starts ffmpeg. `path` is `ffmpeg_path()` by default."""

    def __init__(self, path: str | None = None) -> None:
        self._command = (*_niced(), path or ffmpeg_path())
        self._inspections = asyncio.Semaphore(INSPECTIONS_AT_ONCE)

    async def inspect(self, *arguments: str, time_limit: float) -> Ran:
        """As `run`, for short and frequent work: a few at a time. The time limit counts from when its turn comes."""
        async with self._inspections:
            return await self.run(*arguments, time_limit=time_limit)

    async def run(self, *arguments: str, time_limit: float, on_seconds: Callable[[float], None] | None = None) -> Ran:
        """Runs ffmpeg to its end and returns the result, whatever the exit code.

        `on_seconds` is called about twice a second with the seconds of output written so far. Raises `MediaError` after
        `time_limit` seconds. Then, and when cancelled, the child and its process group are dead before this returns.
        """
        reports = ("-progress", "pipe:1", "-stats_period", "0.4") if on_seconds else ()
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                *("-hide_banner", "-nostdin", "-nostats", *reports),
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
                env=environment(),
                creationflags=_creation_flags(),
            )
        except OSError as error:
            raise MediaError(Detail(DetailCode.FFMPEG_NOT_STARTED, (str(error),))) from error
        if process.stdout is None or process.stderr is None:  # both were asked for as pipes
            raise AssertionError("ffmpeg has no pipes")
        reading = (
            asyncio.create_task(_reports(process.stdout, on_seconds) if on_seconds else _bounded(process.stdout)),
            asyncio.create_task(_ends(process.stderr)),
        )
        try:
            async with asyncio.timeout(time_limit):
                stdout, stderr, code = await asyncio.gather(*reading, process.wait())
        except TimeoutError as error:
            raise MediaError(Detail(DetailCode.FFMPEG_SLOW, (time_limit,))) from error
        finally:
            await _bury(process, reading)
        return Ran(code, stderr.decode("utf-8", "replace"), stdout)

    async def do(self, *arguments: str, time_limit: float, on_seconds: Callable[[float], None] | None = None) -> Ran:
        """As `run`, but raises `MediaError` with the end of ffmpeg's errors when it failed."""
        ran = await self.run(*arguments, time_limit=time_limit, on_seconds=on_seconds)
        if ran.code:
            raise MediaError(Detail(DetailCode.FFMPEG_ENDED, (ran.code, ran.detail)))
        return ran


async def _bounded(stream: asyncio.StreamReader) -> bytes:
    read = bytearray()
    while chunk := await stream.read(65_536):
        read += chunk
        if len(read) > OUTPUT_BYTES_MAX:
            raise Flood(Detail(DetailCode.FFMPEG_FLOOD, (OUTPUT_BYTES_MAX,)))
    return bytes(read)


async def _ends(stream: asyncio.StreamReader) -> bytes:
    head, tail = bytearray(), bytearray()
    while chunk := await stream.read(8_192):
        room = _STDERR_HEAD_BYTES - len(head)
        head += chunk[:room]
        tail += chunk[room:] if room < len(chunk) else b""
        del tail[:-_STDERR_TAIL_BYTES]
    return bytes(head + tail)


async def _reports(stream: asyncio.StreamReader, on_seconds: Callable[[float], None]) -> bytes:
    async for line in stream:
        key, _, value = line.strip().partition(b"=")
        # "N/A" until the first frame is out
        if key == b"out_time_us" and value.isdigit():
            on_seconds(int(value) / 1e6)
    return b""


async def _bury(process: asyncio.subprocess.Process, reading: Sequence[asyncio.Task[bytes]]) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
    for task in reading:
        task.cancel()
    # Shielded, so that a second cancel leaves no zombie. It is short, since the child is killed.
    await asyncio.shield(_emptied(process, reading))


async def _emptied(process: asyncio.subprocess.Process, reading: Sequence[asyncio.Task[bytes]]) -> None:
    """Waits for the dead child. Before Python 3.12 `wait` returns only when both pipes are at their end, so they are read."""
    await asyncio.gather(*reading, return_exceptions=True)
    for stream in (process.stdout, process.stderr):
        while stream is not None and await stream.read(65_536):
            pass
    await process.wait()


def _niced() -> Sequence[str]:
    nice = shutil.which("nice")
    return (nice, "-n", str(NICENESS)) if nice else ()


def _creation_flags() -> int:
    return subprocess.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else 0
