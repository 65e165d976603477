"""Builds the ffmpeg command of a preview, which moves the layers that were drawn before. `animatic` calls it.

Layers are files of raw pixels: decoding a PNG for every frame would take longer than moving it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PIL import Image

from bot.domain.limits import FRAMES_PER_SECOND
from bot.media.animatic.gradients import Size

_TO_YUV: Final = "scale=out_color_matrix=bt709:out_range=tv"
_BT709: Final = "color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
PRESET: Final = "superfast"
"""A third faster than veryfast, with files of the same size: a longer search for motion finds none in grain and rain."""
QUALITY: Final = 20
BITS_MOST: Final = 4_500_000
"""Bits per second at most, at any size: 15 s stay under 10 MiB, the lowest upload limit of Discord."""
AUDIO_BITS: Final = 160_000
_FADE_SECONDS: Final = 0.28
_RISE: Final = 0.012
"""How far a caption rises while it appears, as a share of the frame's height."""
_GRAIN: Final = 5


@dataclass
class Graph:
    """Collects inputs and filters. Layers are added from back to front."""

    folder: Path
    size: Size
    duration: int
    _inputs: list[str] = field(default_factory=list[str])
    _filters: list[str] = field(default_factory=list[str])
    _count: int = 0
    _top: str = ""

    @property
    def frames(self) -> int:
        return self.duration * FRAMES_PER_SECOND

    def ground(self, still: Image.Image) -> None:
        """Adds the still that fills the frame, below all other layers."""
        source = self._input(still.convert("RGB"))
        self._step(f"[{source}]{_TO_YUV},format=yuv420p,{self._hold(self.frames)}")

    def move(self, perspective: str) -> None:
        """Applies the camera's move to all layers added so far."""
        self._step(f"{self._top}{perspective}")

    def grain(self, seed: int) -> None:
        self._step(f"{self._top}noise=c0s={_GRAIN}:c0f=t:c0_seed={seed}")

    def lay(self, layer: Image.Image, *, x: str = "0", y: str = "0", frame_by_frame: bool = False) -> None:
        """Adds a layer for the whole clip. `x` and `y` are expressions of ffmpeg's overlay; moving ones
        need `frame_by_frame`.
        """
        name = self._layer(layer, self.frames, "")
        self._over(name, f"x='{x}':y='{y}':eval={'frame' if frame_by_frame else 'init'}")

    def show(self, layer: Image.Image, start: float, end: float, *, x: int = 0, y: int = 0, rises: bool = False) -> None:
        """Adds a layer that fades in at `start` and has faded out at `end` (seconds)."""
        frames = max(round((end - start) * FRAMES_PER_SECOND), 2)
        fade = min(_FADE_SECONDS, (end - start) / 3)
        at = (
            f",setpts=PTS+{start:.3f}/TB,fade=t=in:st={start:.3f}:d={fade:.3f}:alpha=1,"
            f"fade=t=out:st={end - fade:.3f}:d={fade:.3f}:alpha=1"
        )
        place = f"{y}"
        if rises:
            way = self.size[1] * _RISE
            place = f"{y}+{way:.1f}*pow(1-clip((t-{start:.3f})/{fade * 1.6:.3f},0,1),3)"
        self._over(self._layer(layer, frames, at), f"x={x}:y='{place}':eval={'frame' if rises else 'init'}")

    def command(self, sound: str, target: Path) -> tuple[str, ...]:
        """The arguments of ffmpeg for the whole clip. `sound` is a filter chain that ends in [sound]."""
        picture = f"{self._top}format=yuv420p,setsar=1,setparams={_BT709}[picture]"
        return (
            *("-v", "error", "-y"),
            *self._inputs,
            # Two graphs, so that the sound is made on another core.
            *("-filter_complex", ";".join((*self._filters, picture)), "-filter_complex", sound),
            *("-map", "[picture]", "-map", "[sound]", "-frames:v", str(self.frames), "-t", str(self.duration)),
            *("-r", str(FRAMES_PER_SECOND), "-fps_mode", "cfr"),
            *("-c:v", "libx264", "-preset", PRESET, "-crf", str(QUALITY), "-profile:v", "high", "-pix_fmt", "yuv420p"),
            # One thread: with a bit rate limit only that makes x264's output the same each time. Filters use the other cores.
            *("-threads:v", "1", "-bf", "0"),
            *("-maxrate", str(BITS_MOST), "-bufsize", str(BITS_MOST * 2), "-g", str(FRAMES_PER_SECOND * 2)),
            *("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"),
            *("-c:a", "aac", "-b:a", str(AUDIO_BITS), "-ar", "48000", "-ac", "2"),
            *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1"),
            *("-movflags", "+faststart", "-f", "mp4", str(target)),
        )

    def _layer(self, layer: Image.Image, frames: int, then: str) -> str:
        source = self._input(layer)
        self._filters.append(f"[{source}]{_TO_YUV},format=yuva420p,{self._hold(frames)}{then}[layer{source}]")
        return f"[layer{source}]"

    def _over(self, layer: str, options: str) -> None:
        self._step(f"{self._top}{layer}overlay={options}:eof_action=pass:format=yuv420")

    def _step(self, text: str) -> None:
        name = f"[step{len(self._filters)}]"
        self._filters.append(text + name)
        self._top = name

    def _hold(self, frames: int) -> str:
        return f"loop=loop={frames - 1}:size=1,setpts=N/{FRAMES_PER_SECOND}/TB"

    def _input(self, image: Image.Image) -> int:
        path = self.folder / f"{self._count}.raw"
        path.write_bytes(image.tobytes())
        form = {"RGB": "rgb24", "RGBA": "rgba"}[image.mode]
        self._inputs += [
            *("-f", "rawvideo", "-pixel_format", form, "-video_size", f"{image.width}x{image.height}"),
            *("-framerate", str(FRAMES_PER_SECOND), "-i", str(path)),
        ]
        self._count += 1
        return self._count - 1
