"""Simulated `Media`: it judges by content, takes time, and fails at times. The clips that it makes are bytes that say so."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.disk import put_in_place
from bot.domain.image import ImageFacts, Use
from bot.errors import CannotFit, MediaError, NotAClip
from bot.ports import Change, CheckedImage, ClipFacts, Fitted, Remedy
from tests.simulation.clip import Clip, read_clip

if TYPE_CHECKING:
    from tests.simulation.lives import Life

_LONG_CHECK_SECONDS: Final = 90.0
ENCODING_SECONDS_MOST: Final = 720.0
"""As long as ffmpeg may take for the longest clip. As in reality there is one encoder, and another one for clips whose
encode failed before. Here every clip takes its turn at one of the two, also a clip that stays as it is."""
_FITTED_SHARE: Final = (0.6, 0.97)
"""Size of an encoded clip as a share of the limit."""
_CHANGED: Final[dict[Remedy, frozenset[Change]]] = {
    Remedy.NONE: frozenset(),
    Remedy.REPACK: frozenset({Change.REPACKED}),
    Remedy.CONVERT: frozenset({Change.CONVERTED}),
}
_SECONDS: Final = 15.0
"""Length of a clip: the longest that can be asked for, so that only `_SHORT_SECONDS` is too short."""
_SHORT_SECONDS: Final = 2.0
"""Shorter than any length that can be asked for."""


class SimulatedMedia:
    """Implements `Media` for one life."""

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
        clip = read_clip(path.read_bytes() if path.exists() else b"")
        if clip is None:
            raise NotAClip("moov atom not found")
        return _facts(clip)

    async def fit(self, source: Path, target: Path, limit: int) -> Fitted:
        """As the real one: a clip that plays everywhere and is small enough stays as it is."""
        facts = await self.probe(source)
        async with self._encoders[source in self._broken]:
            if self._ones("encoding hangs", source):
                await asyncio.sleep(ENCODING_SECONDS_MOST)
                self._broken.add(source)
                raise MediaError("ffmpeg took more than 720 s")
            await self._work(3)
        if facts.size > limit and self._faults.strikes("ffmpeg: fits nothing"):
            self._life.world.unfit.add(int(source.name.partition(".")[0]))
            raise CannotFit("no encoding fits")
        clip = read_clip(source.read_bytes())
        if clip is None:
            raise NotAClip("moov atom not found")
        if facts.size <= limit and facts.remedy is Remedy.NONE:
            return Fitted(source, facts, frozenset(), facts.came)
        most = limit if facts.remedy is Remedy.REPACK else limit * self._dice.uniform(*_FITTED_SHARE)
        made = replace(clip, size=min(facts.size, int(most)), coding="plain")
        await self._write(target, made.data)
        small = {Change.COMPRESSED} if facts.size > limit else set()
        return Fitted(target, _facts(made), _CHANGED[facts.remedy] | small, facts.came)

    async def _write(self, target: Path, data: bytes) -> None:
        half = target.with_name(f".{target.name}.part")
        try:
            half.write_bytes(data)
            await asyncio.to_thread(put_in_place, half, target)
        finally:
            half.unlink(missing_ok=True)

    async def poster(self, path: Path) -> bytes | None:
        await self._work(0.5)
        return None if self._faults.strikes("ffmpeg: no poster") else b"jpeg"

    def _ones(self, name: str, path: Path) -> bool:
        """Whether the one member has this trouble and the clip is theirs."""
        member = self._life.world.member_of(int(path.name.partition(".")[0]))
        return self._life.world.single_trouble.strikes(name, member)

    async def _work(self, seconds: float) -> None:
        await self._life.cross("ffmpeg")
        await asyncio.sleep(self._dice.uniform(0.05, 2) * seconds)
        if self._faults.strikes("ffmpeg: cancelled from inside"):
            raise asyncio.CancelledError


def _facts(clip: Clip) -> ClipFacts:
    seconds = _SHORT_SECONDS if clip.lacks == "length" else _SECONDS
    sound = None if clip.lacks == "sound" else "aac"
    codec = "hevc" if clip.remedy is Remedy.CONVERT else "h264"
    return ClipFacts(1920, 1080, seconds, 24.0, clip.size, codec, sound, clip.remedy)
