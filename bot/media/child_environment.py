"""The environment variables that child processes (ffmpeg, decoders) get: enough to start, and no secrets.
`ffmpeg` and `decoder_pool` start theirs with it.
"""

from __future__ import annotations

import os
from typing import Final

_INHERITED: Final = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LD_LIBRARY_PATH")


def environment() -> dict[str, str]:
    """The variables for a child. Children read hostile files; an attacker who takes one over must find no secret in it."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ}
