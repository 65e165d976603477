"""Makes a clip small enough to upload and playable everywhere. A clip that is both already stays as it is.

`LocalMedia` calls it. Other clips are repacked or encoded. One pass of the encoder is mostly enough: the average bit rate
leaves a margin below the limit, and the VBV (the encoder's buffer model) bounds the rate where there is much motion. A clip
that still comes out too large gets a second pass at a lower rate.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bot.detail import Detail, DetailCode
from bot.disk import put_in_place
from bot.domain.clip import Resolution
from bot.errors import CannotFit, MediaError, NotAClip
from bot.media.ffmpeg import SAFE_INPUT, FFmpeg
from bot.media.probe import probe
from bot.ports import Change, ClipFacts, Fitted, Remedy

_log: Final = logging.getLogger(__name__)
PRESET: Final = "faster"
"""Measured on two cores, 15 s of 1080P to 10 MiB: veryfast 11 s at VMAF 88.0, faster 17 s at 90.6, medium 25 s at 91.2."""
MARGIN: Final = 0.95
"""Share of the limit that the first pass aims at. Measured: with the VBV that `encoder_options` sets, 15 s of a scene with
more and more motion come out up to 3 % larger than aimed at, differently from run to run. At 0.97 every fifth first pass was
too large and had to be repeated."""
TRIES: Final = 2
SECOND_TRY: Final = 0.86
"""The second pass aims at the first one's aim, times limit / size, times this. Measured on the worst case, one second of noise:
first passes differ by a tenth from run to run, so with 0.94 the second pass was sometimes too large again."""
FULL_SIZE_BITS_PER_PIXEL: Final = 0.05
"""Below this the clip looks worse than one in 720P scaled up, so it is scaled down to 720P."""
LEAST_BITS_PER_PIXEL: Final = 0.015
"""Below this the clip is not worth watching: a link is better."""
_AUDIO_BITS: Final = 128_000
_SMALL_AUDIO_BITS: Final = 96_000
_SMALL_TOTAL_BITS: Final = 1_500_000
_CONTAINER_BYTES: Final = 4_096
_CONTAINER_BYTES_PER_SECOND: Final = 24 * 16 + 47 * 8
"""Index of one second: 16 bytes for each of 24 video frames, 8 bytes for each of 47 AAC frames."""
_QUALITY: Final = 18
"""x264's constant rate factor for a clip that is small enough and is only converted: no visible difference."""
_TIME_LIMIT_SECONDS: Final = 120.0
_TIME_LIMIT_PER_SECOND: Final = 40.0
_BROKEN_REMEMBERED: Final = 100
"""How many clips whose encode failed are remembered: more than ever fail at the same time."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """Settings of one pass. Bit rates are bits per second; `frame` is width and height in pixels.

    With a `quality` (x264's rate factor) the pass uses as many bits as that needs, at most `video_bits`. `tone_map` converts
    colours for brighter screens (PQ, HLG) to those of every screen.
    """

    video_bits: int
    audio_bits: int
    frame: tuple[int, int]
    quality: int | None = None
    tone_map: bool = False


class Fitter:
    """Fits clips, one encode at a time: two side by side take as long, with twice the memory.

    Clips whose encode failed before, mostly by its time limit, wait in a queue of their own, also one at a time: they are tried
    for hours, and all others would wait for them.
    """

    def __init__(self, ffmpeg: FFmpeg) -> None:
        self._ffmpeg = ffmpeg
        self._encodes = asyncio.Semaphore(1)
        self._encodes_of_broken = asyncio.Semaphore(1)
        self._broken: deque[Path] = deque(maxlen=_BROKEN_REMEMBERED)

    async def fit(self, source: Path, target: Path, limit: int) -> Fitted:
        """Does what `Media.fit` says. `target` is complete or absent, whatever happens."""
        facts = await probe(self._ffmpeg, source)
        if facts.size <= limit and facts.remedy is Remedy.NONE:
            return Fitted(source, facts, frozenset(), facts.came)
        async with self._encodes_of_broken if source in self._broken else self._encodes:
            try:
                fitted = await self._made_playable(source, target, facts, limit) if facts.size <= limit else None
                return fitted or await self._made_small(source, target, facts, limit)
            except MediaError:
                if source not in self._broken:
                    self._broken.append(source)
                raise

    async def _made_playable(self, source: Path, target: Path, facts: ClipFacts, limit: int) -> Fitted | None:
        """Repacks or converts a clip that is small enough but does not play everywhere. None if the result is too large."""
        if facts.remedy is Remedy.REPACK:
            sound = ("-c:a", "copy" if facts.audio_codec == "aac" else "aac") if not facts.mute else ("-an",)
            try:
                size = await self._write(source, target, facts, (*_STREAMS, "-c:v", "copy", *sound, *_PACKED), limit)
                repacked = await self._encoded(target) if size <= limit else None
            except MediaError as error:
                # A stream that does not fit into an MP4 is encoded anew. If the machine is in trouble, that fails too.
                _log.warning("%s can't be repacked: %s", source.name, error)
                repacked = None
            if repacked is not None and repacked.remedy is Remedy.NONE:
                return Fitted(target, repacked, _muted(facts) | {Change.REPACKED}, facts.came)
        chosen = replace(encoding(facts, int(limit * MARGIN)), quality=_QUALITY)
        size = await self._encode(source, target, facts, chosen, limit)
        if size > limit:
            return None
        changed = _smaller(facts, chosen) | _muted(facts) | {Change.CONVERTED}
        return Fitted(target, await self._encoded(target), changed, facts.came)

    async def _made_small(self, source: Path, target: Path, facts: ClipFacts, limit: int) -> Fitted:
        aim, size = limit * MARGIN, 0
        for _ in range(TRIES):
            chosen = encoding(facts, int(aim))
            size = await self._encode(source, target, facts, chosen, limit)
            if size <= limit:
                return Fitted(target, await self._encoded(target), _compressed(facts, chosen), facts.came)
            aim *= limit / size * SECOND_TRY
        msg = f"{facts.duration:.1f} s came out at {size:,} bytes, the limit is {limit:,}"
        raise CannotFit(msg)

    async def _encoded(self, target: Path) -> ClipFacts:
        try:
            return await probe(self._ffmpeg, target)
        except NotAClip as error:
            # The source plays, so the encoder is at fault, not the clip.
            raise MediaError(Detail(DetailCode.ENCODED_NOT_PLAYABLE, causes=(error.reason,))) from error

    async def _encode(self, source: Path, target: Path, facts: ClipFacts, chosen: Encoding, limit: int) -> int:
        try:
            return await self._write(source, target, facts, encoder_options(chosen), limit)
        except MediaError as error:
            if not chosen.tone_map:
                raise
            # Some builds of ffmpeg lack the filters: dull colours are better than no clip.
            _log.warning("%s keeps its HDR colours: %s", source.name, error)
        return await self._write(source, target, facts, encoder_options(replace(chosen, tone_map=False)), limit)

    async def _write(self, source: Path, target: Path, facts: ClipFacts, options: Sequence[str], limit: int) -> int:
        """Runs ffmpeg and returns the size of the result in bytes. `target` is written only if that is within the limit."""
        half = target.with_name(f".{target.name}.part")
        try:
            await self._ffmpeg.do(
                *("-v", "error", "-y", *SAFE_INPUT, "-i", str(source)),
                *options,
                *("-f", "mp4", str(half)),
                time_limit=_TIME_LIMIT_SECONDS + _TIME_LIMIT_PER_SECOND * facts.duration,
            )
            size = half.stat().st_size
            if size <= limit:
                await asyncio.to_thread(put_in_place, half, target)
        finally:
            half.unlink(missing_ok=True)
        return size


# One video and one audio stream, without cover pictures, tags and chapters.
_STREAMS: Final = ("-map", "0:V:0", "-map", "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1")
_PACKED: Final = ("-movflags", "+faststart")
_TONE_MAP: Final = (
    ",setparams=color_primaries=bt2020:colorspace=bt2020nc,zscale=t=linear:npl=203,format=gbrpf32le"
    ",zscale=p=bt709,tonemap=mobius:param=0.6:desat=0,zscale=t=bt709:m=bt709:r=tv"
)
"""White in PQ and HLG is 203 cd/m² (ITU-R BT.2408) and the primaries are BT.2020's, whether a file says so or not. Measured on
colours converted to PQ and HLG and back: unchanged up to 60 % of white. Above that there is room for brighter colours, so white
comes out at 223 of 255. With `hable` everything is darker by a sixth."""


def encoder_options(chosen: Encoding) -> tuple[str, ...]:
    """Options of ffmpeg between the input file and the output file."""
    width, height = chosen.frame
    bits = chosen.video_bits
    audio = ("-c:a", "aac", "-b:a", str(chosen.audio_bits), "-ac", "2") if chosen.audio_bits else ("-an",)
    rate = ("-b:v", str(bits)) if chosen.quality is None else ("-crf", str(chosen.quality))
    return (
        *_STREAMS,
        *("-vf", f"scale={width}:{height}:flags=lanczos,setsar=1{_TONE_MAP if chosen.tone_map else ''}", "-pix_fmt", "yuv420p"),
        *("-c:v", "libx264", "-preset", PRESET, "-profile:v", "high"),
        *(*rate, "-maxrate", str(bits * 6 // 5), "-bufsize", str(bits)),
        *audio,
        *_PACKED,
    )


def encoding(facts: ClipFacts, size: int) -> Encoding:
    """The best encoding for about `size` bytes. Raises `CannotFit` below `LEAST_BITS_PER_PIXEL`."""
    duration = max(facts.duration, 0.1)
    total = (size - _CONTAINER_BYTES - _CONTAINER_BYTES_PER_SECOND * duration) * 8 / duration
    audio = 0
    if facts.audio_codec is not None and not facts.mute:
        audio = _SMALL_AUDIO_BITS if total < _SMALL_TOTAL_BITS else _AUDIO_BITS
    video = int(total - audio)
    frame = _even(facts.width, facts.height, 1.0)
    if _bits_per_pixel(video, frame, facts) < FULL_SIZE_BITS_PER_PIXEL:
        frame = _even(facts.width, facts.height, min(1.0, Resolution.P720.short_side / min(facts.width, facts.height)))
    if _bits_per_pixel(video, frame, facts) < LEAST_BITS_PER_PIXEL:
        msg = f"{video:,} bits/s are too few for {frame[0]} x {frame[1]}"
        raise CannotFit(msg)
    return Encoding(video, audio, frame, tone_map=facts.hdr)


def _bits_per_pixel(video_bits: int, frame: tuple[int, int], facts: ClipFacts) -> float:
    return video_bits / (frame[0] * frame[1] * (facts.frames_per_second or 24.0))


def _even(width: int, height: int, scale: float) -> tuple[int, int]:
    return max(round(width * scale / 2) * 2, 2), max(round(height * scale / 2) * 2, 2)


def _compressed(facts: ClipFacts, chosen: Encoding) -> frozenset[Change]:
    changed = _smaller(facts, chosen) | _muted(facts) | {Change.COMPRESSED}
    return changed if facts.remedy is Remedy.NONE else changed | {Change.CONVERTED}


def _muted(facts: ClipFacts) -> frozenset[Change]:
    return frozenset({Change.SOUND_LEFT_OUT}) if facts.mute else frozenset()


def _smaller(facts: ClipFacts, chosen: Encoding) -> frozenset[Change]:
    smaller = min(chosen.frame) < min(facts.width, facts.height) - 1
    return frozenset({Change.SMALLER_FRAME}) if smaller else frozenset()
