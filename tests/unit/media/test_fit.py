"""Fitting a clip into an upload limit: what stays unchanged, which encoding is chosen, and that the result is never over."""

import asyncio
import sys
from pathlib import Path

import pytest

from bot.errors import CannotFit, MediaError, NotAClip
from bot.media.ffmpeg import FFmpeg
from bot.media.fit import Encoding, Fitter, encoding
from bot.media.header import read_header
from bot.media.local import LocalMedia
from bot.media.probe import probe
from bot.ports import Change, ClipFacts
from tests.unit.media.clips import make_clip
from tests.waiting import until

MIB = 2**20


def clip(width=1920, height=1080, seconds=15.0, size=48 * MIB, audio="aac"):
    return ClipFacts(width, height, seconds, 24.0, size, "h264", audio)


@pytest.fixture
async def media():
    async with LocalMedia() as media:
        yield media


async def test_a_clip_within_the_limit_is_left_as_it_came(media, tmp_path):
    source = make_clip(tmp_path / "a.mp4")
    size = source.stat().st_size
    fitted = await media.fit(source, tmp_path / "b.mp4", size)
    assert (fitted.path, fitted.changed, fitted.facts.size) == (source, frozenset(), size)
    assert not (tmp_path / "b.mp4").exists()


@pytest.mark.parametrize("share", [0.75, 0.3])
async def test_a_clip_over_the_limit_comes_out_under_it_at_its_own_length_with_sound(media, tmp_path, share):
    source = make_clip(tmp_path / "a.mp4", 3, "320x180", 1_800_000, noise=40)
    limit = int(source.stat().st_size * share)
    fitted = await media.fit(source, tmp_path / "b.mp4", limit)
    assert fitted.path == tmp_path / "b.mp4"
    assert limit * 0.6 < fitted.facts.size <= limit
    assert fitted.facts.size == fitted.path.stat().st_size
    assert (fitted.facts.video_codec, fitted.facts.audio_codec) == ("h264", "aac")
    assert fitted.facts.duration == pytest.approx(3, abs=0.05)
    assert fitted.changed == {Change.COMPRESSED}
    assert (await probe(FFmpeg(), fitted.path)).frames_per_second == 24
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "b.mp4"]


