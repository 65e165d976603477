"""A stored picture has the colours that a browser shows for the original, however its file describes its colours."""

import struct
import zlib

import pytest
from PIL import Image

from bot.domain.image import Use
from bot.errors import RequestRefused
from bot.media.images import check_image
from bot.media.profiles import HighDynamicRange, from_chromaticities, from_code_points, refuse_hdr
from bot.problem import ProblemCode
from tests.unit.media.files import apart, chart, chunk, read_chart, saved, segment, some_colours, with_chunks, with_segments
from tests.unit.media.heic import heic
from tests.unit.media.test_images import opened

P3 = ((0.8225, 0.1774, 0.0), (0.0332, 0.9669, 0.0), (0.0171, 0.0724, 0.9108))
"""Linear sRGB to linear Display P3 (CSS Color 4)."""
ADOBE = ((0.7152, 0.2848, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0412, 0.9588))
SAME = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
ADOBE_CORNERS = (31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)
WIDE = from_code_points(12, 13)
COLOURS = some_colours(least=40)


def linear(value):
    part = value / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def curved(part):
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def numbers(colours, matrix, curve=curved):
    """The numbers in a file with this matrix and curve for these sRGB colours."""
    mixed = [[sum(a * linear(b) for a, b in zip(row, colour, strict=True)) for row in matrix] for colour in colours]
    return [tuple(round(255 * curve(min(max(each, 0), 1))) for each in one) for one in mixed]


def shown(data):
    return opened(check_image(data, Use.REFERENCE, "image"))


def chart_in(matrix=SAME, curve=curved):
    return chart(numbers(COLOURS, matrix, curve))


def png(image, *chunks, **options):
    return with_chunks(saved(image, "PNG", **options), *chunks)


FILES = {
    "profile in PNG": lambda: saved(chart_in(P3), "PNG", icc_profile=WIDE),
    "profile in JPEG": lambda: saved(chart_in(P3), "JPEG", icc_profile=WIDE, quality=98, subsampling="4:4:4"),
    "profile in WEBP": lambda: saved(chart_in(P3), "WEBP", icc_profile=WIDE, lossless=True),
    "profile of a palette": lambda: saved(chart_in(P3).quantize(256), "PNG", icc_profile=WIDE),
    "cICP": lambda: png(chart_in(P3), chunk(b"cICP", bytes([12, 13, 0, 1]))),
    "cICP before a profile": lambda: png(
        chart_in(P3), chunk(b"cICP", bytes([12, 13, 0, 1])), icc_profile=from_code_points(9, 13)
    ),
    "gAMA": lambda: png(chart_in(curve=lambda part: part), chunk(b"gAMA", struct.pack(">I", 100_000))),
    "gAMA and cHRM": lambda: png(
        chart_in(ADOBE, lambda part: part ** (1 / 2.2)),
        chunk(b"cHRM", struct.pack(">8I", *ADOBE_CORNERS)),
        chunk(b"gAMA", struct.pack(">I", 45455)),
    ),
    "sRGB before gAMA": lambda: png(chart_in(), chunk(b"sRGB", b"\0"), chunk(b"gAMA", struct.pack(">I", 100_000))),
    "a profile that is none": lambda: saved(chart_in(), "PNG", icc_profile=b"not a profile"),
    "a profile for print on a screen's picture": lambda: saved(chart_in(), "PNG", icc_profile=WIDE.replace(b"RGB ", b"CMYK")),
    "a gamma that makes no sense": lambda: png(chart_in(), chunk(b"gAMA", bytes(4))),
    "corners that make no triangle": lambda: png(chart_in(), chunk(b"cHRM", bytes(32))),
}


@pytest.mark.parametrize("kind", FILES)
def test_colours_are_what_a_browser_shows(kind):
    assert apart(read_chart(shown(FILES[kind]())), COLOURS) < 2


def test_without_its_profile_the_chart_would_look_different():
    assert apart(read_chart(shown(saved(chart_in(P3), "PNG"))), COLOURS) > 4


@pytest.mark.parametrize("profile", [from_chromaticities(100_000, None), None], ids=["of three colours", "none"])
def test_grey_in_a_profile_is_shown_in_it(profile):
    shades = [colour[0] for colour in COLOURS]
    stored = [round(255 * linear(shade)) for shade in shades] if profile else shades
    kept = read_chart(shown(saved(chart(stored, "L"), "PNG", icc_profile=profile)))
    assert apart(kept, [(shade,) * 3 for shade in shades]) < 2


def keyed(form):
    """A PNG whose left half has the transparent key colour; the key as in the file; the colour that the right half shows."""
    if form == "16 bits of grey":
        image = Image.new("I;16", (480, 480), 0x0707)
        image.paste(0x0708, (240, 0, 480, 480))
        return saved(image, "PNG"), b"\x07\x07", (7, 7, 7)
    if form == "4 bits of grey":
        rows = b"".join(b"\0" + b"\x33" * 120 + b"\x77" * 120 for _ in range(480))
        header = chunk(b"IHDR", struct.pack(">IIBBBBB", 480, 480, 4, 0, 0, 0, 0))
        whole = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
        return whole, b"\0\x03", (0x77,) * 3
    if form == "grey":
        image = Image.new("L", (480, 480), 7)
        image.paste(90, (240, 0, 480, 480))
        return saved(image, "PNG"), b"\0\x07", (90,) * 3
    image = Image.new("RGB", (480, 480), (10, 20, 30))
    image.paste((10, 20, 31), (240, 0, 480, 480))
    return saved(image, "PNG"), b"\0\x0a\0\x14\0\x1e", (10, 20, 31)


