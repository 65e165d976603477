"""Implements `bot.ports.Media`. Child processes read members' pictures and all clips; the bot's own drawing uses threads."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Final, Self

from bot.domain.image import Use
from bot.errors import MediaBusy, MediaError, RequestRefused
from bot.media import images
from bot.media.animatic.animatic import Animatic
from bot.media.decoder_pool import DecoderPool
from bot.media.drawing_threads import Threads
from bot.media.ffmpeg import SAFE_INPUT, FFmpeg
from bot.media.fit import Fitter
from bot.media.probe import probe
from bot.ports import CheckedImage, ClipFacts, Fitted
from bot.problem import Problem, ProblemCode

POSTER_WIDTH_PX: Final = 640
_POSTER_TIME_LIMIT_SECONDS: Final = 20.0
_POSTER_FRAMES: Final = 36
"""The poster is chosen from the first 1.5 s: early, but after a fade-in."""


class LocalMedia:
    """Pictures and clips on this machine. Use it in `async with`: leaving drops waiting work and ends the child processes."""

    def __init__(
        self, ffmpeg: FFmpeg | None = None, threads: Threads | None = None, decoders: DecoderPool | None = None
    ) -> None:
        self._ffmpeg = ffmpeg or FFmpeg()
        self._threads = threads or Threads()
        self._decoders = decoders or DecoderPool()
        self._fitter = Fitter(self._ffmpeg)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.close()
        await self._decoders.close()

    def previews(self) -> Animatic:
        """The renderer for the preview provider. It draws in the same threads."""
        return Animatic(self._ffmpeg, self._threads)

    async def check_image(self, data: bytes, use: Use, field: str, member_id: int) -> CheckedImage:
        try:
            return await self._decoders.check_image(data, use, field, member_id)
        except MediaBusy:
            raise
        except MediaError as error:
            raise RequestRefused((Problem(ProblemCode.HEAVY, field),)) from error

    async def thumbnail(self, data: bytes) -> bytes:
        return await self._threads.run(images.thumbnail, data)

    async def probe(self, path: Path) -> ClipFacts:
        return await probe(self._ffmpeg, path)

    async def fit(self, source: Path, target: Path, limit: int) -> Fitted:
        return await self._fitter.fit(source, target, limit)

    async def poster(self, path: Path) -> bytes | None:
        chosen = f"thumbnail={_POSTER_FRAMES},scale='min({POSTER_WIDTH_PX},iw)':-2:flags=lanczos"
        try:
            ran = await self._ffmpeg.inspect(
                *("-v", "error", *SAFE_INPUT, "-i", str(path), "-map", "0:V:0", "-vf", chosen),
                *("-frames:v", "1", "-q:v", "3", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-strict", "unofficial"),
                *("-f", "image2pipe", "pipe:1"),
                time_limit=_POSTER_TIME_LIMIT_SECONDS,
            )
        except MediaError:
            return None  # a clip without a poster is still a clip
        return None if ran.code or not ran.stdout else ran.stdout
