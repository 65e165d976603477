"""A picture with intact pixels is accepted whatever else is in its file; a picture that was cut off is not."""

import io
import random
import struct
import zlib

import pytest
from PIL import Image, ImageChops

from bot.domain.image import Use
from bot.errors import RequestRefused
from bot.media.images import check_image
from bot.problem import ProblemCode
from tests.unit.media.files import chart, chunk, saved, segment, some_colours, with_chunks, with_segments
from tests.unit.media.test_images import opened

PICTURE = chart(some_colours())
PNG = saved(PICTURE, "PNG")
JPEG = saved(PICTURE, "JPEG", quality=90)
PROGRESSIVE = saved(PICTURE, "JPEG", quality=90, progressive=True)


def tiff(kind, value, turn=1):
    """EXIF whose tag 0x011A (XResolution) is a rational of `kind`, and which says how the picture is turned."""
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, turn, 0) + struct.pack("<HHII", 0x011A, kind, 1, 38)
    return b"II*\0" + struct.pack("<IH", 8, 2) + entries + bytes(4) + value


ZERO = (b"Exif\0\0" + tiff(5, struct.pack("<II", 300, 0)), b"Exif\0\0" + tiff(10, struct.pack("<ii", -1, 0)))
LARGE = zlib.compress(bytes(1_500_000))
FINE = {
    "a large text": (PNG, with_chunks(PNG, chunk(b"zTXt", b"note\0\0" + LARGE))),
    "a large international text": (PNG, with_chunks(PNG, chunk(b"iTXt", b"note\0\1\0\0\0" + LARGE))),
    "a text that is no EXIF": (PNG, with_chunks(PNG, chunk(b"tEXt", b"Raw profile type exif\0\nexif\n 20\nzz not hex"))),
    "a large profile": (PNG, with_chunks(PNG, chunk(b"iCCP", b"p\0\0" + LARGE))),
    "a profile that unpacks to no end": (PNG, with_chunks(PNG, chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(60_000_000))))),
    "a profile that does not unpack": (PNG, with_chunks(PNG, chunk(b"iCCP", b"p\0\0nothing"))),
    "a profile with a wrong checksum": (PNG, with_chunks(PNG, chunk(b"iCCP", b"p\0\0" + LARGE, sound=False))),
    "a size with a wrong checksum": (PNG, with_chunks(PNG, chunk(b"pHYs", struct.pack(">IIB", 1, 1, 1), sound=False))),
    "a transparency with a wrong checksum": (PNG, with_chunks(PNG, chunk(b"tRNS", b"\0\1\0\1\0\1", sound=False))),
    "an EXIF of garbage": (PNG, with_chunks(PNG, chunk(b"eXIf", b"II*\0\xff\xff\xff\xff"))),
    "a PNG without its end": (PNG, PNG[:-12]),
    "a PNG without its last checksum": (PNG, PNG[:-14]),
    "n/0 in EXIF": (JPEG, with_segments(JPEG, segment(0xE1, ZERO[0]))),
    "-1/0 in EXIF": (JPEG, with_segments(JPEG, segment(0xE1, ZERO[1]))),
    "EXIF of garbage": (JPEG, with_segments(JPEG, segment(0xE1, b"Exif\0\0MM\0*" + b"\xff" * 40))),
    "a JPEG without its end": (JPEG, JPEG[:-2]),
    "a progressive JPEG without its end": (PROGRESSIVE, PROGRESSIVE[:-2]),
    "junk before a segment": (JPEG, JPEG[:20] + b"hello" + JPEG[20:]),
    "junk after the end": (JPEG, JPEG + b"PK\x03\x04 and more \xff\xd8\xff\xda"),
    "a broken piece of a profile": (JPEG, with_segments(JPEG, segment(0xE2, b"ICC_PROFILE\0\x07\x09nothing"))),
    "an empty comment": (JPEG, with_segments(JPEG, segment(0xFE, b""))),
}


@pytest.mark.parametrize("kind", FINE)
def test_a_fine_picture_is_taken_as_it_looks(kind):
    plain, odd = FINE[kind]
    kept = opened(check_image(odd, Use.REFERENCE, "image"))
    with Image.open(io.BytesIO(plain)) as image:
        before = image.convert("RGB")
    assert max(most for _, most in ImageChops.difference(kept, before).getextrema()) < 30
    assert kept.size == before.size


@pytest.mark.parametrize("whole", [PNG, JPEG, PROGRESSIVE, saved(PICTURE, "WEBP"), saved(PICTURE, "GIF")])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("end", [b"", b"\xff\xd9"], ids=["cut off", "with an end mark"])
def test_half_a_picture_is_refused(whole, share, end):
    if end and whole is PROGRESSIVE:
        whole = whole[: whole.rindex(b"\xff\xda")]
    with pytest.raises(RequestRefused) as caught:
        check_image(whole[: int(len(whole) * share)] + end, Use.REFERENCE, "image")
    assert caught.value.problems[0].code is ProblemCode.DAMAGED


def test_a_picture_that_ends_in_one_colour_is_no_half_one():
    image = Image.new("RGB", (640, 480), "teal")
    for data in (saved(image, "JPEG"), saved(image, "JPEG")[:-2], saved(image, "JPEG", progressive=True)[:-2]):
        assert opened(check_image(data, Use.REFERENCE, "image")).size == (640, 480)


def test_of_a_gif_the_first_frame_is_taken_on_paper():
    frames = [chart(some_colours(seed=seed)).quantize(64) for seed in (1, 2, 3)]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100, transparency=0)
    checked = check_image(data, Use.REFERENCE, "image")
    assert (checked.facts.format, checked.facts.frames, checked.media_type) == ("GIF", 3, "image/jpeg")
    clear = [at for at, index in enumerate(frames[0].get_flattened_data()) if index == 0]
    assert min(opened(checked).getpixel((clear[0] % 480, clear[0] // 480))) > 245


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "PNG"])
def test_dense_noise_does_not_break_the_writer(form):
    dice = random.Random(3)  # noqa: S311  it replays
    noise = Image.frombytes("RGB", (640, 480), dice.randbytes(640 * 480 * 3))
    assert opened(check_image(saved(noise, form, quality=95), Use.REFERENCE, "image")).size == (640, 480)
