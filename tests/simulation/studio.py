"""ffmpeg and Pillow: they judge by content, take a while, and stumble. A clip is some bytes that say what they are."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.domain.image import ImageFacts, Use
from bot.errors import CannotFit, MediaError, NotAClip
from bot.ports import CheckedImage, ClipFacts, Fitted

if TYPE_CHECKING:
    from tests.simulation.lives import Life

_HEAD: Final = b"CLIP "
_TAIL: Final = b" END"
_SMALL: Final = 40
_LONG_CHECK_SECONDS: Final = 90.0
ENCODING_SECONDS_MOST: Final = 720.0
"""As long as ffmpeg may take for the longest clip. As in the real studio there is one encoder, and one for clips that broke
off in it before. Every clip here goes through it."""
_SECONDS: Final = 15.0
"""The longest that can be asked for, so that no other clip is shorter than it should be."""
_SHORT_SECONDS: Final = 2.0
"""Shorter than any that can be asked for."""


def clip_bytes(reference: str, lacks: str = "") -> bytes:
    """The finished clip as the vendor serves it, `lacks` length or sound."""
    return _HEAD + reference.encode() + b" " + lacks.encode() + b"." * 60 + _TAIL


NO_VIDEO: Final = b"<html>" + b"." * 60 + b"</html>"
"""A whole file all the same."""


def is_whole(data: bytes) -> bool:
    return data.startswith(_HEAD) and data.endswith(_TAIL)


class SimulatedStudio:
    """`Media` for one life."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._faults = life.world.faults
        self._dice = life.world.chance.of("ffmpeg's pace")
        self._encoders = (asyncio.Semaphore(1), asyncio.Semaphore(1))
        self._broken: set[Path] = set()

    async def check_image(self, data: bytes, use: Use, field: str, member_id: int) -> CheckedImage:
        await asyncio.sleep(self._dice.uniform(0.01, 0.5))
        if self._life.world.single_trouble.strikes("pictures take long to check", member_id):
            await asyncio.sleep(_LONG_CHECK_SECONDS)
        return CheckedImage(data, "image/png", 1024, 1024, ImageFacts("PNG", 1024, 1024, len(data)))

    async def thumbnail(self, data: bytes) -> bytes:
        return data[:8]

    async def probe(self, path: Path) -> ClipFacts:
        await self._work(0.2)
        if self._faults.strikes("ffmpeg: stumbles") or self._ones("ffmpeg stumbles", path):
            raise MediaError("ffmpeg could not be started")
        data = path.read_bytes() if path.exists() else b""
        if not is_whole(data):
            raise NotAClip("moov atom not found")
        sound, seconds = None if b" sound." in data else "aac", _SHORT_SECONDS if b" length." in data else _SECONDS
        return ClipFacts(1280, 720, seconds, 24.0, len(data), "h264", sound)

    async def fit(self, source: Path, target: Path, limit: int) -> Fitted:
        facts = await self.probe(source)
        async with self._encoders[source in self._broken]:
            if self._ones("encoding hangs", source):
                await asyncio.sleep(ENCODING_SECONDS_MOST)
                self._broken.add(source)
                raise MediaError("ffmpeg took more than 720 s")
            await self._work(3)
        if self._faults.strikes("ffmpeg: fits nothing"):
            self._life.world.unfit.add(int(source.name.partition(".")[0]))
            raise CannotFit("no encoding fits")
        return Fitted(source, facts, "")

    async def poster(self, path: Path) -> bytes | None:
        await self._work(0.5)
        return None if self._faults.strikes("ffmpeg: no poster") else b"jpeg"

    def _ones(self, name: str, path: Path) -> bool:
        """Whether this trouble is the one member's whose clip it is."""
        member = self._life.world.member_of(int(path.name.partition(".")[0]))
        return self._life.world.single_trouble.strikes(name, member)

    async def _work(self, seconds: float) -> None:
        await self._life.cross("ffmpeg")
        await asyncio.sleep(self._dice.uniform(0.05, 2) * seconds)
        if self._faults.strikes("ffmpeg: cancelled from inside"):
            raise asyncio.CancelledError
