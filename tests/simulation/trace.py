"""Records what crossed a boundary, in order and with its time. Equal hashes mean that a seed replayed exactly."""

from __future__ import annotations

import hashlib


class Trace:
    """`lines` is None unless the trace is to be printed (`kept`)."""

    def __init__(self, *, kept: bool) -> None:
        self._hash = hashlib.sha256()
        self.lines: list[str] | None = [] if kept else None

    def note(self, at_ms: int, what: str) -> None:
        line = f"{at_ms} {what}\n"
        self._hash.update(line.encode())
        if self.lines is not None:
            self.lines.append(line)

    def say(self, at_ms: int, what: str) -> None:
        """Adds a line for the reader that is not part of the hash."""
        if self.lines is not None:
            self.lines.append(f"{at_ms}     {what}\n")

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()
