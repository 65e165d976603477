"""Writes the sound of a preview as ffmpeg filters: soft chords, and noises such as rain or wind. `animatic` calls it.

Levels are set so that every mixture has about -20 LUFS; a limiter holds random peaks down.
"""

from __future__ import annotations

import math
import random
from typing import Final

from bot.media.animatic.scene import Scene

RATE: Final = 48_000
_PAD_RATE: Final = 16_000
"""The chords end at 1,500 Hz, so a third of the usual sample rate is enough; that takes a third of the time."""
_CHORD_SECONDS: Final = 3.6
_OVERLAP_SECONDS: Final = 1.4
_MINOR: Final = ((0, 3, 7, 10), (-4, 0, 3, 7), (-2, 3, 5, 10), (-5, 0, 2, 7))
_MAJOR: Final = ((0, 4, 7, 11), (-3, 0, 4, 7), (-7, 0, 2, 5), (-5, -1, 2, 7))
_ROOTS: Final = (45, 47, 48, 50, 52)
"""MIDI notes, A2 to E3: low enough to stay behind a voice."""

# Colour of the noise, filters, level. Left and right have separate noise, which sounds wide.
_NOISES: Final = {
    "rain": ("pink", "highpass=f=900,lowpass=f=8500", 0.16),
    "wind": ("pink", "highpass=f=140,lowpass=f=620,tremolo=f=0.17:d=0.65", 0.5),
    "ocean": ("brown", "highpass=f=60,lowpass=f=1500,tremolo=f=0.13:d=0.85", 0.5),
    "crowd": ("pink", "highpass=f=280,lowpass=f=1700,tremolo=f=2.3:d=0.22", 0.26),
    "fire": ("brown", "highpass=f=90,lowpass=f=2600,tremolo=f=6.7:d=0.5", 0.34),
    "hum": ("brown", "highpass=f=50,lowpass=f=220", 0.3),
}
_PAD_LEVEL: Final = 0.135


def sound(scene: Scene, seed: int, duration: float) -> str:
    """A filter chain for the whole sound, stereo, that ends in [sound]."""
    chance = random.Random(f"sound {seed}")  # noqa: S311  music, no secret
    chains = [*_pad(scene, chance, duration)]
    names = [f"[pad{index}]" for index in range(len(chains))]
    for index, kind in enumerate(scene.noises):
        chain = _thunder(chance, duration, index) if kind == "thunder" else _noise(kind, chance, duration, index)
        chains.append(chain)
        names.append(f"[noise{index}]")
    fade_out = min(1.4, duration / 4)
    chains.append(
        f"{''.join(names)}amix=inputs={len(names)}:normalize=0:duration=longest,"
        "highpass=f=35,lowpass=f=11000,alimiter=limit=0.6:level=0:attack=8:release=120,"
        f"atrim=0:{duration},afade=t=in:d=0.7:curve=hsin,afade=t=out:st={duration - fade_out:.3f}:d={fade_out:.3f}:curve=hsin,"
        f"apad=whole_dur={duration},aformat=sample_fmts=fltp:sample_rates={RATE}:channel_layouts=stereo[sound]"
    )
    return ";".join(chains)


def _pad(scene: Scene, chance: random.Random, duration: float) -> list[str]:
    chords = _MINOR if scene.dark else _MAJOR
    root = chance.choice(_ROOTS)
    first = chance.randrange(len(chords))
    count = max(math.ceil(duration / _CHORD_SECONDS), 2)
    each = duration / count
    chains: list[str] = []
    for index in range(count):
        notes = [_hertz(root + step) for step in chords[(first + index) % len(chords)]]
        start = max(index * each - _OVERLAP_SECONDS / 2, 0.0)
        end = min((index + 1) * each + _OVERLAP_SECONDS / 2, duration)
        swell = min(_OVERLAP_SECONDS, (end - start) / 2)
        left, right = (_voice(notes, chance) for _ in range(2))
        chains.append(
            f"aevalsrc='{left}|{right}':s={_PAD_RATE}:d={end - start:.3f},lowpass=f=1500,"
            f"tremolo=f={chance.uniform(0.18, 0.3):.3f}:d=0.25,"
            f"afade=t=in:d={swell:.3f}:curve=hsin,afade=t=out:st={end - start - swell:.3f}:d={swell:.3f}:curve=hsin,"
            f"aecho=0.9:0.55:97|163|241:0.32|0.24|0.17,aresample={RATE},adelay={start * 1000:.0f}:all=1[pad{index}]"
        )
    return chains


def _voice(notes: list[float], chance: random.Random) -> str:
    """The notes, each with a soft octave and twelfth above it, slightly out of tune so that the sound is alive."""
    parts: list[str] = []
    for index, hertz in enumerate(notes):
        level = _PAD_LEVEL * (1.0 if index == 0 else 0.62)
        off = 1 + chance.uniform(-0.0022, 0.0022)
        phase = chance.uniform(0, 6.28)
        parts += [
            f"{level:.4f}*sin({6.283185 * hertz * off:.4f}*t+{phase:.3f})",
            f"{level * 0.34:.4f}*sin({6.283185 * hertz * 2 / off:.4f}*t)",
            f"{level * 0.1:.4f}*sin({6.283185 * hertz * 3:.4f}*t+{phase:.3f})",
        ]
    return "+".join(parts)


def _noise(kind: str, chance: random.Random, duration: float, index: int) -> str:
    colour, filters, level = _NOISES[kind]
    sides = [
        f"anoisesrc=c={colour}:r={RATE}:d={duration}:seed={chance.randrange(2**31)}:a=1[side{index}{side}]" for side in "lr"
    ]
    joined = f"[side{index}l][side{index}r]join=inputs=2:channel_layout=stereo,{filters},volume={level}[noise{index}]"
    return ";".join((*sides, joined))


def _thunder(chance: random.Random, duration: float, index: int) -> str:
    """One distant roll of thunder. It begins when three to five tenths of the clip are over."""
    at = duration * chance.uniform(0.3, 0.5)
    roll = min(2.6, duration - at)
    return (
        f"anoisesrc=c=brown:r={RATE}:d={roll:.3f}:seed={chance.randrange(2**31)}:a=1,lowpass=f=130,lowpass=f=170,"
        f"tremolo=f=3.1:d=0.5,afade=t=in:d=0.25,afade=t=out:st=0.3:d={roll - 0.3:.3f}:curve=exp,volume=0.9,"
        f"aformat=channel_layouts=stereo,adelay={at * 1000:.0f}:all=1[noise{index}]"
    )


def _hertz(note: float) -> float:
    return 440.0 * 2 ** ((note - 69) / 12)
