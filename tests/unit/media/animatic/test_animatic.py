"""Previews as files: rendered small by the real ffmpeg, and inspected with it."""

import asyncio
import io
import re
import subprocess
from functools import partial

import pytest
from PIL import Image, ImageStat

from bot.domain.clip import Kind
from bot.errors import MediaError
from bot.media.animatic.animatic import Animatic
from bot.media.ffmpeg import ffmpeg_path
from bot.media.local import LocalMedia
from tests.factories import a_submission
from tests.waiting import until

PROMPT = "A lighthouse in a night storm. Slow push-in. Thunder and rain."
submission = partial(a_submission, prompt=PROMPT, frame=(320, 180))


def picture(colour, size=(400, 400)):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    return file.getvalue()


def ffmpeg(*arguments):
    return subprocess.run([ffmpeg_path(), "-hide_banner", "-nostdin", *arguments], capture_output=True, check=True)


def frame_hashes(path, stream):
    return ffmpeg("-v", "error", "-i", str(path), "-map", f"0:{stream}", "-f", "framemd5", "-").stdout.splitlines()


def frame(path, at):
    raw = ffmpeg("-v", "error", "-ss", str(at), "-i", str(path), "-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "pipe:1")
    return Image.open(io.BytesIO(raw.stdout)).convert("RGB")


async def rendered(target, asked, images=()):
    heard = []
    await Animatic().render(asked, images, target, heard.append)
    return heard


@pytest.mark.parametrize(
    ("kind", "prompt", "count", "size", "duration"),
    [
        (Kind.TEXT, PROMPT, 0, (320, 180), 3),
        (Kind.IMAGE, "She smiles, handheld orbit", 1, (216, 334), 4),
        (Kind.CHARACTERS, "character1 greets character2. character9 bows.", 9, (420, 180), 3),
        (Kind.CHARACTERS, "character1 waits", 1, (180, 420), 3),
    ],
)
async def test_a_preview_has_exactly_the_length_size_and_sound_asked_for(tmp_path, kind, prompt, count, size, duration):
    target = tmp_path / "clip.mp4"
    asked = submission(kind=kind, prompt=prompt, frame=size, duration=duration)
    heard = await rendered(target, asked, [picture("tomato")] * count)
    async with LocalMedia() as media:
        facts = await media.probe(target)
    assert (facts.width, facts.height, facts.frames_per_second, facts.duration) == (*size, 24, duration)
    assert (facts.video_codec, facts.audio_codec) == ("h264", "aac")
    assert len([line for line in frame_hashes(target, "v") if not line.startswith(b"#")]) == duration * 24
    # Discord shows the first frame until somebody presses Play, so it must be as bright as the rest.
    first, later = (ImageStat.Stat(frame(target, at).convert("L")).mean[0] for at in (0, duration / 2))
    assert first > 0.8 * later
    said = ffmpeg("-i", str(target), "-f", "null", "-").stderr.decode()
    assert re.search(r"yuv420p\(tv, bt709", said)
    assert "48000 Hz, stereo" in said
    head = target.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")
    assert heard == sorted(heard)
    assert 0 < heard[0] < heard[-1] <= 1
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]


async def test_the_same_seed_makes_the_same_clip_and_another_one_another(tmp_path):
    paths = [tmp_path / f"{name}.mp4" for name in "abc"]
    for path, seed in zip(paths, (7, 7, 8), strict=True):
        await rendered(path, submission(seed=seed))
    one, again, other = ((frame_hashes(path, "v"), frame_hashes(path, "a")) for path in paths)
    assert one == again
    assert one[0] != other[0]
    assert one[1] != other[1]
    assert paths[0].read_bytes() == paths[1].read_bytes()


async def test_a_clip_whose_bits_are_capped_is_the_same_each_time_too(tmp_path):
    rain = submission(prompt="Heavy rain over a neon city at night, rain hisses", frame=(1280, 720))
    for name in "ab":
        await rendered(tmp_path / f"{name}.mp4", rain)
    assert len({(tmp_path / f"{name}.mp4").read_bytes() for name in "ab"}) == 1


async def test_the_still_is_in_the_clip_and_the_camera_moves_over_it(tmp_path):
    still = Image.new("RGB", (640, 360), (30, 90, 200))
    still.paste((220, 60, 40), (0, 0, 320, 360))
    file = io.BytesIO()
    still.save(file, "PNG")
    target = tmp_path / "clip.mp4"
    await rendered(target, submission(kind=Kind.IMAGE, prompt="the camera pans right"), [file.getvalue()])

    def red_share(picture):
        row = picture.crop((0, 80, 320, 82)).resize((320, 1))
        return sum(row.getpixel((x, 0))[0] > row.getpixel((x, 0))[2] for x in range(320)) / 320

    first, last = red_share(frame(target, 0)), red_share(frame(target, 2.9))
    assert first > 0.5 > last


async def test_the_sound_is_a_bed_and_neither_silence_nor_noise(tmp_path):
    for prompt in ("A red kite", "A storm with thunder, rain and waves", "A crowd, a fire, an engine hum"):
        target = tmp_path / "clip.mp4"
        await rendered(target, submission(prompt=prompt, frame=(160, 90)))
        said = ffmpeg("-i", str(target), "-af", "ebur128=peak=true", "-f", "null", "-").stderr.decode()
        loudness = float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])
        peak = float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", said)[-1])
        assert -26 < loudness < -16
        assert peak < -1


@pytest.mark.parametrize("prompt", ["🦊" * 40, "\u202e" * 30, "'; [out] %{pts} \\ : , = @", "a" * 2500, "شمس " * 200])
async def test_no_prompt_is_too_odd_to_render(tmp_path, prompt):
    await rendered(tmp_path / "clip.mp4", submission(prompt=prompt, frame=(160, 90)))
    assert (tmp_path / "clip.mp4").stat().st_size > 1000


async def test_a_cancelled_render_leaves_nothing_behind(tmp_path):
    task = asyncio.create_task(rendered(tmp_path / "clip.mp4", submission(duration=15, frame=(1280, 720))))
    await until(lambda: list(tmp_path.glob(".render-*/clip.mp4")))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(tmp_path.iterdir()) == []


async def test_an_image_that_does_not_open_is_a_media_error(tmp_path):
    with pytest.raises(MediaError):
        await rendered(tmp_path / "clip.mp4", submission(kind=Kind.IMAGE), [b"nothing"])
    assert list(tmp_path.iterdir()) == []
