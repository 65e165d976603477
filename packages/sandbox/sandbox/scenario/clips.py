"""Real clips without a model: a moving gradient and a chord, in the frame and length asked for, made once per settings.

They are kept in the machine's temporary folder and shared by every sandbox there, so that tests pay for each only once.
"""

import asyncio
import os
import tempfile
from collections import defaultdict
from pathlib import Path

import imageio_ffmpeg

_VERSION = 1  # part of the folder's name: raise it when the picture changes
_FRAMES_PER_SECOND = 24
_MP4_BOX_HEADER = 8
_MP4_BOX_MOST = 2**32 - 1

_PICTURE = (
    f"gradients=size=96x54:rate={_FRAMES_PER_SECOND}:speed=0.03:seed=7:nb_colors=4"
    ":c0=0x1b2a49:c1=0xe07a5f:c2=0xf2cc8f:c3=0x3d405b"
)
_SOUND = "aevalsrc=0.12*sin(2*PI*220*t)*(1-0.5*sin(PI*t))+0.08*sin(2*PI*330*t):sample_rate=48000"


class Clips:
    """`folder` None means the shared one."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(tempfile.gettempdir()) / f"bot-sandbox-clips-{_VERSION}-{_whose()}"
        self._making: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def clip(self, frame: tuple[int, int], seconds: int, pad_to: int = 0) -> Path:
        """Return an MP4 (H.264, AAC, faststart); one that is smaller than `pad_to` bytes is padded to exactly that."""
        plain = self.folder / f"{frame[0]}x{frame[1]}-{seconds}s.mp4"
        scale = f"scale={frame[0]}:{frame[1]}:flags=bilinear,format=yuv420p,setsar=1"
        await self._made(
            plain,
            *("-f", "lavfi", "-i", _PICTURE, "-f", "lavfi", "-i", _SOUND, "-vf", scale, "-t", str(seconds)),
            *("-r", str(_FRAMES_PER_SECOND), "-c:v", "libx264", "-preset", "ultrafast", "-crf", "28"),
            *("-c:a", "aac", "-b:a", "64k", "-ac", "2", "-movflags", "+faststart", "-f", "mp4"),
        )
        if pad_to < plain.stat().st_size + _MP4_BOX_HEADER:
            return plain
        return _padded(plain, min(pad_to, _MP4_BOX_MOST))

    async def still(self, frame: tuple[int, int], seconds: int, *, last: bool = False) -> Path:
        """Return the clip's first or last frame as JPEG."""
        clip = await self.clip(frame, seconds)
        still = clip.with_name(f"{clip.stem}-{'last' if last else 'first'}.jpg")
        seek = ("-sseof", "-0.2") if last else ()
        await self._made(still, *seek, "-i", str(clip), "-frames:v", "1", "-c:v", "mjpeg", "-f", "image2")
        return still

    async def _made(self, target: Path, *arguments: str) -> None:
        async with self._making[target.name]:
            if target.exists():  # noqa: ASYNC240 - one stat of a local file
                return
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished = target.with_name(f"{os.getpid()}-{target.name}")
            process = await asyncio.create_subprocess_exec(
                imageio_ffmpeg.get_ffmpeg_exe(),
                *("-v", "error", "-nostdin", "-y"),
                *arguments,
                str(unfinished),
                stderr=asyncio.subprocess.PIPE,
            )
            _, said = await process.communicate()
            if process.returncode:
                raise RuntimeError(f"ffmpeg could not make {target.name}: {said.decode(errors='replace')[-500:]}")
            unfinished.replace(target)


def _padded(plain: Path, size: int) -> Path:
    """Append a `free` box, which players skip. The file is sparse: 100 MB of padding take no disk and no memory."""
    target = plain.with_name(f"{plain.stem}-{size}.mp4")
    if not target.exists():
        unfinished = target.with_name(f"{os.getpid()}-{target.name}")
        content = plain.read_bytes()
        with unfinished.open("wb") as file:
            file.write(content + (size - len(content)).to_bytes(4, "big") + b"free")
            file.truncate(size)
        unfinished.replace(target)
    return target


def _whose() -> str:
    """Keep users of one machine apart: a folder of someone else's could not be written."""
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
