"""What a finished file is, asked of ffmpeg (the static build has no ffprobe). Knows no limits and no encodings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from bot.errors import MediaError, NotAClip
from bot.media.ffmpeg import SAFE_INPUT, FFmpeg
from bot.ports import ClipFacts

TIME_LIMIT_SECONDS: Final = 30.0

# ffmpeg indents its own lines by two spaces and tags of the file by four or more, so a title cannot pass for a stream.
_DURATION: Final = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)", re.MULTILINE)
_VIDEO: Final = re.compile(r"^  Stream #0:\d+\S*: Video: (\w+).*?, (\d{2,5})x(\d{2,5})[ ,\[]?(.*)$", re.MULTILINE)
_RATE: Final = re.compile(r"([\d.]+) fps")
_AUDIO: Final = re.compile(r"^  Stream #0:\d+\S*: Audio: (\w+)", re.MULTILINE)
_OUTPUT: Final = re.compile(r"^Output #\d", re.MULTILINE)


async def probe(ffmpeg: FFmpeg, path: Path) -> ClipFacts:
    """Decodes the first frame and walks through all packets, so that a file that plays nowhere is found out.

    Raises `NotAClip` when it does not play, another `MediaError` when the machine was in trouble and nothing can be said.
    """
    size = _size(path)
    ran = await ffmpeg.look(
        *("-xerror", *SAFE_INPUT, "-i", str(path)),
        *("-map", "0:v:0", "-frames:v", "1", "-f", "null", "-"),
        *("-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", "-f", "null", "-"),
        time_limit=TIME_LIMIT_SECONDS,
    )
    told = _OUTPUT.split(ran.stderr, maxsplit=1)[0]
    video, length = _VIDEO.search(told), _DURATION.search(told)
    if ran.code or video is None or length is None:
        if ran.hindered:
            msg = f"{path.name} could not be looked at: ffmpeg ended with {ran.code}: {ran.detail}"
            raise MediaError(msg)
        msg = f"{path.name} is not a playable clip: {ran.detail}"
        raise NotAClip(msg)
    rate, audio = _RATE.search(video[4]), _AUDIO.search(told)
    return ClipFacts(
        width=int(video[2]),
        height=int(video[3]),
        duration=int(length[1]) * 3600 + int(length[2]) * 60 + float(length[3]),
        frames_per_second=float(rate[1]) if rate else 0.0,
        size=size,
        video_codec=video[1],
        audio_codec=audio[1] if audio else None,
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        msg = f"{path.name} is not there"
        raise MediaError(msg) from error
