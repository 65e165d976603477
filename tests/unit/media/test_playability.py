"""Clips as vendors send them are judged by their bytes; one that does not play everywhere is converted, and turned upright."""

import pytest
from PIL import Image, ImageStat

from bot.errors import NotAClip
from bot.media import ffmpeg, fit
from bot.media.boxes import read_layout
from bot.media.ffmpeg import FFmpeg
from bot.media.fit import Fitter
from bot.media.local import LocalMedia
from bot.media.probe import probe
from bot.ports import Change, Remedy
from tests.unit.media.clips import make_clip, recoded

ROOM = 2**20
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "copy")
COPY = ("-c", "copy")
FAST = ("-movflags", "+faststart")
TURNED = ("-display_rotation", "90")
OCHRE = "color=c=0xb08040:s=128x72:r=24:d=1,format=yuv420p"


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("clips") / "plain.mp4", 1, "128x72")


@pytest.fixture
async def media():
    async with LocalMedia() as media:
        yield media


# name of the file, options of ffmpeg, codec that it has
CONVERTED = {
    "HEVC": ("a.mp4", ("-c:v", "libx265", "-preset", "ultrafast", "-c:a", "copy", *FAST), "hevc"),
    "AV1": ("a.mp4", ("-c:v", "libsvtav1", "-preset", "12", "-c:a", "copy", *FAST), "av1"),
    "VP9 in WebM": ("a.webm", ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"), "vp9"),
    "10 bits": ("a.mp4", (*X264, "-pix_fmt", "yuv420p10le", *FAST), "h264"),
    "4:4:4": ("a.mp4", (*X264, "-pix_fmt", "yuv444p", *FAST), "h264"),
}
REPACKED = {
    "Matroska": ("a.mkv", COPY),
    "a WebM that does not know how long it is": ("a.mkv", (*COPY, "-f", "matroska", "-live", "1")),
    "AVI": ("a.avi", COPY),
    "Flash": ("a.flv", COPY),
    "QuickTime": ("a.mov", (*COPY, *FAST)),
    "the index at the end": ("a.mp4", COPY),
    "fragments": ("a.mp4", (*COPY, "-movflags", "+frag_keyframe+empty_moov")),
    "sound of another kind": ("a.mp4", ("-c:v", "copy", "-c:a", "libmp3lame", *FAST)),
}


@pytest.mark.parametrize(("name", "options", "codec"), CONVERTED.values(), ids=CONVERTED)
async def test_what_not_every_client_plays_is_converted_and_said(media, plain, tmp_path, name, options, codec):
    source = recoded(plain, tmp_path / name, *options)
    facts = await media.probe(source)
    assert (facts.video_codec, facts.remedy) == (codec, Remedy.CONVERT)
    fitted = await media.fit(source, tmp_path / "fit.mp4", ROOM)
    assert (fitted.path, fitted.changed) == (tmp_path / "fit.mp4", {Change.CONVERTED})
    now = fitted.facts
    assert (now.video_codec, now.audio_codec, now.remedy) == ("h264", "aac", Remedy.NONE)
    assert (now.width, now.height, now.duration) == (128, 72, pytest.approx(1, abs=0.05))


@pytest.mark.parametrize(("name", "options"), REPACKED.values(), ids=REPACKED)
async def test_what_is_only_packed_otherwise_is_repacked_without_touching_a_picture(media, plain, tmp_path, name, options):
    source = recoded(plain, tmp_path / name, *options)
    facts = await media.probe(source)
    assert (facts.remedy, facts.duration) == (Remedy.REPACK, pytest.approx(1, abs=0.05))
    fitted = await media.fit(source, tmp_path / "fit.mp4", ROOM)
    assert fitted.changed == {Change.REPACKED}
    assert read_layout(fitted.path).plain
    assert (fitted.facts.audio_codec, fitted.facts.remedy) == ("aac", Remedy.NONE)
    assert pictures(plain, tmp_path / "before.h264") == pictures(fitted.path, tmp_path / "after.h264")


async def test_a_transport_stream_is_repacked(media, plain, tmp_path):
    # Marks between the frames stay in the new file, so its bytes differ.
    source = recoded(plain, tmp_path / "a.ts", *COPY)
    assert (await media.probe(source)).remedy is Remedy.REPACK
    fitted = await media.fit(source, tmp_path / "fit.mp4", ROOM)
    assert fitted.changed == {Change.REPACKED}
    assert (fitted.facts.video_codec, fitted.facts.audio_codec, fitted.facts.remedy) == ("h264", "aac", Remedy.NONE)
    assert (fitted.facts.width, fitted.facts.height, fitted.facts.duration) == (128, 72, pytest.approx(1, abs=0.05))


def pictures(clip, target):
    return recoded(clip, target, "-map", "0:v", "-c", "copy", "-bsf:v", "h264_mp4toannexb", "-f", "h264").read_bytes()


@pytest.mark.parametrize(
    ("options", "reading", "size"),
    [(COPY, TURNED, (72, 128)), ((*X264, "-vf", "setsar=4/3"), (), (171, 72))],
    ids=["rotated", "pixels that are not square"],
)
async def test_rotation_and_pixel_shape_come_out_right(media, plain, tmp_path, options, reading, size):
    source = recoded(plain, tmp_path / "a.mp4", *options, *FAST, reading=reading)
    facts = await media.probe(source)
    assert ((facts.width, facts.height), facts.remedy) == (size, Remedy.CONVERT)
    fitted = await media.fit(source, tmp_path / "fit.mp4", ROOM)
    assert (fitted.facts.width, fitted.facts.height) == pytest.approx(size, abs=1)
    assert fitted.facts.remedy is Remedy.NONE


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
async def test_hdr_colours_come_out_as_on_every_screen(media, tmp_path, transfer):
    ordinary = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
    bright = f"zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt2020:t={transfer}:m=bt2020nc:r=tv:npl=203,format=yuv420p10le"
    source = recoded(OCHRE, tmp_path / "a.mp4", "-vf", f"{ordinary},{bright}", *X264, *FAST, reading=("-f", "lavfi"))
    meant = mean_colour(recoded(OCHRE, tmp_path / "b.mp4", "-vf", ordinary, *X264, reading=("-f", "lavfi")), tmp_path)
    facts = await media.probe(source)
    assert (facts.hdr, facts.remedy) == (True, Remedy.CONVERT)
    fitted = await media.fit(source, tmp_path / "fit.mp4", ROOM)
    assert (fitted.facts.hdr, fitted.facts.remedy) == (False, Remedy.NONE)
    assert mean_colour(fitted.path, tmp_path) == pytest.approx(meant, abs=3)
    assert mean_colour(source, tmp_path) != pytest.approx(meant, abs=8)


async def test_hdr_colours_stay_where_this_ffmpeg_has_no_filter_for_them(plain, tmp_path, monkeypatch):
    source = recoded(plain, tmp_path / "a.mp4", "-vf", "setparams=color_trc=smpte2084", *X264, *FAST)
    monkeypatch.setattr(fit, "_TONE_MAP", ",no_such_filter")
    fitted = await Fitter(FFmpeg()).fit(source, tmp_path / "fit.mp4", ROOM)
    assert (fitted.facts.video_codec, fitted.changed) == ("h264", {Change.CONVERTED})


def mean_colour(clip, folder):
    """The mean red, green and blue of the first frame."""
    shown = recoded(clip, folder / "one.png", "-frames:v", "1")
    return ImageStat.Stat(Image.open(shown).convert("RGB")).mean


async def test_a_pixel_shape_that_no_screen_has_is_not_believed(media, plain, tmp_path):
    source = recoded(plain, tmp_path / "a.mp4", "-vf", "setsar=60", *X264, *FAST)
    facts = await media.probe(source)
    assert ((facts.width, facts.height), facts.remedy) == ((128, 72), Remedy.CONVERT)
    fitted = await media.fit(source, tmp_path / "fit.mp4", ROOM)
    assert ((fitted.facts.width, fitted.facts.height), fitted.facts.remedy) == ((128, 72), Remedy.NONE)


@pytest.mark.parametrize(
    ("sound", "heard"),
    [
        ("anullsrc=r=48000:cl=stereo:d=1", False),
        ("sine=440:d=1,volume=0.001", True),
        ("sine=440:d=1,volume='gte(t,0.9)':eval=frame", True),
    ],
    ids=["silence", "little", "at its end alone"],
)
async def test_a_track_on_which_nothing_can_be_heard_is_no_sound(media, plain, tmp_path, sound, heard):
    tracks = ("-map", "1:v", "-map", "0:a", "-c:v", "copy", "-c:a", "aac")
    source = recoded(plain, tmp_path / "a.mp4", *tracks, *FAST, reading=("-f", "lavfi", "-i", sound))
    facts = await media.probe(source)
    assert (facts.audio_codec, facts.audible, facts.came.sound) == ("aac", heard, heard)


async def test_a_clip_whose_sound_is_broken_here_and_there_is_heard(media, plain, tmp_path):
    source = recoded(plain, tmp_path / "a.mp4", *COPY, "-bsf:a", r"noise=amount=not(mod(n\,10))*2", *FAST)
    facts = await media.probe(source)
    assert (facts.video_codec, facts.audio_codec, facts.came.sound, facts.mute) == ("h264", "aac", True, False)


@pytest.mark.parametrize(
    ("options", "reading", "changed"),
    [
        (FAST, (), frozenset()),
        ((), (), {Change.REPACKED, Change.SOUND_LEFT_OUT}),
        (FAST, TURNED, {Change.CONVERTED, Change.SOUND_LEFT_OUT}),
    ],
    ids=["as it is", "repacked", "converted"],
)
async def test_a_clip_whose_sound_nobody_can_decode_is_posted_without_and_counts_as_silent(
    media, plain, tmp_path, options, reading, changed
):
    source = recoded(plain, tmp_path / "a.mp4", *COPY, "-bsf:a", "noise=amount=1", *options, reading=reading)
    fitted = await media.fit(source, tmp_path / "b.mp4", ROOM)
    assert (fitted.changed, fitted.came.sound) == (changed, False)
    assert fitted.facts.audio_codec == (None if changed else "aac")


async def test_a_clip_that_is_too_large_and_plays_not_everywhere_is_mended_in_one_go(media, tmp_path):
    large = make_clip(tmp_path / "l.mp4", 2, "320x180", 1_800_000, noise=40)
    source = recoded(large, tmp_path / "a.mp4", *X264, "-pix_fmt", "yuv444p")
    limit = source.stat().st_size // 2
    fitted = await media.fit(source, tmp_path / "fit.mp4", limit)
    assert fitted.changed == {Change.CONVERTED, Change.COMPRESSED}
    assert fitted.facts.size <= limit
    assert fitted.facts.remedy is Remedy.NONE


async def test_a_clip_that_grows_over_the_limit_when_it_is_repacked_is_made_smaller(tmp_path):
    large = make_clip(tmp_path / "l.mp4", 2, "320x180", 1_800_000, noise=40)
    source = recoded(large, tmp_path / "a.mkv", *COPY)
    fitted = await Fitter(FFmpeg()).fit(source, tmp_path / "fit.mp4", source.stat().st_size)
    assert fitted.facts.size <= source.stat().st_size
    assert fitted.facts.remedy is Remedy.NONE


async def test_a_clip_that_plays_everywhere_is_left_as_it_came_at_any_frame_rate(media, plain, tmp_path):
    source = recoded(plain, tmp_path / "a.mp4", "-vf", "fps=24000/1001", *X264, *FAST)
    fitted = await media.fit(source, tmp_path / "fit.mp4", ROOM)
    assert (fitted.path, fitted.changed, fitted.facts.frames_per_second) == (source, frozenset(), 23.98)


async def test_sound_alone_is_no_clip(plain, tmp_path):
    with pytest.raises(NotAClip):
        await probe(FFmpeg(), recoded(plain, tmp_path / "a.mp4", "-vn", "-c:a", "copy"))


async def test_a_picture_of_more_pixels_than_any_screen_has_is_not_unpacked(media, tmp_path):
    def black(size):
        source = f"color=black:s={size}:r=1:d=1,format=monob"
        return recoded(source, tmp_path / f"{size}.mov", "-c:v", "png", reading=("-f", "lavfi"))

    assert (await media.probe(black("8192x2048"))).width == 8192
    with pytest.raises(NotAClip):
        await media.probe(black("8192x4096"))


async def test_a_file_with_more_packets_than_any_clip_is_no_clip(media, plain, monkeypatch):
    monkeypatch.setattr(ffmpeg, "OUTPUT_BYTES_MAX", 1000)
    with pytest.raises(NotAClip, match="too_many_packets"):
        await media.probe(plain)


def box(kind, size=16):
    return size.to_bytes(4) + kind.ljust(size - 4, b"\0")


@pytest.mark.parametrize(
    ("data", "plain"),
    [
        (box(b"ftypisom") + box(b"moov") + box(b"mdat"), True),
        (box(b"ftypisom") + box(b"free") + box(b"moov") + b"\0\0\0\0mdat" + bytes(99), True),
        (box(b"ftypqt  ") + box(b"moov") + box(b"mdat"), False),
        (box(b"moov") + box(b"mdat"), False),
        (box(b"ftypisom") + box(b"mdat") + box(b"moov"), False),
        (box(b"ftypisom") + b"\0\0\0\1mdat" + (24).to_bytes(8) + bytes(8) + box(b"moov"), False),
        (box(b"ftypisom") + box(b"moov") + box(b"moof") + box(b"mdat"), False),
        (box(b"ftypisom") + b"\0\0\0\3evil" + bytes(99), False),
        (box(b"ftypisom") + box(b"free") * 100_000 + box(b"moov"), False),
        (b"\x1a\x45\xdf\xa3" + bytes(99), False),
        (b"", False),
    ],
)
def test_how_a_file_is_laid_out_is_read_from_its_boxes(tmp_path, data, plain):
    (tmp_path / "a").write_bytes(data)
    assert read_layout(tmp_path / "a").plain is plain
