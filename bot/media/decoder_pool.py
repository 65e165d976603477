"""Decodes members' pictures in child processes, which can be killed: a hostile picture breaks a child, never the bot. Called by
`LocalMedia`.

There are two children, started when the first pictures come and replaced when they end. They run `decoder_child`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

from bot.domain.image import ImageFacts, Use
from bot.errors import MediaBusy, MediaError, RequestRefused
from bot.fair_semaphore import FairSemaphore
from bot.media.child_environment import environment
from bot.media.decoder_child import LENGTH, READY
from bot.ports import CheckedImage
from bot.problem import Problem, ProblemCode

AT_ONCE: Final = 2
"""Children at most. One member uses one at a time, so a slow picture leaves the other child to all other members."""
TIME_LIMIT_SECONDS: Final = 5.0
"""Processor time for one picture. Windows can't limit that; there only `CLOCK_LIMIT` holds."""
CLOCK_LIMIT: Final = 6
"""How many times the limit of processor time a picture may take by the clock, since the machine may be busy."""
MEMORY_MB: Final = 400
"""Memory for one picture, in a child beyond what it uses when idle."""
WAIT_LIMIT_SECONDS: Final = 60.0
"""A picture that found no free child for so long is refused with `MediaBusy`."""
_START_LIMIT_SECONDS: Final = 60.0
_PICTURES_OF_ONE_CHILD: Final = 200
"""After so many pictures a child is replaced, because libraries may leak memory."""
_HEAD_BYTES_MAX: Final = 65_536
_KEPT_BYTES_MAX: Final = 20_000_000
_CHUNK: Final = 262_144
_SHOT: Final = frozenset({-signal.SIGTERM, -getattr(signal, "SIGKILL", signal.SIGTERM)})
"""Exit codes of a child that the system killed, mostly for lack of memory. A crashing decoder has other codes."""
_ROOT: Final = str(Path(__file__).resolve().parents[2])
"""Where `bot` is imported from, installed or not."""

_log: Final = logging.getLogger(__name__)


class DecoderPool:
    """`time_limit` in seconds of processor time for one picture, `memory_mb` beyond an idle child. `close`
    ends all children.
    """

    def __init__(self, at_once: int = AT_ONCE, time_limit: float = TIME_LIMIT_SECONDS, memory_mb: int = MEMORY_MB) -> None:
        self._free = FairSemaphore(each=1, at_once=at_once)
        self._time_limit = time_limit
        self._limits = (f"{time_limit:g}", str(memory_mb))
        self._idle: list[_Child] = []
        self._children: set[_Child] = set()
        self._starting: set[asyncio.Task[_Child]] = set()
        self._closed = False

    async def check_image(self, data: bytes, use: Use, field: str, owner: int) -> CheckedImage:
        """As `Media.check_image`, one picture at a time for each `owner` (a member's id).

        Raises `MediaError` where the picture broke its child or took too long, `MediaBusy` where no child was free or could be
        started.
        """
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(WAIT_LIMIT_SECONDS):
                    await held.enter_async_context(self._free.of(owner))
            except TimeoutError as error:
                msg = f"no decoder was free for {WAIT_LIMIT_SECONDS:g} s"
                raise MediaBusy(msg) from error
            child = await self._taken()
            try:
                return await self._decoded(child, data, use, field)
            finally:
                await self._given_back(child)

    async def close(self) -> None:
        """Kills all children and returns when they are dead. None is started after that."""
        self._closed = True
        await asyncio.gather(*(self._bury(each) for each in tuple(self._children)))
        await asyncio.gather(*self._starting, return_exceptions=True)

    async def _taken(self) -> _Child:
        while self._idle:
            child = self._idle.pop()
            if child.process.returncode is None:
                return child
            await self._bury(child)
        start = asyncio.create_task(self._start())
        self._starting.add(start)
        start.add_done_callback(self._starting.discard)
        try:
            # Shielded, because asyncio may hang when the start of a process is cancelled half-way.
            return await asyncio.shield(start)
        except asyncio.CancelledError:
            start.add_done_callback(self._spare)
            raise

    async def _start(self) -> _Child:
        if self._closed:
            raise MediaBusy("no decoder starts any more")
        try:
            child = _Child(await _started(self._limits))
        except OSError as error:
            msg = f"a decoder does not start: {error}"
            raise MediaBusy(msg) from error
        self._children.add(child)
        if self._closed:
            await self._bury(child)
        try:
            async with asyncio.timeout(_START_LIMIT_SECONDS):
                await child.ready()
        except (TimeoutError, EOFError) as error:
            await self._bury(child)
            if not self._closed:
                _log.error("a decoder for pictures does not start (exit code %s)", child.process.returncode)
            raise MediaBusy("a decoder does not start") from error
        return child

    def _spare(self, start: asyncio.Task[_Child]) -> None:
        """Keeps a child for other pictures, because the caller that it was started for was cancelled."""
        if not start.cancelled() and start.exception() is None:
            self._idle.append(start.result())

    async def _decoded(self, child: _Child, data: bytes, use: Use, field: str) -> CheckedImage:
        limit = self._time_limit * CLOCK_LIMIT
        try:
            async with asyncio.timeout(limit):
                return _read(*await child.decode(data, use, field), field)
        except TimeoutError as error:
            msg = f"a picture took more than {limit:g} s"
            raise MediaError(msg) from error
        except (ValueError, KeyError, TypeError) as error:
            # Our decoder never gives such an answer: the picture may have taken the child over. So the child is killed.
            await self._bury(child)
            raise MediaError("a decoder gave an answer that is none") from error
        except (OSError, EOFError) as error:
            await self._bury(child)
            msg = f"a decoder ended with {child.process.returncode} at a picture"
            if child.process.returncode in _SHOT:
                raise MediaBusy(msg) from error
            _log.info("%s", msg)
            raise MediaError(msg) from error

    async def _given_back(self, child: _Child) -> None:
        """Makes the child free for the next picture, or ends it if it still works, has ended, or had enough pictures."""
        if child.idle and child.process.returncode is None and child.pictures < _PICTURES_OF_ONE_CHILD:
            self._idle.append(child)
        else:
            await self._bury(child)

    async def _bury(self, child: _Child) -> None:
        # Shielded, so that a second cancel leaves no zombie. It is short, since the child is killed.
        await asyncio.shield(child.end())
        self._children.discard(child)


