"""What every child process of ours gets of the environment: enough to start, and none of the tokens that stand in it."""

from __future__ import annotations

import os
from typing import Final

_INHERITED: Final = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LD_LIBRARY_PATH")


def environment() -> dict[str, str]:
    """Hostile bytes are read in these children: whatever takes one over finds no secret in it."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ}