@pytest.mark.parametrize("form", ["grey", "4 bits of grey", "16 bits of grey", "colours"])
@pytest.mark.parametrize("profiled", [False, True], ids=["plain", "with a profile"])
def test_the_one_colour_that_is_transparent_becomes_paper_and_no_other(form, profiled):
    data, key, right = keyed(form)
    chunks = [chunk(b"iCCP", b"p\0\0" + zlib.compress(from_code_points(1, 13)))] if profiled else []
    kept = shown(with_chunks(data, *chunks, chunk(b"tRNS", key)))
    assert kept.getpixel((9, 9)) == (255, 255, 255)
    assert all(abs(a - b) <= 1 for a, b in zip(kept.getpixel((400, 9)), right, strict=True))


def test_half_transparent_colours_are_mixed_as_a_browser_mixes_them():
    image = Image.new("RGBA", (480, 480), (*numbers([(200, 40, 90)], P3)[0], 128))
    assert apart([shown(saved(image, "PNG", icc_profile=WIDE)).getpixel((9, 9))], [(227, 147, 172)]) < 2


@pytest.mark.parametrize("transfer", [16, 18])
def test_hdr_is_refused_as_such(transfer):
    with pytest.raises(RequestRefused) as caught:
        check_image(png(chart_in(), chunk(b"cICP", bytes([9, transfer, 0, 1]))), Use.REFERENCE, "image")
    (problem,) = caught.value.problems
    assert problem.code is ProblemCode.HDR


def test_a_profile_that_says_that_it_is_hdr_is_believed():
    said = b"cicp" + bytes(4) + bytes([9, 16, 0, 1])
    table = struct.pack(">I", 1) + b"cicp" + struct.pack(">II", 144, len(said))
    with pytest.raises(HighDynamicRange):
        refuse_hdr(bytes(128) + table + said)
    for cut in range(len(table + said) - 2):
        refuse_hdr(bytes(128) + (table + said)[:cut])


@pytest.mark.parametrize(("turns", "mirrored"), [(0, None), (1, None), (3, None), (0, 0), (0, 1)])
def test_a_phones_heic_is_turned_once_by_its_container(tmp_path, turns, mirrored):
    image = Image.new("RGB", (640, 480), (200, 30, 30))
    image.paste((30, 30, 200), (320, 0, 640, 480))
    turn = {0: Image.Transpose.FLIP_TOP_BOTTOM, 1: Image.Transpose.FLIP_LEFT_RIGHT}
    expected = image.transpose(turn[mirrored]) if mirrored is not None else image.rotate(90 * turns, expand=True)
    kept = shown(heic(image, tmp_path, turns=turns, mirrored=mirrored))
    assert kept.size == expected.size
    for place in ((20, 20), (kept.width - 20, kept.height - 20)):
        assert apart([kept.getpixel(place)], [expected.getpixel(place)]) < 3


@pytest.mark.parametrize("says", [{"code_points": (12, 13)}, {"profile": WIDE}], ids=["code points", "profile"])
def test_a_phones_heic_has_its_colours(tmp_path, says):
    assert apart(read_chart(shown(heic(chart_in(P3), tmp_path, **says))), COLOURS) < 2


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_each_exif_orientation_is_applied_once(form, turn):
    exif = Image.Exif()
    exif[0x0112] = turn
    image = Image.new("RGB", (640, 480), (200, 30, 30))
    image.paste((30, 30, 200), (320, 0, 640, 240))
    kept = shown(saved(image, form, exif=exif))
    # Where the blue quarter, stored at the top right, is shown after the turn.
    corner = {1: (1, 0), 2: (0, 0), 3: (0, 1), 4: (1, 1), 5: (0, 1), 6: (1, 1), 7: (1, 0), 8: (0, 0)}[turn]
    assert kept.size == ((480, 640) if turn > 4 else (640, 480))
    blue = [
        at
        for at in ((0, 0), (1, 0), (0, 1), (1, 1))
        if kept.getpixel((at[0] * (kept.width - 1), at[1] * (kept.height - 1)))[2] > 150
    ]
    assert blue == [corner]


def test_a_jpegs_profile_may_come_in_parts_and_in_any_order():
    parts = [WIDE[at : at + 100] for at in range(0, len(WIDE), 100)]
    pieces = [segment(0xE2, b"ICC_PROFILE\0" + bytes([number, len(parts)]) + part) for number, part in enumerate(parts, 1)]
    plain = saved(chart_in(P3), "JPEG", quality=98, subsampling="4:4:4")
    assert apart(read_chart(shown(with_segments(plain, *reversed(pieces)))), COLOURS) < 2
