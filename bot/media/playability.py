"""Decides whether a clip plays on every Discord client, and if not, what must be done. `probe` calls it.

Plays everywhere: H.264 with 8 bits and 4:2:0, upright, square pixels, AAC or no sound, in an MP4 whose index comes first. With
HEVC, AV1, VP9, 10 bits or 4:4:4 many phones and browsers show no picture. Some players ignore rotation and pixel shape. Most
show PQ and HLG in grey and dull colours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.media.boxes import Layout
from bot.ports import Remedy

_PROFILES: Final = frozenset({"Baseline", "Constrained Baseline", "Main", "High"})
_PIXEL_FORMATS: Final = frozenset({"yuv420p", "yuvj420p"})


@dataclass(frozen=True, slots=True)
class Coded:
    """How a clip is coded, by ffmpeg's names. `turned`: it is to be shown rotated or mirrored. `hdr` as in `ClipFacts`."""

    video_codec: str
    profile: str
    pixel_format: str
    turned: bool
    square_pixels: bool
    hdr: bool
    audio_codec: str | None


def remedy(coded: Coded, layout: Layout) -> Remedy:
    """The least change that makes the clip play everywhere."""
    picture_plays = (
        coded.video_codec == "h264"
        and coded.profile in _PROFILES
        and coded.pixel_format in _PIXEL_FORMATS
        and not coded.turned
        and coded.square_pixels
        and not coded.hdr
    )
    if not picture_plays:
        return Remedy.CONVERT
    return Remedy.NONE if layout.plain and coded.audio_codec in {None, "aac"} else Remedy.REPACK
