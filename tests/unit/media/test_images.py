"""Pictures as members and attackers send them. The tests make every file."""

import contextlib
import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms

from bot.domain import limits
from bot.domain.image import Use
from bot.errors import MediaError, RequestRefused
from bot.media.header import read_header
from bot.media.images import KEPT_LONG_SIDE_PX, check_image, thumbnail
from bot.problem import Problem, ProblemCode

FIELD = "character2"


def saved(image, form, **options):
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def photo(size=(640, 480), mode="RGB"):
    """A picture with a red left and a blue right half, so that turning and mirroring can be seen."""
    image = Image.new("RGB", size, (200, 30, 30))
    image.paste((30, 30, 200), (size[0] // 2, 0, *size))
    return image.convert(mode)


def opened(checked):
    image = Image.open(io.BytesIO(checked.data))
    image.load()
    return image


def refused(data, use=Use.REFERENCE):
    with pytest.raises(RequestRefused) as caught:
        check_image(data, use, FIELD)
    assert {problem.field for problem in caught.value.problems} == {FIELD}
    return caught.value.problems


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_header(width, height, *chunks):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks)


@pytest.mark.parametrize(("form", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/jpeg")])
def test_the_three_formats_are_taken_and_come_out_as_what_every_provider_reads(form, media_type):
    data = saved(photo(), form)
    checked = check_image(data, Use.REFERENCE, FIELD)
    assert (checked.media_type, checked.width, checked.height) == (media_type, 640, 480)
    assert (checked.facts.format, checked.facts.size, checked.facts.frames) == (form, len(data), 1)
    assert opened(checked).get_format_mimetype() == media_type


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (saved(photo(), "BMP"), "BMP"),
        (saved(photo(), "TIFF"), "TIFF"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
        (b"\n <svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00", "AVIF"),
        (b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf", "AVIF"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00", "video"),
        (b"II*\x00\x10\x00\x00\x00CR\x02\x00", "RAW"),
        (b"\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01", "RAW"),
        (b"FUJIFILMCCD-RAW 0201", "RAW"),
        (b"hello there", "text file"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09", "unknown file"),
    ],
)
def test_another_kind_of_file_is_called_by_its_name_whatever_its_filename_says(data, named):
    (problem,) = refused(data)
    assert problem == Problem(ProblemCode.FORMAT, FIELD, (named,), limits.IMAGE_FORMATS)


def test_an_empty_file_is_called_so():
    (problem,) = refused(b"")
    assert problem.code is ProblemCode.EMPTY_FILE


@pytest.mark.parametrize(
    "bomb",
    [
        png_header(60_000, 60_000, chunk(b"IDAT", zlib.compress(b"\0" * 1000)), chunk(b"IEND", b"")),
        # A second header inside the file claims a larger size than the first one.
        png_header(600, 600, chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)), chunk(b"IEND", b"")),
        b"RIFF\x24\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00" + b"\xfe\x3f\x00" * 2 + b"\0" * 20,
        b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01\xff\xd9",
    ],
    ids=["png", "png-with-two-headers", "webp", "jpeg"],
)
def test_a_decompression_bomb_is_refused_by_its_header(bomb):
    (problem,) = refused(bomb)
    assert problem.code in {ProblemCode.PIXELS, ProblemCode.DAMAGED}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.98])
def test_a_truncated_file_is_refused_as_damaged(form, share):
    whole = saved(Image.effect_noise((640, 480), 80).convert("RGB"), form)
    (problem,) = refused(whole[: int(len(whole) * share)])
    assert (problem.code, problem.given) == (ProblemCode.DAMAGED, (form,))


