"""Renders a preview clip: draws the layers once, on a thread, and lets ffmpeg move them. `PreviewProvider` calls it."""

from __future__ import annotations

import asyncio
import io
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

from bot.detail import Detail, DetailCode
from bot.disk import put_in_place
from bot.domain.clip import Kind
from bot.errors import MediaError
from bot.media.animatic import caption_layers
from bot.media.animatic.backdrop import backdrop
from bot.media.animatic.camera import move_for, perspective
from bot.media.animatic.caption_timing import Phrase, phrases
from bot.media.animatic.filter_graph import Graph
from bot.media.animatic.gradients import Size
from bot.media.animatic.portraits import ensemble, spotlight
from bot.media.animatic.scene import Colour, Scene, scene_of
from bot.media.animatic.soundtrack import sound
from bot.media.animatic.weather import weather
from bot.media.drawing_threads import Threads
from bot.media.ffmpeg import FFmpeg
from bot.ports import Submission

_TIME_LIMIT_SECONDS: Final = 120.0
_TIME_LIMIT_PER_SECOND: Final = 30.0
_CALM: Final = 0.35
"""Share of the camera's movement over portraits, which must stay in the frame."""
_HEADROOM: Final = 0.05
"""How far above its middle the camera looks at a member's picture, in half frames: faces are above the middle, and captions
below it."""
_SCRIM: Final = 0.55
"""How dark the lower part is behind captions, 0 to 1."""


class Animatic:
    """Implements `Renderer`. The same submission and images give the same clip, frame by frame."""

    def __init__(self, ffmpeg: FFmpeg | None = None, threads: Threads | None = None) -> None:
        self._ffmpeg = ffmpeg or FFmpeg()
        self._threads = threads or Threads()

    async def render(
        self, submission: Submission, images: Sequence[bytes], target: Path, on_progress: Callable[[float], None]
    ) -> None:
        """Writes the clip to `target`, complete or not at all. Calls `on_progress` with 0 to 1. Raises `MediaError`.

        `images` are checked images, in the order in which the prompt numbers them.
        """
        folder = Path(tempfile.mkdtemp(prefix=".render-", dir=target.parent))
        half = folder / "clip.mp4"
        try:
            command = await self._threads.run(compose, submission, images, folder, half)
            on_progress(_DRAWN)
            await self._ffmpeg.do(
                *command,
                time_limit=_TIME_LIMIT_SECONDS + _TIME_LIMIT_PER_SECOND * submission.request.duration,
                on_seconds=lambda seconds: on_progress(_DRAWN + (1 - _DRAWN) * min(seconds / submission.request.duration, 1.0)),
            )
            await asyncio.to_thread(put_in_place, half, target)
        finally:
            await self._threads.run(shutil.rmtree, folder, ignore_errors=True)


_DRAWN: Final = 0.08
"""Progress, 0 to 1, when the layers are drawn and ffmpeg starts."""


def compose(submission: Submission, images: Sequence[bytes], folder: Path, target: Path) -> tuple[str, ...]:
    """Draws all layers into `folder` and returns the ffmpeg arguments that make `target` from them. Blocking."""
    request, size, seed = submission.request, submission.frame, submission.seed
    scene = scene_of(request.prompt, seed)
    accent = scene.palette.accent
    graph = Graph(folder, size, request.duration)
    told = phrases(request.prompt, request.duration, caption_layers.holds(size), caption_layers.shows)
    _arrange(graph, submission, [_opened(data) for data in images], scene, told)
    graph.grain(seed % 2**31)
    frame = caption_layers.chrome(size, _settings(submission), accent, scrim=_SCRIM)
    graph.lay(frame)
    _words(graph, told, size, accent)
    graph.lay(caption_layers.hairline(size, accent), x=f"-w+w*min(t/{request.duration},1)", y="H-h", frame_by_frame=True)
    return graph.command(sound(scene, seed, request.duration), target)


def _arrange(graph: Graph, submission: Submission, pictures: list[Image.Image], scene: Scene, told: tuple[Phrase, ...]) -> None:
    request, size, seed, accent = submission.request, submission.frame, submission.seed, scene.palette.accent
    calm, up = 1.0, 0.0
    match request.kind:
        case Kind.TEXT:
            graph.ground(backdrop(size, scene, seed))
        case Kind.IMAGE:
            up = _HEADROOM
            graph.ground(ImageOps.fit(pictures[0], size, Image.Resampling.LANCZOS))
        case Kind.CHARACTERS:
            calm = _CALM
            graph.ground(ensemble(pictures, size, accent))
            for phrase in told:
                layer = spotlight(phrase.characters, len(pictures), size, accent)
                if layer is not None:
                    graph.show(layer, phrase.start, phrase.end)
    graph.move(perspective(move_for(request.prompt, seed, request.duration, share=calm, up=up), graph.frames))
    # Rain would only hide portraits, and a single picture already shows a weather of its own.
    if scene.weather and request.kind is Kind.TEXT:
        falling = weather(scene.weather, size, accent, seed)
        graph.lay(falling.image, y=f"-H+mod({falling.speed}*H*t+8*H,H)", frame_by_frame=True)


def _words(graph: Graph, told: tuple[Phrase, ...], size: Size, accent: Colour) -> None:
    for phrase in told:
        layer = caption_layers.caption(phrase, size, accent)
        if layer is not None:
            graph.show(layer.image, phrase.start, phrase.end, x=layer.x, y=layer.y, rises=True)


def _settings(submission: Submission) -> str:
    width, height = submission.frame
    shape = f"{width} × {height}" if submission.request.kind is Kind.IMAGE else submission.request.aspect
    return f"{submission.request.duration} s · {shape} · {submission.request.resolution}"


def _opened(data: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
            return image.convert("RGB")
    except (OSError, ValueError, SyntaxError) as error:
        raise MediaError(Detail(DetailCode.IMAGE_NOT_OPENED)) from error
