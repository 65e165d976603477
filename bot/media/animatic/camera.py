"""The camera of a preview: finds the move that a prompt asks for and writes it as an ffmpeg filter.
`animatic` calls it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Curve:
    """One value over the time of the clip: it goes smoothly from `start` to `end`, plus a sine of height `sway` with so many
    `cycles` in the whole clip, which begins at `phase` (radians).
    """

    start: float = 0.0
    end: float = 0.0
    sway: float = 0.0
    cycles: float = 0.0
    phase: float = 0.0

    def at(self, u: float) -> float:
        """The value at share `u` of the clip's time, 0 to 1."""
        eased = u * u * (3 - 2 * u)
        return self.start + (self.end - self.start) * eased + self.sway * math.sin(math.tau * self.cycles * u + self.phase)

    def expression(self) -> str:
        """The same as an ffmpeg expression that reads u from register 1 and the smoothed u from register 0."""
        steady = f"({self.start:.6f}+({self.end - self.start:.6f})*ld(0))"
        if not self.sway:
            return steady
        return f"({steady}+{self.sway:.6f}*sin({math.tau * self.cycles:.6f}*ld(1)+{self.phase:.4f}))"


@dataclass(frozen=True, slots=True)
class Move:
    """`zoom` 1 shows all of the still. `x` and `y` are the centre of view, in half frames from the middle. `roll` is in
    radians.

    `yaw` and `pitch` tilt the still. With `yaw`, the right side of the frame shows more of the still's height than the middle
    does, by this share; with `pitch`, the lower side shows more of its width.
    """

    zoom: Curve
    x: Curve = Curve()
    y: Curve = Curve()
    roll: Curve = Curve()
    yaw: Curve = Curve()
    pitch: Curve = Curve()


_WORDS: Final = (
    (
        "static",
        r"static (?:shot|camera|frame)|locked[- ]off|on a tripod|fixed camera|camera (?:holds|stays|is still|does not move)",
    ),
    ("pull-out", r"pull(?:s|ing)?[- ]?(?:out|back|away)|dolly(?:ing)? out|zoom(?:s|ing)?[- ]?out"),
    (
        "push-in",
        r"push(?:es|ing)?[- ]?in|dolly(?:ing)?[- ]in|zoom(?:s|ing)?[- ]?in|mov(?:es|ing) closer|creep(?:s|ing)? (?:in|closer)",
    ),
    ("orbit", r"orbit\w*|arc shot|circl(?:es|ing) (?:around|him|her|them|it)|(?:revolv|rotat)(?:es|ing) around"),
    ("pan-left", r"pan(?:s|ning)?(?: slowly| gently)?(?: to the)? left"),
    ("pan-right", r"pan(?:s|ning)?(?: slowly| gently)?(?: to the)? right"),
    ("tilt-up", r"tilt(?:s|ing)?(?: slowly)? up\w*|crane(?:s)? up|(?:camera|shot) (?:rises|rising|ascends)"),
    ("tilt-down", r"tilt(?:s|ing)?(?: slowly)? down\w*|crane(?:s)? down|camera (?:sinks|descends|lowers)"),
    (
        "tracking",
        r"track(?:s|ing)|camera (?:follows|following)|dolly alongside|steadicam|flythrough",
    ),
    ("pan", r"\bpan(?:s|ning)?\b|\bsweeping shot"),
)
_HANDHELD: Final = re.compile(r"hand[- ]?held|shaky|documentary|found footage", re.IGNORECASE)
_FAST: Final = re.compile(r"\b(?:fast|rapid|quick|whip|dramatic)\b", re.IGNORECASE)
_SAMPLES: Final = 96


def named_move(prompt: str) -> str:
    """The first move that the prompt names; "push-in" where it names none."""
    found = [(match.start(), name) for name, words in _WORDS if (match := re.search(words, prompt, re.IGNORECASE))]
    return min(found, key=lambda each: each[0])[1] if found else "push-in"


def move_for(prompt: str, seed: int, duration: float, *, share: float = 1.0, up: float = 0.0) -> Move:
    """The camera path for a prompt; it never shows anything beyond the edges of the still. `duration` is in seconds.

    `share` below 1 makes every movement smaller. The camera looks `up` half frames higher, to keep a face in view.
    """
    side = 1 if seed % 2 else -1
    reach = (1.35 if _FAST.search(prompt) else 1.0) * min(1.0, 0.6 + duration / 12)
    name = named_move(prompt)
    if name == "pan":
        name = "pan-right" if side > 0 else "pan-left"
    move = _basic(name, side, reach)
    if _HANDHELD.search(prompt):
        move = _handheld(move, seed, duration)
    calmed = _calmed(move, share)
    return _inside(replace(calmed, y=replace(calmed.y, start=calmed.y.start - up, end=calmed.y.end - up)))


