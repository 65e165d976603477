"""Makes thousands of damaged pictures, the same in every run: `python -m tests.unit.media.corpus 50000` tries that many.

The decoder must accept each or refuse it with a problem, and must survive. A picture whose damage is outside of its pixels must
be accepted and look unchanged.
"""

import asyncio
import io
import random
import struct
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from bot.domain.image import Use
from bot.errors import MediaError, RequestRefused
from bot.media.decoder_pool import DecoderPool
from bot.media.images import check_image
from bot.media.profiles import from_code_points
from tests.unit.media.files import apart, chart, chunk, read_chart, saved, segment, some_colours, with_chunks, with_segments
from tests.unit.media.heic import heic

IN_ONE_ROUND = 500
AT_ONCE = 4


@dataclass(frozen=True)
class Sample:
    """One damaged picture. `colours` are those that it must have if it is accepted, None if its pixels may be damaged."""

    name: str
    data: bytes
    colours: list | None


def originals(folder):
    """One picture of each kind: its name, its bytes, and its colours as shown."""
    colours = some_colours(100, seed=11)
    image = chart(colours)
    exif = Image.Exif()
    exif[0x0112] = 1
    exif[0x010F] = "Maker"
    profile = from_code_points(12, 13)
    frames = [chart(some_colours(100, seed=seed)) for seed in (12, 13)]
    moving = {"save_all": True, "append_images": frames, "duration": 100}
    made = {
        "JPEG": saved(image, "JPEG", quality=95, subsampling="4:4:4", exif=exif, comment=b"hello"),
        "progressive JPEG": saved(image, "JPEG", quality=95, progressive=True, icc_profile=profile),
        "grey JPEG": saved(image.convert("L"), "JPEG", quality=95),
        "print JPEG": saved(image.convert("CMYK"), "JPEG", quality=95),
        "JPEG with restarts": saved(image, "JPEG", quality=90, restart_marker_blocks=7),
        "PNG": saved(image, "PNG", exif=exif),
        "PNG with a profile": saved(image, "PNG", icc_profile=profile),
        "palette PNG": saved(image.quantize(64), "PNG", transparency=3),
        "transparent PNG": saved(image.convert("RGBA"), "PNG"),
        "16-bit PNG": saved(Image.new("I;16", image.size, 0x1234), "PNG"),
        "moving PNG": saved(image, "PNG", **moving),
        "WEBP": saved(image, "WEBP", quality=90, exif=exif, icc_profile=profile),
        "lossless WEBP": saved(image.convert("RGBA"), "WEBP", lossless=True),
        "moving WEBP": saved(image, "WEBP", lossless=True, **moving),
        "GIF": saved(image.quantize(64), "GIF"),
        "moving GIF": saved(image.quantize(64), "GIF", **moving),
        "HEIC": heic(image, folder, turns=1),
        "HEIC with a profile": heic(image, folder, profile=profile),
    }
    return {name: (data, read_chart(shown(check_image(data, Use.FIRST_FRAME, "image")))) for name, data in made.items()}


def shown(checked):
    return Image.open(io.BytesIO(checked.data)).convert("RGB")


def _noise(dice, most):
    return dice.randbytes(dice.randint(1, most))


def beside_the_pixels(dice, data):
    """Damages the file outside of its pixels, so that no viewer shows it. None if this kind of file has no such place."""
    if data.startswith(b"\x89PNG"):
        kind = dice.choice([b"tEXt", b"zTXt", b"iTXt", b"pHYs", b"tIME", b"bKGD", b"sPLT", b"hIST", b"quIp"])
        odd = chunk(kind, _noise(dice, 3000), sound=dice.random() < 0.5)
        unsound = chunk(dice.choice([b"iCCP", b"gAMA", b"cHRM", b"cICP", b"tRNS", b"eXIf"]), _noise(dice, 60), sound=False)
        return dice.choice([with_chunks(data, odd), with_chunks(data, odd, unsound), data + _noise(dice, 99), data[:-12]])
    if data.startswith(b"\xff\xd8"):
        odd = segment(dice.choice([0xE3, 0xE7, 0xED, 0xEF, 0xFE]), _noise(dice, 3000))
        exif = segment(0xE1, b"Exif\0\0" + b"II*\0" + struct.pack("<I", dice.randint(0, 99)) + b"\xff" * dice.randint(0, 40))
        letters = bytes(dice.choices(range(0x20, 0x7F), k=dice.randint(1, 40)))
        at = 2 + 2 + int.from_bytes(data[4:6], "big")
        choices = [
            with_segments(data, odd),
            with_segments(data, exif),
            data[:at] + letters + data[at:],
            data + _noise(dice, 99),
        ]
        return dice.choice([*choices, data[:-2]])
    return data + _noise(dice, 99) if data.startswith(b"GIF8") else None


