"""preview: how long a preview takes to render at 720P, as a share of its own length."""

import asyncio
import io
import tempfile
import time
from pathlib import Path

from PIL import Image

from bench.figures import Row, row, table
from bot.domain.clip import Aspect, ClipRequest, Kind, RawClip, ReferenceImage, Resolution, frame_size
from bot.media.local import LocalMedia
from bot.ports import Submission

GOAL_RATIO = 0.5
_PROMPTS = {
    Kind.TEXT: "A lighthouse stands in a night storm, rain and huge waves. Slow push-in. Roaring surf, distant thunder.",
    Kind.IMAGE: "She turns to the camera and smiles, slow orbit. “We go tonight.” Soft studio hum.",
    Kind.CHARACTERS: "character1 greets character2 in a sunny garden. character2 laughs. Birdsong and wind, camera pans right.",
}


def _picture() -> bytes:
    file = io.BytesIO()
    Image.effect_mandelbrot((1024, 1024), (-2, -1.5, 1, 1.5), 90).convert("RGB").save(file, "JPEG")
    return file.getvalue()


async def _took(kind: Kind, duration: int) -> float:
    images = [_picture()] * {Kind.TEXT: 0, Kind.IMAGE: 1, Kind.CHARACTERS: 2}[kind]
    references = tuple(ReferenceImage(sha256=f"{number:064x}", width=1024, height=1024) for number in range(len(images)))
    raw = RawClip(kind, _PROMPTS[kind], duration, Resolution.P720.value)
    frame = frame_size(Resolution.P720, Aspect.WIDE.ratio)
    submission = Submission(1, ClipRequest.check(raw, references), 7, (), frame)
    with tempfile.TemporaryDirectory() as folder:
        async with LocalMedia() as media:
            began = time.perf_counter()
            await media.previews().render(submission, images, Path(folder) / "clip.mp4", lambda _: None)
            return time.perf_counter() - began


def run() -> list[Row]:
    """The best of two renders for each."""
    rows: list[Row] = []
    for kind in Kind:
        for duration in (5, 15):
            ratio = min(asyncio.run(_took(kind, duration)) for _ in range(2)) / duration
            rows.append(row(f"preview: {kind}, {duration} s at 720P", ratio, "x real time", 3, at_most=GOAL_RATIO))
    return rows


if __name__ == "__main__":
    print(table(run()))