@pytest.mark.parametrize("magic", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF\x10\0\0\0WEBPVP8 "])
def test_a_file_that_only_begins_like_a_picture_is_refused(magic):
    refused(magic + b"garbage" * 20)


def test_every_byte_of_a_header_may_be_wrong_without_anything_but_a_refusal_or_a_picture():
    whole = saved(photo((420, 420)), "PNG")
    for at in range(8, 60):
        broken = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        with contextlib.suppress(RequestRefused):
            assert opened(check_image(broken, Use.REFERENCE, FIELD)).mode == "RGB"


def test_the_picture_is_turned_upright_and_loses_where_it_was_taken():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    data = saved(photo((640, 480)), "JPEG", exif=exif, comment=b"secret")
    checked = check_image(data, Use.REFERENCE, FIELD)
    image = opened(checked)
    assert image.size == (checked.width, checked.height) == (checked.facts.width, checked.facts.height) == (480, 640)
    assert image.getpixel((240, 20))[0] > 150, "left became up"
    assert image.getpixel((240, 620))[2] > 150
    assert not image.getexif()
    assert not {"exif", "comment", "icc_profile", "xmp"} & set(image.info)
    assert b"Maker" not in checked.data
    assert b"secret" not in checked.data


def test_text_chunks_and_a_program_at_the_end_do_not_survive():
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("parameters", "a private prompt")
    polyglot = saved(photo(), "PNG", pnginfo=notes) + b"PK\x03\x04<script>alert(1)</script>"
    checked = check_image(polyglot, Use.REFERENCE, FIELD)
    assert b"private" not in checked.data
    assert b"script" not in checked.data


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_kept_and_the_rest_is_counted(form):
    frames = [Image.new("RGB", (500, 500), colour) for colour in ("red", "lime", "blue")]
    data = saved(frames[0], form, save_all=True, append_images=frames[1:], duration=100, lossless=True)
    checked = check_image(data, Use.REFERENCE, FIELD)
    assert checked.facts.frames == 3
    assert getattr(opened(checked), "n_frames", 1) == 1
    red, green, blue = opened(checked).convert("RGB").getpixel((250, 250))
    assert red > 240
    assert max(green, blue) < 20


def test_sixteen_bits_of_grey_keep_their_shades():
    data = saved(Image.new("I;16", (500, 500), 0x8000), "PNG")
    shade = opened(check_image(data, Use.REFERENCE, FIELD)).convert("RGB").getpixel((9, 9))
    assert all(abs(part - 128) <= 1 for part in shade)


def test_print_colours_become_screen_colours():
    data = saved(Image.new("CMYK", (500, 500), (0, 255, 255, 0)), "JPEG")
    red, green, blue = opened(check_image(data, Use.REFERENCE, FIELD)).getpixel((9, 9))
    assert red > 180
    assert max(green, blue) < 90


def test_what_was_transparent_becomes_paper():
    image = Image.new("RGBA", (500, 500), (0, 0, 0, 0))
    image.paste((0, 128, 0, 255), (0, 0, 250, 500))
    for data in (saved(image, "PNG"), saved(image, "WEBP", lossless=True), saved(image.quantize(8), "PNG")):
        kept = opened(check_image(data, Use.REFERENCE, FIELD))
        assert kept.mode == "RGB"
        assert min(kept.getpixel((400, 20))) > 245
        assert kept.getpixel((20, 20))[1] > 100


def test_a_palette_with_a_transparent_entry_is_flattened_too():
    image = Image.new("P", (500, 500), 0)
    image.putpalette([10, 10, 10, 250, 0, 0])
    image.paste(1, (0, 0, 250, 500))
    kept = opened(check_image(saved(image, "PNG", transparency=0), Use.REFERENCE, FIELD))
    assert kept.getpixel((400, 9)) == (255, 255, 255)
    assert kept.getpixel((9, 9)) == (250, 0, 0)


def test_a_colour_profile_is_applied_and_a_broken_one_ignored():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (lab, b"not a profile"):
        kept = opened(check_image(saved(photo(), "PNG", icc_profile=profile), Use.REFERENCE, FIELD))
        assert kept.getpixel((9, 9)) == (200, 30, 30)
        assert "icc_profile" not in kept.info


def test_a_huge_picture_is_scaled_down_and_its_facts_are_still_its_own():
    data = saved(Image.new("RGB", (6000, 3000), "teal"), "JPEG")
    checked = check_image(data, Use.FIRST_FRAME, FIELD)
    assert (checked.width, checked.height) == (KEPT_LONG_SIDE_PX, KEPT_LONG_SIDE_PX // 2)
    assert (checked.facts.width, checked.facts.height) == (6000, 3000)


def test_a_large_png_that_turned_upright_keeps_its_turn_when_scaled_down():
    exif = Image.Exif()
    exif[0x0112] = 8
    checked = check_image(saved(photo((5000, 1000)), "PNG", exif=exif), Use.REFERENCE, FIELD)
    assert (checked.width, checked.height) == (820, 4096)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize(
    ("size", "use", "kept"),
    [
        ((450, 7000), Use.REFERENCE, (400, 6222)),
        ((7000, 450), Use.REFERENCE, (6222, 400)),
        ((400, 9000), Use.REFERENCE, (400, 9000)),
        ((5000, 2000), Use.FIRST_FRAME, (4096, 1639)),
        ((8192, 4096), Use.FIRST_FRAME, (4096, 2048)),
    ],
)
def test_a_picture_is_scaled_only_as_far_as_it_stays_within_its_limits(form, size, use, kept):
    checked = check_image(saved(Image.new("RGB", size, "teal"), form), use, FIELD)
    assert (checked.width, checked.height) == opened(checked).size == kept


def test_a_side_that_no_jpeg_can_hold_is_refused():
    (problem,) = refused(png_header(70_000, 500, chunk(b"IDAT", zlib.compress(b"\0")), chunk(b"IEND", b"")))
    assert problem == Problem(ProblemCode.LONG_SIDE, FIELD, (70_000, 500), (65_500,))


def test_noise_that_no_png_compresses_still_stays_within_the_limit():
    noisy = Image.effect_noise((2600, 2600), 120)
    data = saved(Image.merge("RGB", (noisy, noisy.rotate(90), noisy.rotate(180))), "WEBP", quality=50)
    assert len(data) < 10_000_000
    checked = check_image(data, Use.REFERENCE, FIELD)
    assert len(checked.data) <= 10_000_000


def test_every_broken_limit_is_told_at_once():
    found = refused(saved(photo((1200, 200)), "PNG"), Use.FIRST_FRAME)
    assert [(problem.code, problem.given) for problem in found] == [
        (ProblemCode.SHORT_SIDE, (1200, 200)),
        (ProblemCode.NARROW, (1200, 200)),
    ]


def test_a_thumbnail_is_a_small_jpeg_and_a_broken_image_has_none():
    small = Image.open(io.BytesIO(thumbnail(saved(photo((1600, 800)), "PNG"))))
    assert (small.format, small.size) == ("JPEG", (320, 160))
    with pytest.raises(MediaError):
        thumbnail(b"nothing")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("options", [{}, {"lossless": True}, {"progressive": True}])
def test_the_header_alone_tells_the_size(form, options):
    header = read_header(saved(photo((123, 77)), form, **options))
    assert (header.format, header.width, header.height) == (form, 123, 77)
