"""Makes ICC profiles from other descriptions of colours in a file, and recognises HDR. `stripped`, `images` and `colours` call
it.

Sources: ITU-T H.273 (code points), PNG third edition (cICP, cHRM, gAMA), ICC.1:2010 (the profile's form).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

_D65: Final = (0.3127, 0.3290)
_CORNERS: Final = {
    1: (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, *_D65),
    5: (0.64, 0.33, 0.29, 0.60, 0.15, 0.06, *_D65),
    6: (0.63, 0.34, 0.31, 0.595, 0.155, 0.07, *_D65),
    7: (0.63, 0.34, 0.31, 0.595, 0.155, 0.07, *_D65),
    9: (0.708, 0.292, 0.17, 0.797, 0.131, 0.046, *_D65),
    11: (0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.314, 0.351),
    12: (0.68, 0.32, 0.265, 0.69, 0.15, 0.06, *_D65),
}
"""H.273's number of `ColourPrimaries` to x and y of red, green, blue and white."""
_SRGB_CURVE: Final = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_BT709_CURVE: Final = (1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081)
_CURVES: Final = {
    1: _BT709_CURVE,
    4: (2.2,),
    5: (2.8,),
    6: _BT709_CURVE,
    8: (1.0,),
    13: _SRGB_CURVE,
    14: _BT709_CURVE,
    15: _BT709_CURVE,
}
"""H.273's number of `TransferCharacteristics` to an exponent, or to exponent, a, b, c, d of ICC's parametric curve 3."""
_HDR: Final = frozenset({16, 18})
"""PQ and HLG."""
_GAMMA_MAX: Final = 10.0
_BRADFORD: Final = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
_D50: Final = (0.9642, 1.0, 0.8249)
_Rows = Sequence[Sequence[float]]


class HighDynamicRange(Exception):
    """The picture is coded in PQ or HLG (HDR), for brighter screens."""


def from_code_points(primaries: int, transfer: int) -> bytes | None:
    """The profile for H.273's numbers; None for unknown ones. Raises `HighDynamicRange` for PQ and HLG."""
    if transfer in _HDR:
        raise HighDynamicRange
    corners, curve = _CORNERS.get(primaries), _CURVES.get(transfer)
    return None if corners is None or curve is None else _profile(corners, curve)


def from_chromaticities(gamma: int | None, numbers: Sequence[int] | None) -> bytes | None:
    """The profile for a PNG's gAMA and cHRM, in units of 1/100,000; None where they are impossible."""
    corners = _CORNERS[1]
    if numbers is not None:
        white_x, white_y, *others = (each / 100_000 for each in numbers)
        corners = (*others, white_x, white_y)
    curve = _SRGB_CURVE
    if gamma is not None:
        if not gamma or not 1 / _GAMMA_MAX <= 100_000 / gamma <= _GAMMA_MAX:
            return None
        curve = (100_000 / gamma,)
    return _profile(corners, curve)


def refuse_hdr(profile: bytes) -> None:
    """Raises `HighDynamicRange` where the `cicp` tag of an ICC profile says PQ or HLG."""
    count = min(int.from_bytes(profile[128:132], "big"), 100)
    for number in range(count):
        name, at, size = struct.unpack_from(">4sII", profile.ljust(132 + 12 * count, b"\0"), 132 + 12 * number)
        if name == b"cicp" and size >= 12 and profile[at + 9 : at + 10] and profile[at + 9] in _HDR:
            raise HighDynamicRange


def _profile(corners: Sequence[float], curve: Sequence[float]) -> bytes | None:
    try:
        columns = _columns(corners)
    except ZeroDivisionError:
        return None
    if any(abs(each) > 4 for column in columns for each in column):
        return None
    kind = 3 if len(curve) > 1 else 0
    toned = b"para" + bytes(4) + struct.pack(">HH", kind, 0) + b"".join(_fixed(each) for each in curve)
    bodies = [b"XYZ " + bytes(4) + b"".join(_fixed(each) for each in values) for values in (*columns, _D50)]
    names = (b"rXYZ", b"gXYZ", b"bXYZ", b"wtpt", b"rTRC", b"gTRC", b"bTRC")
    at = 132 + 12 * len(names)
    table, content = struct.pack(">I", len(names)), b""
    for name, body in zip(names, (*bodies, toned, toned, toned), strict=True):
        table += name + struct.pack(">II", at + len(content), len(body))
        content += body
    header = struct.pack(">I4sI4s4s4s", 128 + len(table) + len(content), b"\0" * 4, 0x04200000, b"mntr", b"RGB ", b"XYZ ")
    header += bytes(12) + b"acsp" + bytes(28) + b"".join(_fixed(each) for each in _D50)
    return header.ljust(128, b"\0") + table + content


def _columns(corners: Sequence[float]) -> list[list[float]]:
    """Full red, green and blue in XYZ under D50. Raises `ZeroDivisionError` where the corners make no triangle."""
    points = [[x / y, 1.0, (1 - x - y) / y] for x, y in zip(corners[::2], corners[1::2], strict=True)]
    white = points.pop()
    by_row = [[point[row] for point in points] for row in range(3)]
    shares = _times(_inverse(by_row), white)
    towards = [there / here for here, there in zip(_times(_BRADFORD, white), _times(_BRADFORD, _D50), strict=True)]
    back = _inverse(_BRADFORD)
    columns: list[list[float]] = []
    for point, share in zip(points, shares, strict=True):
        cone = _times(_BRADFORD, [each * share for each in point])
        columns.append(_times(back, [each * scale for each, scale in zip(cone, towards, strict=True)]))
    return columns


def _times(matrix: _Rows, vector: Sequence[float]) -> list[float]:
    return [sum(left * right for left, right in zip(row, vector, strict=True)) for row in matrix]


def _inverse(matrix: _Rows) -> list[list[float]]:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    whole = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return [
        [(e * i - f * h) / whole, (c * h - b * i) / whole, (b * f - c * e) / whole],
        [(f * g - d * i) / whole, (a * i - c * g) / whole, (c * d - a * f) / whole],
        [(d * h - e * g) / whole, (b * g - a * h) / whole, (a * e - b * d) / whole],
    ]


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65_536))
