"""ffmpeg as a child process: with a time limit, a bounded appetite and no way to outlive its caller. Knows no clips.

A broken file can hang or crash a decoder; it then hangs or crashes the child, never the bot.
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

from bot.errors import MediaError
from bot.media.child_environment import environment

NICENESS: Final = 10
"""Answering members goes before encoding."""
INSPECTIONS_AT_ONCE: Final = max(2, os.cpu_count() or 2)
"""A restart with a hundred clips to deliver would start a hundred children, and none would end in time."""
OUTPUT_BYTES_MAX: Final = 4_000_000
_STDERR_HEAD_BYTES: Final = 32_768
_STDERR_TAIL_BYTES: Final = 8_192
_DETAIL_CHARACTERS: Final = 600
_SHOT: Final = frozenset({-signal.SIGTERM, -getattr(signal, "SIGKILL", signal.SIGTERM)})
"""Exit codes of a child that the system ended, mostly for want of memory. A decoder that crashes has others."""
_NOT_STARTED: Final = frozenset({126, 127})
"""What `nice` answers where it can't start the program."""
_NO_ROOM: Final = (
    *(os.strerror(each) for each in (errno.ENOMEM, errno.ENOSPC, errno.EMFILE, errno.ENFILE)),
    "pthread_create failed",
)
"""What ffmpeg says where the machine has no memory, disk, file or thread left for it. EIO is not among them: ffmpeg says that
of files that are cut off, too."""

_PIXELS_MOST: Final = 7680 * 4320
"""8K; what a model makes has a sixteenth of that. A small file may name a picture that takes gigabytes to unpack."""
SAFE_INPUT: Final = (
    # A clip is one file: no playlist or reference inside it may open another file or the network.
    *("-protocol_whitelist", "file"),
    *("-format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,avi,flv"),
    *("-max_pixels", str(_PIXELS_MOST)),
)
"""Options before every `-i` of a file that came from outside."""


class Flood(MediaError):
    """It wrote more than it may."""


@dataclass(frozen=True, slots=True)
class Ran:
    """`stderr` is cut in the middle when it was long; `stdout` is what the child wrote there, without progress reports."""

    code: int
    stderr: str
    stdout: bytes

    @property
    def hindered(self) -> bool:
        """It failed by the machine's trouble, which passes, and said nothing about the file."""
        return self.code in _SHOT | _NOT_STARTED or (self.code != 0 and any(each in self.stderr for each in _NO_ROOM))

    @property
    def detail(self) -> str:
        """The end of what ffmpeg said, for the log: on one line, since it repeats titles and names that stand in the file."""
        said = "".join(each if each.isprintable() else " " for each in self.stderr[-_DETAIL_CHARACTERS:])
        return " ".join(said.split())


def ffmpeg_path() -> str:
    """The static build that the wheel brings (or `IMAGEIO_FFMPEG_EXE`). Raises `MediaError` where there is none."""
    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        msg = "no ffmpeg for this platform; install one and set IMAGEIO_FFMPEG_EXE to its path"
        raise MediaError(msg) from error


class FFmpeg:
    """Starts ffmpeg. `path` defaults to the wheel's own."""

    def __init__(self, path: str | None = None) -> None:
        self._command = (*_niced(), path or ffmpeg_path())
        self._inspections = asyncio.Semaphore(INSPECTIONS_AT_ONCE)

    async def inspect(self, *arguments: str, time_limit: float) -> Ran:
        """As `run`, for what takes a moment and is asked for often: waits its turn, and the time runs from there."""
        async with self._inspections:
            return await self.run(*arguments, time_limit=time_limit)

    async def run(self, *arguments: str, time_limit: float, on_seconds: Callable[[float], None] | None = None) -> Ran:
        """Runs to the end and returns the outcome, whatever the exit code.

        `on_seconds` hears how many seconds of output are written, about twice a second. Raises `MediaError` past
        `time_limit` seconds; then, and when cancelled, the child and its group are dead before this returns.
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
            msg = f"ffmpeg does not start: {error}"
            raise MediaError(msg) from error
        if process.stdout is None or process.stderr is None:  # both were asked for as pipes
            raise MediaError("ffmpeg has no pipes")
        reading = (
            asyncio.create_task(_reports(process.stdout, on_seconds) if on_seconds else _bounded(process.stdout)),
            asyncio.create_task(_ends(process.stderr)),
        )
        try:
            async with asyncio.timeout(time_limit):
                stdout, stderr, code = await asyncio.gather(*reading, process.wait())
        except TimeoutError as error:
            msg = f"ffmpeg took more than {time_limit:g} s"
            raise MediaError(msg) from error
        finally:
            await _bury(process, reading)
        return Ran(code, stderr.decode("utf-8", "replace"), stdout)

    async def do(self, *arguments: str, time_limit: float, on_seconds: Callable[[float], None] | None = None) -> Ran:
        """As `run`, and raises `MediaError` with ffmpeg's last words when it failed."""
        ran = await self.run(*arguments, time_limit=time_limit, on_seconds=on_seconds)
        if ran.code:
            msg = f"ffmpeg ended with {ran.code}: {ran.detail}"
            raise MediaError(msg)
        return ran


async def _bounded(stream: asyncio.StreamReader) -> bytes:
    read = bytearray()
    while chunk := await stream.read(65_536):
        read += chunk
        if len(read) > OUTPUT_BYTES_MAX:
            msg = f"ffmpeg wrote more than {OUTPUT_BYTES_MAX:,} bytes where a picture was expected"
            raise Flood(msg)
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
    # A second cancel must not leave a zombie: the child is dead already, so this is short.
    await asyncio.shield(_emptied(process, reading))


async def _emptied(process: asyncio.subprocess.Process, reading: Sequence[asyncio.Task[bytes]]) -> None:
    """Until Python 3.12 `wait` ends only when both pipes are at their end, which one that nobody reads never gets to."""
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
