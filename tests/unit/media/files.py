"""Makes picture files for tests: PNG chunks and JPEG segments byte by byte, the rest with Pillow."""

import io
import random
import struct
import zlib

from PIL import Image

BLOCK = 40
"""Side of a block of one colour in pixels: large enough that encoders hardly mix neighbouring colours."""


def saved(image, form, **options):
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def chunk(kind, body, *, sound=True):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body) ^ (not sound))


def with_chunks(png, *chunks):
    """The PNG with these chunks added after its header."""
    return png[:33] + b"".join(chunks) + png[33:]


def segment(kind, body):
    return bytes([0xFF, kind]) + struct.pack(">H", len(body) + 2) + body


def with_segments(jpeg, *segments):
    """The JPEG with these segments added at its start."""
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def some_colours(count=144, seed=5, least=0):
    dice = random.Random(seed)  # noqa: S311  it replays
    return [tuple(dice.randint(least, 255) for _ in range(3)) for _ in range(count)]


def chart(colours, mode="RGB"):
    """A square picture with one block for each colour."""
    side = round(len(colours) ** 0.5)
    small = Image.new(mode, (side, side))
    small.putdata(colours)
    return small.resize((side * BLOCK, side * BLOCK), Image.Resampling.NEAREST)


def read_chart(image):
    """The colours in the middle of the blocks."""
    small = image.convert("RGB").resize((image.width // BLOCK, image.height // BLOCK), Image.Resampling.BOX)
    return list(small.get_flattened_data())


def apart(ours, theirs):
    """The mean difference of two lists of colours, 0 to 255."""
    pairs = [abs(a - b) for one, other in zip(ours, theirs, strict=True) for a, b in zip(one, other, strict=True)]
    return sum(pairs) / len(pairs)
