"""The door to whoever draws a preview. The provider keeps jobs; it knows neither Pillow nor ffmpeg."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from bot.ports import Submission


class Renderer(Protocol):
    async def render(
        self, submission: Submission, images: Sequence[bytes], target: Path, on_progress: Callable[[float], None]
    ) -> None:
        """Writes the clip to `target`, complete or not at all, telling `on_progress` 0..1 as it goes. Raises `MediaError`.

        Cancelling it stops the encoder before it returns.
        """
        ...
