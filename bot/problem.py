"""What can be wrong with a request, as a code and figures. `presentation/views/problems.py` has the words for each code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Figures: TypeAlias = tuple[str | int | float, ...]


class ProblemCode(StrEnum):
    """Each code's docstring lists the figures of its problem: `given` -> `allowed`.

    File sizes are in bytes, picture sizes in pixels (width, height), lengths in whole seconds. "as typed" is the member's own
    text, cut to 60 characters.
    """

    # Options and prompt.
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
    TAKES = "takes"
    """(as typed) -> (least, most)"""
    TOO_MANY_CLIPS = "too_many_clips"
    """(clips, prompts, takes of each) -> (most clips); of clips and prompts at most 9,999 are told"""
    UNUSABLE = "unusable"
    """(as typed) -> (); any other field that can't be read"""
    NOT_MADE = "not_made"
    """(type of the request) -> (); no provider that is offered takes it"""

    # The number of pictures.
    NO_PICTURES_TAKEN = "no_pictures_taken"
    """(pictures) -> (); a clip from text takes none"""
    ONE_STILL = "one_still"
    """(pictures) -> (1)"""
    CHARACTER_PICTURES = "character_pictures"
    """(pictures) -> (least, most)"""
    STRANGERS = "strangers"
    """(numbers in the prompt without a picture, in order) -> (pictures attached, most pictures)"""
    GAP = "gap"
    """() -> (); a character without a picture, and none after it has one"""
    GAP_BEFORE = "gap_before"
    """() -> (number of a later character that has a picture)"""
    TOO_MANY_KEPT = "too_many_kept"
    """(bytes of this member's stored pictures that no job uses) -> (must be below this)"""

    # One picture.
    FORMAT = "format"
    """(name of the format) -> names of the allowed formats"""
    EMPTY_FILE = "empty_file"
    """() -> names of the allowed formats"""
    FILE_SIZE = "file_size"
    """(bytes), or () where reading stopped at the limit -> (most)"""
    SHORT_SIDE = "short_side"
    """(width, height) -> (least short side)"""
    NARROW = "narrow"
    """(width, height) -> (most that long side / short side may be)"""
    PIXELS = "pixels"
    """(width, height) -> (most pixels in all)"""
    LONG_SIDE = "long_side"
    """(width, height) -> (most for each side)"""
    HDR = "hdr"
    """() -> ()"""
    DAMAGED = "damaged"
    """(name of the format) -> ()"""
    HEAVY = "heavy"
    """() -> (); it takes too much time or memory to open"""

    # The download of a picture.
    LINK_ELSEWHERE = "link_elsewhere"
    """() -> (); the link is not to one of Discord's hosts"""
    LINK_EXPIRED = "link_expired"
    """() -> ()"""
    LINK_REFUSED = "link_refused"
    """() -> (); Discord refused the download"""
    LINK_FAILED = "link_failed"
    """() -> (); the download failed several times"""
    LINK_SLOW = "link_slow"
    """() -> ()"""


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken limit. `field` is the option or form field that it is about (`prompt`, `image`, `character2`)."""

    code: ProblemCode
    field: str
    given: Figures = ()
    allowed: Figures = ()


@dataclass(frozen=True, slots=True)
class Crossed:
    """A cap that an order would exceed. Numbers are whole credits, orders or jobs; of jobs, `left` is how many would fit.

    `reason` is one of allowance, running, running_jobs, guild_allowance, guild_running, guild_running_jobs.
    """

    reason: str
    needed: int
    left: int
    limit: int
    resets_at_ms: int | None = None
