"""The child process that decodes members' pictures: `python -m bot.media.decoder_child SECONDS MEGABYTES`.

`decoder_pool` starts it, sends it one picture at a time and kills it when it hangs. A hostile picture can only break this
process, which has no secrets, no database and no connections. It ends when its input ends, so it never outlives the bot.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import struct
import sys
from pathlib import Path
from typing import BinaryIO, Final

from bot.domain.image import Use
from bot.errors import RequestRefused
from bot.media.images import check_image, load_readers

READY: Final = b"R"
"""Written once, when the process is ready for pictures."""
LENGTH: Final = struct.Struct(">I")
"""The length in bytes of the head (JSON) that follows. A head names the size of the bytes after it."""
_NICENESS: Final = 5
"""Lower priority than the bot, which answers members."""
_TOO_HEAVY: Final = 3
"""Exit code when a picture needs more memory than allowed."""


def main() -> None:
    """Checks pictures until the input ends. Each may take SECONDS of processor time and MEGABYTES of memory."""
    seconds, megabytes = float(sys.argv[1]), int(sys.argv[2])
    asks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # Texts that a library prints must not get between the answers.
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    # All readers are loaded first, since the memory limit is on top of what is in use then.
    load_readers()
    if sys.platform != "win32":
        os.nice(_NICENESS)
        _limit_memory(megabytes * 1_000_000)
    answers.write(READY)
    answers.flush()
    while prefix := asks.read(LENGTH.size):
        head = json.loads(asks.read(LENGTH.unpack(prefix)[0]))
        data = asks.read(head["size"])
        try:
            _limit_time(seconds)
            answer, kept = _answer(data, Use(head["use"]), head["field"])
            _limit_time(0)
        except MemoryError:
            os._exit(_TOO_HEAVY)
        _write(answers, answer, kept)


def _answer(data: bytes, use: Use, field: str) -> tuple[dict[str, object], bytes]:
    try:
        kept = check_image(data, use, field)
    except RequestRefused as refused:
        return {"problems": [[each.code, each.given, each.allowed] for each in refused.problems], "size": 0}, b""
    facts = kept.facts
    answer: dict[str, object] = {
        "media_type": kept.media_type,
        "width": kept.width,
        "height": kept.height,
        "facts": [facts.format, facts.width, facts.height, facts.size, facts.frames],
        "size": len(kept.data),
    }
    return answer, kept.data


def _write(answers: BinaryIO, answer: dict[str, object], kept: bytes) -> None:
    head = json.dumps(answer).encode()
    answers.write(LENGTH.pack(len(head)) + head)
    answers.write(kept)
    answers.flush()


def _limit_time(seconds: float) -> None:
    """The system kills the process after so much processor time, even inside a decoder; 0 removes the limit. Not on Windows."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit_memory(room: int) -> None:
    """Limits the address space to `room` bytes more than what is in use now. Works on Linux only.

    The limit is on addresses, not on used memory, so the pool sets malloc to one arena: each other arena would reserve 64 MB
    without using them.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  Windows has none

    with contextlib.suppress(OSError, ValueError):
        # No core file of hundreds of megabytes when a hostile picture crashes the process.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + room
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


if __name__ == "__main__":
    main()