def _basic(name: str, side: int, reach: float) -> Move:
    across = 0.13 * reach
    drift = Curve(0.018 * side, -0.018 * side)
    match name:
        case "static":
            return Move(Curve(1.02, 1.03))
        case "pull-out":
            return Move(Curve(1.02 + 0.24 * reach, 1.03), x=drift, yaw=Curve(0.015 * side, 0.0))
        case "orbit":
            rotation = 0.12 * reach * side
            return Move(
                Curve(1.14, 1.2),
                x=Curve(-across * 0.8 * side, across * 0.8 * side),
                roll=Curve(0.008 * side, -0.008 * side),
                yaw=Curve(-rotation, rotation),
            )
        case "pan-left" | "pan-right":
            way = 1 if name == "pan-right" else -1
            return Move(Curve(1.16, 1.16), x=Curve(-across * way, across * way), yaw=Curve(-0.02 * way, 0.02 * way))
        case "tilt-up" | "tilt-down":
            way = -1 if name == "tilt-up" else 1
            return Move(Curve(1.16, 1.18), y=Curve(-across * way, across * way), pitch=Curve(-0.03 * way, 0.03 * way))
        case "tracking":
            return Move(
                Curve(1.18, 1.22),
                x=Curve(-across * 1.15 * side, across * 1.15 * side),
                y=Curve(0.0, 0.0, 0.006, 2.2),
                yaw=Curve(0.03 * side, 0.03 * side),
            )
        case _:
            return Move(Curve(1.02, 1.04 + 0.14 * reach), x=drift, y=Curve(0.01, -0.01), yaw=Curve(0.0, 0.015 * side))


def _handheld(move: Move, seed: int, duration: float) -> Move:
    start = seed % 628 / 100
    return replace(
        move,
        x=replace(move.x, sway=0.011, cycles=0.43 * duration, phase=start),
        y=replace(move.y, sway=0.012, cycles=0.61 * duration, phase=start * 1.7),
        roll=replace(move.roll, sway=0.006, cycles=0.31 * duration, phase=start * 2.3),
    )


def _calmed(move: Move, share: float) -> Move:
    def less(curve: Curve, rest: float = 0.0) -> Curve:
        return replace(
            curve,
            start=rest + (curve.start - rest) * share,
            end=rest + (curve.end - rest) * share,
            sway=curve.sway * share,
        )

    return Move(less(move.zoom, 1.0), less(move.x), less(move.y), less(move.roll), less(move.yaw), less(move.pitch))


def _inside(move: Move) -> Move:
    """Zooms in until no corner of the frame is outside of the still at any moment."""
    for _ in range(60):
        corners = [corner for step in range(_SAMPLES + 1) for corner in corners_at(move, step / _SAMPLES, 1.0)]
        if all(0 <= x <= 1 and 0 <= y <= 1 for x, y in corners):
            return move
        move = replace(move, zoom=replace(move.zoom, start=move.zoom.start * 1.01, end=move.zoom.end * 1.01))
    return Move(Curve(1.02, 1.03))


_CORNERS: Final = ((-1, -1), (1, -1), (-1, 1), (1, 1))


def corners_at(move: Move, u: float, shape: float) -> list[tuple[float, float]]:
    """The points of the still that the frame's corners show at share `u` of the time, as shares of its width and height: top
    left, top right, bottom left, bottom right. `shape` is width over height.
    """
    zoom, roll, yaw, pitch = move.zoom.at(u), move.roll.at(u), move.yaw.at(u), move.pitch.at(u)
    corners: list[tuple[float, float]] = []
    for right, down in _CORNERS:
        x = right * (1 + pitch * down) / (2 * zoom)
        y = down * (1 + yaw * right) / (2 * zoom)
        turned_x = x * math.cos(roll) - y * math.sin(roll) / shape
        turned_y = x * math.sin(roll) * shape + y * math.cos(roll)
        corners.append((0.5 + move.x.at(u) / 2 + turned_x, 0.5 + move.y.at(u) / 2 + turned_y))
    return corners


def perspective(move: Move, frames: int) -> str:
    """The move as ffmpeg's perspective filter, evaluated for every frame, with interpolation between pixels."""
    registers = f"st(1,min(on/{max(frames - 1, 1)},1));st(0,ld(1)*ld(1)*(3-2*ld(1)));"
    zoom, roll = move.zoom.expression(), move.roll.expression()
    options: list[str] = []
    for index, (right, down) in enumerate(_CORNERS):
        x = f"(W*{right}*(1+{down}*{move.pitch.expression()})/(2*{zoom}))"
        y = f"(H*{down}*(1+{right}*{move.yaw.expression()})/(2*{zoom}))"
        options += [
            f"x{index}='{registers}W*(0.5+{move.x.expression()}/2)+{x}*cos({roll})-{y}*sin({roll})'",
            f"y{index}='{registers}H*(0.5+{move.y.expression()}/2)+{x}*sin({roll})+{y}*cos({roll})'",
        ]
    return f"perspective=eval=frame:interpolation=linear:{':'.join(options)}"
