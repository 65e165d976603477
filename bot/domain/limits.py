"""The model's limits and defaults. Source: Happy Horse 1.1, "The Essentials", June 2026, and its providers."""

from typing import Final

PROMPT_CHARACTERS: Final = 2500
DURATION_MIN_SECONDS: Final = 3
DURATION_MAX_SECONDS: Final = 15
DURATION_DEFAULT_SECONDS: Final = 5
"""Also the length of the usual clip, for which members are told prices and how many clips are left."""
DURATIONS: Final = range(DURATION_MIN_SECONDS, DURATION_MAX_SECONDS + 1)
SEED_MAX: Final = 2_147_483_647
"""Largest seed, inclusive: 2**31 - 1."""
REFERENCES_MAX: Final = 9
FRAMES_PER_SECOND: Final = 24

IMAGE_BYTES: Final = 10_000_000
"""10 MB per image, decimal as the providers state it."""
FIRST_FRAME_SHORT_SIDE_PX: Final = 300
FIRST_FRAME_SHAPE_MAX: Final = 2.5
"""Long side over short side of a first frame: between 1:2.5 and 2.5:1."""
REFERENCE_SHORT_SIDE_PX: Final = 400
REFERENCE_BEST_PX: Final = 1024
"""A square portrait of this side works best as a reference (advice, not a limit)."""
IMAGE_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "HEIC")
"""Formats that a member may attach. The model takes JPEG, PNG and WEBP; the bot stores pictures as JPEG or PNG."""
SPEECH_BEST_SECONDS: Final = 11
"""Clips with speech should last 11 to 15 s; shorter ones cut off mid-sentence (advice, not a limit)."""