def anywhere(dice, data, other):
    """Damages the file anywhere: flipped bits, wrong lengths, cuts, repeats, pieces of another file."""
    file = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 5, 20])):
        if len(file) < 50:
            break
        # Damage to headers does the most harm, so it is more frequent.
        at = dice.randrange(min(len(file), 200) if dice.random() < 0.6 else len(file))
        match dice.randrange(7):
            case 0:
                file[at] ^= 1 << dice.randrange(8)
            case 1:
                file[at] = dice.choice([0, 1, 0x7F, 0x80, 0xFF])
            case 2:
                file[at : at + 4] = struct.pack(">I", dice.choice([0, 1, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, len(file)]))
            case 3:
                del file[at : at + dice.randint(1, 40)]
            case 4:
                file[at:at] = _noise(dice, 40)
            case 5:
                start = dice.randrange(len(other))
                file[at : at + 50] = other[start : start + 50]
            case _:
                file = file[: max(at, 20)]
    return bytes(file)


def samples(number, kinds):
    """Round `number`: always the same `IN_ONE_ROUND` samples."""
    dice = random.Random(number)  # noqa: S311  it replays
    names = sorted(kinds)
    for each in range(IN_ONE_ROUND):
        name = dice.choice(names)
        data, colours = kinds[name]
        harmless = beside_the_pixels(dice, data) if dice.random() < 0.4 else None
        if harmless is not None:
            yield Sample(f"{name}, round {number}, sample {each}, beside the pixels", harmless, colours)
        else:
            other = kinds[dice.choice(names)][0]
            yield Sample(f"{name}, round {number}, sample {each}", anywhere(dice, data, other), None)


async def fault(decoders, sample, owner):
    """What the decoder did wrong with a sample; "" if nothing."""
    try:
        checked = await decoders.check_image(sample.data, Use.FIRST_FRAME, "image", owner)
    except RequestRefused as refused:
        return "" if sample.colours is None else f"refused: {refused}"
    except MediaError as error:
        return str(error)
    image = shown(checked)
    if image.size != (checked.width, checked.height):
        return f"{image.size} instead of {checked.width} x {checked.height}"
    far = 0 if sample.colours is None else apart(read_chart(image), sample.colours)
    return f"{far:.1f} of 255 off in colour" if far >= 2 else ""


async def faults(number, kinds):
    """Decodes one round. Returns what went wrong, by the name of the sample."""
    decoders = DecoderPool()
    waiting = samples(number, kinds)
    found = []

    async def work(owner):
        for sample in waiting:
            wrong = await fault(decoders, sample, owner)
            found.extend([f"{sample.name}: {wrong}"] if wrong else [])

    try:
        await asyncio.gather(*(work(owner) for owner in range(AT_ONCE)))
    finally:
        await decoders.close()
    return found


def main():
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    rounds = -(-wanted // IN_ONE_ROUND)
    started, bad = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder:
        kinds = originals(Path(folder))
        for number in range(rounds):
            for each in asyncio.run(faults(number, kinds)):
                bad += 1
                sys.stdout.write(f"{each}\n")
    took = time.monotonic() - started
    sys.stdout.write(f"{rounds * IN_ONE_ROUND} damaged pictures in {took:.0f} s, {bad} treated wrongly\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
