"""What can be wrong with a request: a code and figures. `presentation/views/problems.py` has the words of each code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Figures: TypeAlias = tuple[str | int | float, ...]


class ProblemCode(StrEnum):
    """Behind each code stand the figures of its problem: what was given -> what is allowed.

    Sizes of files are bytes, sizes of pictures pixels (width, height), lengths whole seconds. "as typed" is the member's own
    text, cut to 60 characters.
    """

    # What was typed.
    PROMPT_MISSING = "prompt_missing"
    """() -> (least, most characters)"""
    PROMPT_TOO_LONG = "prompt_too_long"
    """(characters) -> (least, most characters)"""
    LENGTH = "length"
    """(as typed) -> (least, most)"""
    RESOLUTION = "resolution"
    """(as typed) -> every resolution"""
    SHAPE = "shape"
    """(as typed) -> every shape"""
    SEED = "seed"
    """(as typed) -> (least, most)"""
    UNUSABLE = "unusable"
    """(as typed) -> (); any other field that cannot be read"""

    # Which pictures came.
    NO_PICTURES_TAKEN = "no_pictures_taken"
    """(pictures) -> (); a clip from text"""
    ONE_STILL = "one_still"
    """(pictures) -> (1)"""
    CHARACTER_PICTURES = "character_pictures"
    """(pictures) -> (least, most)"""
    STRANGERS = "strangers"
    """Numbers of the characters that no picture stands behind, in order -> (pictures that came, most pictures)"""
    GAP = "gap"
    """() -> (); a character without a picture, at the end"""
    GAP_BEFORE = "gap_before"
    """() -> (number of a later character that has a picture)"""
    TOO_MANY_KEPT = "too_many_kept"
    """(bytes of pictures in refused requests of this member) -> (they must be below this)"""

    # What a picture is.
    FORMAT = "format"
    """(name of the format) -> names of those that are taken"""
    EMPTY_FILE = "empty_file"
    """() -> names of the formats that are taken"""
    FILE_SIZE = "file_size"
    """(bytes), or () where it was cut off at the limit -> (most)"""
    SHORT_SIDE = "short_side"
    """(width, height) -> (least short side)"""
    NARROW = "narrow"
    """(width, height) -> (most of long side / short side)"""
    PIXELS = "pixels"
    """(width, height) -> (most pixels in all)"""
    LONG_SIDE = "long_side"
    """(width, height) -> (most of each side)"""
    HDR = "hdr"
    """() -> ()"""
    DAMAGED = "damaged"
    """(name of the format) -> ()"""
    HEAVY = "heavy"
    """() -> (); it takes too much time or memory to open"""

    # How it could be had.
    LINK_ELSEWHERE = "link_elsewhere"
    """() -> (); not one of Discord's hosts"""
    LINK_EXPIRED = "link_expired"
    """() -> ()"""
    LINK_REFUSED = "link_refused"
    """() -> (); Discord does not hand it out"""
    LINK_FAILED = "link_failed"
    """() -> (); Discord did not hand it out, several times"""
    LINK_SLOW = "link_slow"
    """() -> ()"""


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken limit. `field` is the option or form field it is about (`prompt`, `image`, `character2`)."""

    code: ProblemCode
    field: str
    given: Figures = ()
    allowed: Figures = ()