class _Child:
    """One child process. `idle`: it waits for a picture. `pictures`: how many it has had."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        if process.stdin is None or process.stdout is None:  # both were asked for as pipes
            raise OSError("a decoder has no pipes")
        self.process = process
        self.input, self.output = process.stdin, process.stdout
        self.idle, self.pictures = True, 0
        self._end: asyncio.Task[None] | None = None
        self._reading = asyncio.Lock()

    async def ready(self) -> None:
        """Returns when the child is ready for pictures. Raises `EOFError` where it ended before."""
        async with self._reading:
            await self.output.readexactly(len(READY))

    async def decode(self, data: bytes, use: Use, field: str) -> tuple[dict[str, Any], bytes]:
        """The child's answer and the picture that it made.

        Raises `OSError` or `EOFError` where the child broke, `ValueError`, `KeyError` or `TypeError` for an invalid answer.
        """
        async with self._reading:
            return await self._decode(data, use, field)

    async def _decode(self, data: bytes, use: Use, field: str) -> tuple[dict[str, Any], bytes]:
        self.idle, self.pictures = False, self.pictures + 1
        head = json.dumps({"use": use.value, "field": field, "size": len(data)}).encode()
        self.input.write(LENGTH.pack(len(head)) + head)
        for at in range(0, len(data), _CHUNK):
            self.input.write(data[at : at + _CHUNK])
            await self.input.drain()
        answer = json.loads(await self._bounded(LENGTH.unpack(await self.output.readexactly(LENGTH.size))[0], _HEAD_BYTES_MAX))
        kept = await self._bounded(answer["size"], _KEPT_BYTES_MAX) if answer["size"] else b""
        self.idle = True
        return answer, kept

    def end(self) -> asyncio.Task[None]:
        """Kills the child. The task is done when it is dead; all callers get the same task."""
        if self._end is None:
            if self.process.returncode is None:
                _kill(self.process)
            self._end = asyncio.create_task(self._gone())
        return self._end

    async def _gone(self) -> None:
        self.input.close()
        # Before Python 3.12 `wait` returns only when the pipe is at its end, so it is read to its end here. The lock lets a
        # caller that still waits for an answer find that end first.
        async with self._reading:
            while await self.output.read(_CHUNK):
                pass
        await self.process.wait()

    async def _bounded(self, size: int, most: int) -> bytes:
        if not 0 <= size <= most:
            msg = f"an answer of {size} bytes"
            raise ValueError(msg)
        return await self.output.readexactly(size)


def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            # Not with `process.kill()`, which first polls the exit code, so that asyncio would never get it.
            os.kill(process.pid, signal.SIGKILL)


async def _started(limits: tuple[str, ...]) -> asyncio.subprocess.Process:
    path = os.pathsep.join((_ROOT, *filter(None, [os.environ.get("PYTHONPATH")])))
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "bot.media.decoder_child", *limits),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**environment(), "PYTHONPATH": path, "MALLOC_ARENA_MAX": "1"},
        # A Ctrl-C is meant for the bot, not for its children.
        start_new_session=True,
    )


def _read(answer: dict[str, Any], kept: bytes, field: str) -> CheckedImage:
    if "problems" in answer:
        told = answer["problems"]
        raise RequestRefused(tuple(Problem(ProblemCode(code), field, tuple(given), tuple(most)) for code, given, most in told))
    facts = ImageFacts(*answer["facts"])
    return CheckedImage(kept, answer["media_type"], answer["width"], answer["height"], facts)
