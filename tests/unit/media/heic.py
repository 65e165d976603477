"""Makes a HEIC file as phones write it, from a frame that ffmpeg encodes. Pillow and pi-heif can only read such files."""

import struct
import subprocess

from bot.media.ffmpeg import ffmpeg_path


def box(kind, *parts, version=None):
    body = b"".join(parts)
    if version is not None:
        body = struct.pack(">I", version << 24) + body
    return struct.pack(">I", len(body) + 8) + kind + body


def heic(image, folder, *, turns=0, mirrored=None, code_points=None, profile=None):
    """`turns`: quarter turns counter-clockwise (irot). `mirrored`: an axis (imir). `code_points`: primaries and transfer."""
    raw, clip = folder / "frame.rgb", folder / "frame.mp4"
    raw.write_bytes(image.tobytes())
    width, height = image.size
    given = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-i", str(raw))
    made = ("-c:v", "libx265", "-x265-params", "crf=4:log-level=none", "-pix_fmt", "yuv444p", "-tag:v", "hvc1")
    colours = ("-vf", "scale=out_color_matrix=bt601:out_range=pc", "-color_range", "pc", "-colorspace", "smpte170m")
    subprocess.run([ffmpeg_path(), "-v", "error", *given, *colours, *made, "-y", str(clip)], check=True)
    written = clip.read_bytes()
    at = written.index(b"hvcC") - 4
    config = written[at : at + int.from_bytes(written[at : at + 4], "big")]
    at = written.index(b"mdat") - 4
    sample = written[at + 8 : at + int.from_bytes(written[at : at + 4], "big")]
    primaries, transfer = code_points or (1, 13)
    # Matrix 6 (BT.601) in full range, as the frame is encoded.
    properties = [config, box(b"ispe", struct.pack(">II", width, height), version=0)]
    properties.append(box(b"colr", b"nclx" + struct.pack(">HHHB", primaries, transfer, 6, 0x80)))
    if profile is not None:
        properties.append(box(b"colr", b"prof" + profile))
    if turns:
        properties.append(box(b"irot", bytes([turns])))
    if mirrored is not None:
        properties.append(box(b"imir", bytes([mirrored])))
    links = bytes([0x80 | 1, *range(2, len(properties) + 1)])
    listed = struct.pack(">IHB", 1, 1, len(properties)) + links

    def meta(offset):
        place = struct.pack(">BBHHHHII", 0x44, 0x00, 1, 1, 0, 1, offset, len(sample))
        item = box(b"infe", struct.pack(">HH", 1, 0) + b"hvc1\0", version=2)
        return box(
            b"meta",
            box(b"hdlr", bytes(4) + b"pict" + bytes(13), version=0),
            box(b"pitm", struct.pack(">H", 1), version=0),
            box(b"iloc", place, version=0),
            box(b"iinf", struct.pack(">H", 1), item, version=0),
            box(b"iprp", box(b"ipco", *properties), box(b"ipma", listed, version=0)),
            version=0,
        )

    kind = box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    return kind + meta(len(kind) + len(meta(0)) + 8) + box(b"mdat", sample)
