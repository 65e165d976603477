"""What `happyhorse job end` and `happyhorse job retry` answer, in codes and figures. `presentation/views/operator_answers.py`
has the words.

A `Remark` is one sentence or two of an answer, and an answer is some of them in order. `job` is a job's short name
(`job_code`), `state` the value of its state, `provider` its provider's name; costs are whole credits. Answers are stored, so
the names of these classes and fields stay: an answer of a version with other names can't be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bot.detail import Detail


class ReportCode(StrEnum):
    """What asking the provider about a job gave."""

    NOTHING_SENT = "nothing_sent"
    PREVIEW = "preview"
    """Drawn by the bot itself; nobody is asked."""
    NOT_CONFIGURED = "not_configured"
    NO_ANSWER = "no_answer"
    """None in `seconds`."""
    TROUBLE = "trouble"
    """It could not be asked; `detail` says why."""
    UNKNOWN = "unknown"
    """It does not know the clip `reference`, or not yet."""
    STATUS = "status"
    """Of the clip `reference`: `phase`, `percent` while it runs, `detail` and `billed` where it says so."""
    NOT_LISTED = "not_listed"
    """The clip was searched for and is not there."""
    ALIKE = "alike"
    """It was searched for, and several could be it."""
    FOUND = "found"
    """It was searched for; it is `reference`."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the provider says of a job now. `searched`: the answer to the job's submit was lost, so the clip was looked for."""

    code: ReportCode
    provider: str = ""
    searched: bool = False
    reference: str = ""
    detail: Detail | None = None
    seconds: int = 0
    phase: str = ""
    percent: int | None = None
    billed: bool | None = None

    @property
    def heard(self) -> bool:
        """False where the provider could not be asked."""
        return self.code not in {ReportCode.NOT_CONFIGURED, ReportCode.NO_ANSWER, ReportCode.TROUBLE}

    @property
    def found(self) -> str | None:
        """The clip's reference, where it was looked for and found."""
        return self.reference if self.code is ReportCode.FOUND else None


@dataclass(frozen=True, slots=True)
class Stored:
    """The sentences of an answer that an earlier version stored."""

    text: str


class Word(StrEnum):
    """What a remark without figures says."""

    ID_TAKEN = "id_taken"
    """The id that the command chose for the new job is another's."""
    SAY_YES = "say_yes"
    LOOK_FIRST = "look_first"
    """Nothing was booked: the clip may exist, and could not be looked for."""
    TOO_OLD = "too_old"
    OUR_FAULT = "our_fault"
    NO_BOT = "no_bot"
    """Done by the command itself."""


@dataclass(frozen=True, slots=True)
class Said:
    word: Word


class About(StrEnum):
    """What a remark says that names a job and nothing else."""

    NO_SUCH = "no_such"
    MOVES_ON = "moves_on"
    """Its state changed each time that it was to be ended."""
    JUST_ENDED = "just_ended"
    UNREADABLE_ENDED = "unreadable_ended"
    UNREADABLE_OVER = "unreadable_over"
    """It was over already."""
    SAME_CLIP = "same_clip"
    """Nothing was booked, since this job makes, or made, the very clip."""


@dataclass(frozen=True, slots=True)
class OfJob:
    about: About
    job: str


@dataclass(frozen=True, slots=True)
class AtProvider:
    """It may be billed there as `reference` (None: not known yet), so it ends by --yes alone. `posting`: it is being posted."""

    job: str
    state: str
    provider: str
    reference: str | None
    posting: bool


@dataclass(frozen=True, slots=True)
class NotReadable:
    """`why` it can't be read. `ending`: it was to be ended, which takes --yes; else it was to be tried again."""

    job: str
    why: str
    ending: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """Its `cost` is back with the member."""

    job: str
    cost: int
    member_id: int


@dataclass(frozen=True, slots=True)
class CancelAsked:
    """Whether the provider agreed."""

    provider: str
    agreed: bool


@dataclass(frozen=True, slots=True)
class MayBeBilled:
    """`known_as`: how to find the clip there."""

    provider: str
    known_as: str


@dataclass(frozen=True, slots=True)
class Over:
    """It ended before."""

    job: str
    state: str
    charged: int


@dataclass(frozen=True, slots=True)
class NothingToRetry:
    job: str
    state: str


@dataclass(frozen=True, slots=True)
class WaitsForOwner:
    """It is made, and only its owner can have it posted, for its `cost`."""

    job: str
    cost: int


@dataclass(frozen=True, slots=True)
class GoesOn:
    """Its wait is over; nothing more is reserved than the `cost` that is already."""

    job: str
    state: str
    cost: int


@dataclass(frozen=True, slots=True)
class NoProvider:
    """Its provider is not configured here, so it can't be made again."""

    job: str
    provider: str


@dataclass(frozen=True, slots=True)
class AnotherTry:
    """What it costs whom, and what the provider says of the clip that there was."""

    job: str
    member_id: int
    cost: int
    report: Report


@dataclass(frozen=True, slots=True)
class ClipExists:
    """Nothing was booked: the clip is at the provider as `reference`."""

    reference: str


@dataclass(frozen=True, slots=True)
class Bound:
    """One bound that another try would cross, as `Crossed` of bot/errors.py names it."""

    reason: str
    needed: int
    left: int
    limit: int


@dataclass(frozen=True, slots=True)
class NothingLeft:
    """Nothing was booked: the member's, or the server's, credits or running clips are used up."""

    member_id: int
    bounds: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Booked:
    """Another job, whose number is `job_id`."""

    job: str
    job_id: int
    cost: int
    member_id: int


@dataclass(frozen=True, slots=True)
class Silent:
    """The bot has not answered within `seconds`, and may still. `job` is what the operator called it."""

    seconds: int
    job: str


Remark: TypeAlias = (
    Stored
    | Said
    | OfJob
    | AtProvider
    | NotReadable
    | Ended
    | CancelAsked
    | MayBeBilled
    | Over
    | NothingToRetry
    | WaitsForOwner
    | GoesOn
    | NoProvider
    | AnotherTry
    | ClipExists
    | NothingLeft
    | Booked
    | Silent
)
