"""fit: how long fitting a clip takes compared with plain ffmpeg with the same settings, and its picture quality (VMAF)."""

import asyncio
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from bench.figures import Row, row, table
from bot.media.ffmpeg import NICENESS, ffmpeg_path
from bot.media.fit import MARGIN, encoder_options, encoding
from bot.media.local import LocalMedia
from bot.ports import ClipFacts

LIMIT = 10 * 2**20
SECONDS = 15
GOAL_RATIO = 1.1
ROUNDS = 2
VMAF_EVERY = 6
"""Every sixth frame is compared. All frames would take minutes and give the same result."""

# A fractal that the camera falls into, under grain, with a hard-edged picture in it: detail, motion, noise and edges.
_SCENE = (
    "mandelbrot=s=1920x1080:r=24:end_scale=0.02:end_pts=500,trim=duration={d},noise=c0s=6:c0f=t:c0_seed=7,format=yuv420p[back];"
    "testsrc2=s=640x360:r=24:d={d},format=yuv420p[front];"
    "[back][front]overlay=x='80+60*sin(t/2)':y='60+40*cos(t/3)'[v]"
)


def _ffmpeg(*arguments: str) -> str:
    # The same priority as the bot's children, or a busy machine would favour the plain run.
    nice = ("nice", "-n", str(NICENESS)) if shutil.which("nice") else ()
    command = (*nice, ffmpeg_path(), "-hide_banner", "-nostdin", *arguments)
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return ran.stderr


def _source(path: Path) -> None:
    _ffmpeg(
        *("-y", "-f", "lavfi", "-i", f"sine=220:d={SECONDS}:r=48000", "-filter_complex", _SCENE.format(d=SECONDS)),
        *("-map", "[v]", "-map", "0:a", "-c:v", "libx264", "-preset", "ultrafast", "-b:v", "26M", "-minrate", "24M"),
        *("-maxrate", "28M", "-bufsize", "28M", "-c:a", "aac", "-b:a", "160k", str(path)),
    )


def _plain(source: Path, target: Path, facts: ClipFacts) -> float:
    began = time.perf_counter()
    _ffmpeg("-y", "-i", str(source), *encoder_options(encoding(facts, int(LIMIT * MARGIN))), str(target))
    return time.perf_counter() - began


async def _fitted(source: Path, target: Path) -> tuple[float, ClipFacts]:
    async with LocalMedia() as media:
        began = time.perf_counter()
        fitted = await media.fit(source, target, LIMIT)
        return time.perf_counter() - began, fitted.facts


async def _probed(source: Path) -> ClipFacts:
    async with LocalMedia() as media:
        return await media.probe(source)


def _vmaf(fitted: Path, source: Path) -> float:
    compare = f"[0:v][1:v]libvmaf=n_threads=2:n_subsample={VMAF_EVERY}"
    said = _ffmpeg("-i", str(fitted), "-i", str(source), "-lavfi", compare, "-f", "null", "-")
    return float(re.findall(r"VMAF score: ([\d.]+)", said)[-1])


def run() -> list[Row]:
    """The best of two rounds for each, in turns."""
    with tempfile.TemporaryDirectory() as folder:
        source, fitted, plain = (Path(folder) / name for name in ("source.mp4", "fitted.mp4", "plain.mp4"))
        _source(source)
        facts = asyncio.run(_probed(source))
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(ROUNDS):
            theirs.append(_plain(source, plain, facts))
            took, result = asyncio.run(_fitted(source, fitted))
            ours.append(took)
        ratio = min(ours) / min(theirs)
        return [
            row("fit: source", facts.size / 1e6, "MB", 1, at_least=40),
            row("fit: to 10 MiB", result.size / 2**20, "MiB", 3, at_most=LIMIT / 2**20),
            row("fit: time", min(ours), "s", 2),
            row("fit: against plain ffmpeg", ratio, "x", 3, at_most=GOAL_RATIO),
            row(f"fit: VMAF, every {VMAF_EVERY}th frame", _vmaf(fitted, source), "", 1),
        ]


if __name__ == "__main__":
    print(table(run()))
