"""The Protocol for drawing a preview clip. `PreviewProvider` calls it; `bot.media.animatic` implements it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from bot.ports import Submission


class Renderer(Protocol):
    async def render(
        self, submission: Submission, images: Sequence[bytes], target: Path, on_progress: Callable[[float], None]
    ) -> None:
        """Writes the clip to `target`, complete or not at all. Calls `on_progress` with 0 to 1. Raises `MediaError`.

        When cancelled, it stops the encoder before it returns.
        """
        ...
