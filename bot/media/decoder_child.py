"""The child process that decodes members' pictures: `python -m bot.media.decoder_child SECONDS MEGABYTES`.

`decoder_pool` starts it, hands it one picture at a time and kills it when it hangs. What a hostile picture breaks is this
process, which holds no secret, no database and no connection. It ends when its input does, so it never outlives the bot.
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
"""Written once, as soon as pictures may come."""
LENGTH: Final = struct.Struct(">I")
"""Before each head (JSON) stands its length in bytes. A head names the size of the bytes after it."""
_NICENESS: Final = 5
"""Answering members goes before decoding."""
_TOO_HEAVY: Final = 3
"""Exit code where a picture needs more memory than there is."""


def main() -> None:
    """Answers pictures until the input ends. Each has SECONDS of processor time and MEGABYTES of room."""
    seconds, megabytes = float(sys.argv[1]), int(sys.argv[2])
    asks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not stand among the answers.
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    # All readers are loaded before the limit of memory counts from what is in use.
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
        return {"problems": [[each.given, each.allowed, each.remedy] for each in refused.problems], "size": 0}, b""
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
    """The system ends the process after so much processor time, inside a decoder too; 0 ends the limit. Windows can't."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit_memory(room: int) -> None:
    """Bytes of address space beyond what Python and its libraries take by now. Counted on Linux alone.

    The limit is on addresses, not on memory in use, so the pool keeps malloc to one arena: each of the others would reserve
    64 MB without using them.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  Windows has none

    with contextlib.suppress(OSError, ValueError):
        # A crash on a hostile picture writes no file of hundreds of megabytes.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + room
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


if __name__ == "__main__":
    main()