async def test_the_clip_can_play_before_it_is_whole(media, tmp_path):
    source = make_clip(tmp_path / "a.mp4", 2, "320x180", 1_800_000, noise=40)
    fitted = await media.fit(source, tmp_path / "b.mp4", source.stat().st_size // 2)
    head = fitted.path.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")


async def test_a_clip_with_too_few_bits_at_full_size_steps_down_to_720p(media, tmp_path):
    source = make_clip(tmp_path / "a.mp4", 1, "1080x1350", 24_000_000, noise=40)
    fitted = await media.fit(source, tmp_path / "b.mp4", 200_000)
    assert (fitted.facts.width, fitted.facts.height) == (720, 900)
    assert Change.SMALLER_FRAME in fitted.changed
    assert fitted.facts.size <= 200_000


async def test_an_impossible_limit_is_said_and_leaves_no_file(media, tmp_path):
    source = make_clip(tmp_path / "a.mp4", 1, "1280x720", 8_000_000, noise=40)
    with pytest.raises(CannotFit):
        await media.fit(source, tmp_path / "b.mp4", 20_000)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


async def test_a_silent_clip_stays_silent(media, tmp_path):
    source = make_clip(tmp_path / "a.mp4", 1, "320x180", 1_800_000, sound=False, noise=40)
    fitted = await media.fit(source, tmp_path / "b.mp4", source.stat().st_size // 2)
    assert fitted.facts.audio_codec is None


async def test_a_cancelled_fit_leaves_no_half_file(media, tmp_path):
    source = make_clip(tmp_path / "a.mp4", 4, "1280x720", 12_000_000, noise=40)
    fitting = asyncio.create_task(media.fit(source, tmp_path / "b.mp4", 4_000_000))
    await until(lambda: list(tmp_path.glob(".b.mp4.part")))
    fitting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fitting
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


async def test_clips_are_encoded_one_at_a_time(tmp_path):
    running, most = 0, 0

    class Watched(FFmpeg):
        async def do(self, *arguments, **options):
            nonlocal running, most
            running += 1
            most = max(most, running)
            try:
                return await super().do(*arguments, **options)
            finally:
                running -= 1

    source = make_clip(tmp_path / "a.mp4", 1, "320x180", 1_800_000, noise=40)
    fitter = Fitter(Watched())
    limit = source.stat().st_size // 2
    await asyncio.gather(*(fitter.fit(source, tmp_path / f"{name}.mp4", limit) for name in "bcd"))
    assert most == 1


@pytest.mark.parametrize(
    ("facts", "size", "expected"),
    [
        # (10 MiB x 8 / 15 s) less 4,096 bytes once, 760 bytes/s of index and 128 kbit/s of sound
        (clip(), 10 * MIB, Encoding(5_456_140, 128_000, (1920, 1080))),
        (clip(audio=None), 10 * MIB, Encoding(5_584_140, 0, (1920, 1080))),
        # 0.05 bits a pixel are 2,488,320 a second at 1080P: below that it is 720P
        (clip(), 4 * MIB, Encoding(2_100_697, 128_000, (1280, 720))),
        (clip(1080, 1920), 4 * MIB, Encoding(2_100_697, 128_000, (720, 1280))),
        # a lower rate for the sound where there are few bits
        (clip(1280, 720), 2 * MIB, Encoding(1_014_216, 96_000, (1280, 720))),
    ],
)
def test_the_bitrate_follows_from_the_limit(facts, size, expected):
    assert encoding(facts, size) == expected


def test_too_few_bits_for_720p_are_refused_before_any_encoding():
    with pytest.raises(CannotFit):
        encoding(clip(), 500_000)


async def test_a_poster_is_a_jpeg_no_wider_than_640_and_a_broken_clip_has_none(media, tmp_path):
    poster = await media.poster(make_clip(tmp_path / "a.mp4", 2, "1280x720"))
    assert poster.startswith(b"\xff\xd8")
    assert read_header(poster).width == 640
    small = await media.poster(make_clip(tmp_path / "s.mp4", 1, "320x180"))
    assert read_header(small).width == 320
    (tmp_path / "b.mp4").write_bytes(b"nothing")
    assert await media.poster(tmp_path / "b.mp4") is None


async def test_the_facts_of_a_clip_are_the_files_own_whatever_its_tags_say(media, tmp_path):
    title = "x\n  Duration: 09:09:09.00, start\n  Stream #0:0: Video: evil, yuv, 33x44, 99 fps"
    path = make_clip(tmp_path / "a.mp4", 2, "320x180", options=("-metadata", f"title={title}"))
    facts = await media.probe(path)
    assert facts == ClipFacts(320, 180, pytest.approx(2, abs=0.05), 24.0, path.stat().st_size, "h264", "aac")


async def test_half_a_clip_is_not_playable(media, tmp_path):
    whole = make_clip(tmp_path / "a.mp4", 2, "320x180", 2_000_000, noise=40).read_bytes()
    for name, data in (("cut.mp4", whole[: len(whole) // 2]), ("page.mp4", b"<html>busy</html>"), ("none.mp4", b"")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(NotAClip):
            await media.probe(tmp_path / name)
    with pytest.raises(MediaError):
        await media.probe(tmp_path / "missing.mp4")


@pytest.mark.skipif(sys.platform == "win32", reason="the child of this test is a shell script")
@pytest.mark.parametrize(
    "trouble",
    [
        "echo '[AVFormatContext] Cannot allocate memory' >&2; exit 244",
        "echo 'av_interleaved_write_frame(): No space left on device' >&2; exit 228",
        "kill -9 $$",
        "exit 127",
    ],
)
async def test_trouble_of_the_machine_is_not_blamed_on_the_clip(tmp_path, trouble):
    child = tmp_path / "child"
    child.write_text(f"#!/bin/sh\n{trouble}\n")
    child.chmod(0o755)
    source = make_clip(tmp_path / "a.mp4", 1, "64x64")
    with pytest.raises(MediaError) as caught:
        await probe(FFmpeg(str(child)), source)
    assert not isinstance(caught.value, NotAClip)


async def test_a_source_that_does_not_play_is_told_from_an_encoder_that_fails(media, tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"\0" * 4096)
    with pytest.raises(NotAClip):
        await media.fit(tmp_path / "a.mp4", tmp_path / "b.mp4", 1_000)

    class Garbling(FFmpeg):
        async def do(self, *arguments, **options):
            ran = await super().do(*arguments, **options)
            Path(arguments[-1]).write_bytes(b"\0" * 4096)
            return ran

    source = make_clip(tmp_path / "c.mp4", 1, "320x180", 1_800_000, noise=40)
    with pytest.raises(MediaError) as caught:
        await Fitter(Garbling()).fit(source, tmp_path / "d.mp4", source.stat().st_size // 2)
    assert not isinstance(caught.value, NotAClip)


async def test_a_playlist_that_calls_itself_a_clip_opens_nothing(media, tmp_path):
    make_clip(tmp_path / "private.mp4")
    (tmp_path / "a.mp4").write_text(f"#EXTM3U\n#EXTINF:1,\n{tmp_path / 'private.mp4'}\n#EXT-X-ENDLIST\n")
    with pytest.raises(MediaError):
        await media.probe(tmp_path / "a.mp4")


class Hanging(FFmpeg):
    """Fails at the first encode of `ill`, and hangs at every later one."""

    def __init__(self, ill):
        super().__init__()
        self.ill = ill
        self.tried = 0

    async def do(self, *arguments, **options):
        if str(self.ill) not in arguments:
            return await super().do(*arguments, **options)
        self.tried += 1
        if self.tried == 1:
            raise MediaError("ffmpeg took more than 720 s")
        return await asyncio.Event().wait()


async def test_a_clip_whose_encode_hangs_again_and_again_keeps_no_other_waiting(tmp_path):
    ill, well = make_clip(tmp_path / "ill.mp4"), make_clip(tmp_path / "well.mp4")
    limit = well.stat().st_size // 2
    ffmpeg = Hanging(ill)
    fitter = Fitter(ffmpeg)
    with pytest.raises(MediaError):
        await fitter.fit(ill, tmp_path / "a.mp4", limit)
    hung = asyncio.create_task(fitter.fit(ill, tmp_path / "a.mp4", limit))
    await until(lambda: ffmpeg.tried == 2)
    assert (await fitter.fit(well, tmp_path / "b.mp4", limit)).path == tmp_path / "b.mp4"
    hung.cancel()
    await asyncio.gather(hung, return_exceptions=True)
