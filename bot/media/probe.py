"""Reads the facts of a clip (size, length, codecs, sound) with ffmpeg, since the bundled build has no ffprobe. `LocalMedia` and
`fit` call it.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.detail import Detail, DetailCode
from bot.errors import MediaError, NotAClip
from bot.media.boxes import read_layout
from bot.media.ffmpeg import SAFE_INPUT, FFmpeg, Flood, Ran
from bot.media.playability import Coded, remedy
from bot.ports import ClipFacts

TIME_LIMIT_SECONDS: Final = 30.0
_SECONDS_INSPECTED: Final = 300
"""Twenty times the longest clip. A longer file is reported with this length."""
_SECONDS_HEARD: Final = 60
_AUDIBLE_DECIBELS: Final = -80.0
"""Peak below full scale from which sound counts as audible. A track of zeros has -91 in ffmpeg, dither of one bit -90."""
_ODD_PIXELS: Final = 4.0
"""Pixels are twice as wide as high at most; where the header says more than four times, or less than a quarter, it is wrong."""
_HDR: Final = ("smpte2084", "arib-std-b67")
"""ffmpeg's names of PQ and HLG."""

# ffmpeg indents its own lines by two spaces and tags of the file by four or more, so a title cannot pass for a stream.
_CHOSEN: Final = re.compile(r"^  Stream #0:(\d+) -> #0:0 \(", re.MULTILINE)
_SHOWN: Final = re.compile(
    r"^  Stream #0:0\S*: Video: wrapped_avframe, (\w+)(\([^)]*\))?.*?, (\d{1,5})x(\d{1,5})(?:,? \[?SAR (\d+):(\d+))?",
    re.MULTILINE,
)
"""The first picture as it is to be shown, upright; the brackets hold its colour space."""
_PEAK: Final = re.compile(r"^\[Parsed_volumedetect_\d+ @ \w+\] max_volume: (-?[\d.]+) dB$", re.MULTILINE)
_MATRIX: Final = re.compile(r"^ {6}Display Matrix: ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Packets:
    """The packets of the file. `pictures` is their number, `seconds` the time from the first picture to the end of the last."""

    video_codec: str
    audio_codec: str | None
    pictures: int
    seconds: float


async def probe(ffmpeg: FFmpeg, path: Path) -> ClipFacts:
    """The facts of the file. It decodes the first frame and the sound and reads all packets, so that a broken file is noticed.

    Length and frame rate come from the packets, width and height from the decoded picture, not from the file's headers. Raises
    `NotAClip` when the file does not play, another `MediaError` when it can't be told now (no memory, say).
    """
    size = _size(path)
    ran, sound = await _inspected(ffmpeg, path)
    shown, packets = _SHOWN.search(ran.stderr), _packets(ran.stdout)
    if ran.code or shown is None or packets is None:
        if ran.hindered:
            raise MediaError(Detail(DetailCode.NOT_INSPECTED, (path.name, ran.code, ran.detail)))
        raise NotAClip(Detail(DetailCode.NOT_PLAYABLE, (path.name, ran.detail)))
    aspect = (int(shown[5] or 1) or 1) / (int(shown[6] or 1) or 1)
    hdr = any(name in (shown[2] or "") for name in _HDR)
    profile, turned = _chosen(ran)
    coded = Coded(packets.video_codec, profile, shown[1], turned, aspect == 1, hdr, packets.audio_codec)
    return ClipFacts(
        width=round(int(shown[3]) * (aspect if 1 / _ODD_PIXELS <= aspect <= _ODD_PIXELS else 1)),
        height=int(shown[4]),
        duration=packets.seconds,
        frames_per_second=round(packets.pictures / packets.seconds, 2) if packets.seconds else 0.0,
        size=size,
        video_codec=packets.video_codec,
        audio_codec=packets.audio_codec,
        remedy=remedy(coded, await asyncio.to_thread(read_layout, path)),
        audible=not sound.code and any(float(peak) > _AUDIBLE_DECIBELS for peak in _PEAK.findall(sound.stderr)),
        hdr=hdr,
        mute=packets.audio_codec is not None and sound.code != 0,
    )


async def _inspected(ffmpeg: FFmpeg, path: Path) -> tuple[Ran, Ran]:
    """The result of ffmpeg for the file, and the one for its sound. One run gives both, unless that run fails."""
    try:
        ran = await ffmpeg.inspect(*_inspect_options(path), *_HEARD, time_limit=TIME_LIMIT_SECONDS)
        if not ran.code or ran.hindered:
            return ran, ran
        # A clip with broken sound is still a clip: try without the sound.
        ran = await ffmpeg.inspect(*_inspect_options(path), time_limit=TIME_LIMIT_SECONDS)
        if ran.code:
            return ran, ran
        # Without -xerror, as players and the encoder decode: sound that is broken in places can still be heard.
        sound = await ffmpeg.inspect(*SAFE_INPUT, "-i", str(path), *_HEARD, time_limit=TIME_LIMIT_SECONDS)
    except Flood as error:
        raise NotAClip(Detail(DetailCode.TOO_MANY_PACKETS, (path.name,))) from error
    return (sound if sound.hindered else ran), sound


def _inspect_options(path: Path) -> tuple[str, ...]:
    return (
        *("-xerror", *SAFE_INPUT, "-i", str(path)),
        *("-map", "0:V:0", "-map_metadata", "-1", "-frames:v", "1", "-f", "null", "-"),
        *(*_BOTH, "-c", "copy", "-t", str(_SECONDS_INSPECTED), "-f", "framecrc", "pipe:1"),
    )


_BOTH: Final = ("-map", "0:V:0", "-map", "0:a:0?", "-map_metadata", "-1")
_HEARD: Final = (*_BOTH, "-c:v", "copy", "-af", "volumedetect", "-t", str(_SECONDS_HEARD), "-f", "null", "-")
"""The pictures are copied too, undecoded: for a clip without sound ffmpeg would otherwise fail with nothing to write."""


def _chosen(ran: Ran) -> tuple[str, bool]:
    """The profile of the stream whose picture is shown, and whether it is to be rotated or mirrored."""
    chosen = _CHOSEN.search(ran.stderr)
    number = "0" if chosen is None else chosen[1]
    stream = re.compile(
        rf"^  Stream #0:{number}\b\S*: Video: \w+ \(([\w :.]+)\)(.*?)(?=^  Stream |^Stream )", re.MULTILINE | re.DOTALL
    )
    found = stream.search(ran.stderr)
    return ("", True) if found is None else (found[1], _MATRIX.search(found[2]) is not None)


def _packets(told: bytes) -> _Packets | None:
    """Reads the output of ffmpeg's `framecrc` muxer: codecs and time base first, then a line for each packet.

    A line is `stream, dts, pts, duration, size, checksum`, in units of the time base. None where there is no picture.
    """
    head: dict[bytes, bytes] = {}
    starts: list[int] = []
    ends: list[int] = []
    for line in told.splitlines():
        if line.startswith(b"#"):
            key, _, value = line.partition(b": ")
            head[key] = value
        elif line.startswith(b"0,"):
            fields = line.split(b",")
            starts.append(int(fields[2]))
            ends.append(int(fields[2]) + int(fields[3]))
    over, _, under = head.get(b"#tb 0", b"").partition(b"/")
    if not starts or not under.isdigit() or not int(under):
        return None
    audio = head.get(b"#codec_id 1")
    return _Packets(
        head.get(b"#codec_id 0", b"").decode("ascii", "replace"),
        None if audio is None else audio.decode("ascii", "replace"),
        len(starts),
        (max(ends) - min(starts)) * int(over) / int(under),
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise MediaError(Detail(DetailCode.FILE_GONE, (path.name,))) from error
